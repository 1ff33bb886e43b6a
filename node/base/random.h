// A small generator that gives the same numbers with every compiler and library, which the standard
// library's distributions do not promise.
#ifndef TIDEMARK_NODE_BASE_RANDOM_H_
#define TIDEMARK_NODE_BASE_RANDOM_H_

#include <cstdint>

#include "node/base/assert.h"

namespace tidemark {

// SplitMix64 (Steele, Lea, Flood 2014): one word of state, passes BigCrush, any seed is good.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  // 64 uniform bits.
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // Uniform bits that are not zero: an identity, where zero stands for "none".
  uint64_t NextIdentity() {
    uint64_t bits = Next();
    return bits == 0 ? 1 : bits;
  }
  uint32_t NextIdentity32() {
    uint32_t bits = static_cast<uint32_t>(Next() >> 32);
    return bits == 0 ? 1 : bits;
  }

  // An integer in [low, high].
  int64_t Between(int64_t low, int64_t high) {
    TM_ASSERT(low <= high);
    uint64_t span = static_cast<uint64_t>(high - low) + 1;
    return low + static_cast<int64_t>(span == 0 ? Next() : Next() % span);
  }

 private:
  uint64_t state_;
};

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_RANDOM_H_
