// A hash with a secret key: whoever does not know the key can neither compute the hash of anything
// nor learn one from another.
#ifndef TIDEMARK_NODE_BASE_SIPHASH_H_
#define TIDEMARK_NODE_BASE_SIPHASH_H_

#include <cstdint>
#include <string_view>

namespace tidemark {

// 128 bits, as two words of which the reference's key bytes are the little-endian spelling.
struct SipKey {
  uint64_t k0 = 0;
  uint64_t k1 = 0;
};

// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
uint64_t SipHash24(const SipKey& key, std::string_view message);
// Of the eight bytes of `word`, the lowest first.
uint64_t SipHash24(const SipKey& key, uint64_t word);

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_SIPHASH_H_
