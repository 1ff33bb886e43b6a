// Mixing 64-bit words: the same in every process (absl::Hash is seeded anew in each). Tells honest
// things apart, and is no defence against somebody who looks for collisions.
#ifndef TIDEMARK_NODE_BASE_HASH_H_
#define TIDEMARK_NODE_BASE_HASH_H_

#include <cstdint>

namespace tidemark {

// One step of a running hash: a bijection of `word` for each `state`, and the other way round.
constexpr uint64_t HashStep(uint64_t state, uint64_t word) {
  state = (state ^ word) * 0x9e3779b97f4a7c15u;
  return state ^ (state >> 32);
}

// Spreads every bit over all (SplitMix64's last steps), so that hashes may be summed.
constexpr uint64_t HashFinish(uint64_t state) {
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
  return state ^ (state >> 31);
}

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_HASH_H_
