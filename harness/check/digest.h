// Short stand-ins for sets, that follow them step by step.
#ifndef TIDEMARK_HARNESS_CHECK_DIGEST_H_
#define TIDEMARK_HARNESS_CHECK_DIGEST_H_

#include <cstdint>
#include <utility>

#include "node/base/hash.h"

namespace tidemark::check {

// 128 bits that stand for a set: the exclusive or of its members'. Equal digests are taken for
// equal sets; that this errs once in 2^60 sets is less likely than a fault of the memory.
struct Digest {
  uint64_t a = 0;
  uint64_t b = 0;

  // Adds the member, or removes it if it was in.
  void Toggle(const Digest& member) {
    a ^= member.a;
    b ^= member.b;
  }
  bool operator==(const Digest& other) const { return a == other.a && b == other.b; }
  template <typename H>
  friend H AbslHashValue(H h, const Digest& digest) {
    return H::combine(std::move(h), digest.a);
  }
};

// The member (`kind`, `what`, `value`), with `kind` 0 or 1.
inline Digest MemberDigest(uint64_t kind, uint64_t what, uint64_t value) {
  const uint64_t first = HashFinish(HashFinish(what * 2 + kind + 0x9e3779b97f4a7c15u) + value);
  const uint64_t second =
      HashFinish(HashFinish(what * 2 + kind + 0xd1b54a32d192ed03u) ^ HashFinish(value));
  return {first, second};
}

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_DIGEST_H_
