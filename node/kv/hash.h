// Hashes of texts in the state, the same in every process.
#ifndef TIDEMARK_NODE_KV_HASH_H_
#define TIDEMARK_NODE_KV_HASH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "node/base/hash.h"

namespace tidemark::kv {

// The hash of a text that grows at its end, at the cost of what was added: a list of n elements
// that is appended to n times must not cost n² bytes of hashing.
class GrowingTextHash {
 public:
  explicit GrowingTextHash(uint64_t seed) : state_(seed) {}
  // As it was when it had taken a text of `text_bytes` bytes and had come to `state`.
  GrowingTextHash(uint64_t state, size_t text_bytes)
      : state_(state), taken_(text_bytes == 0 ? 0 : (text_bytes - 1) / kWordBytes * kWordBytes) {}

  uint64_t state() const { return state_; }

  // `text` is all of the text, which begins as in the last call, up to and without that text's last
  // byte: the bracket that closes a list gives way to what is appended.
  void Grow(std::string_view text) {
    for (; taken_ + kWordBytes < text.size(); taken_ += kWordBytes) {
      state_ = HashStep(state_, Word(text.data() + taken_, kWordBytes));
    }
  }

  // The hash of `text`, which is what Grow had last.
  uint64_t Finish(std::string_view text) const {
    const uint64_t tail = Word(text.data() + taken_, text.size() - taken_);
    return HashFinish(HashStep(HashStep(state_, tail), text.size()));
  }

 private:
  static constexpr size_t kWordBytes = 8;

  static uint64_t Word(const char* from, size_t bytes) {
    uint64_t word = 0;
    if (bytes > 0) std::memcpy(&word, from, bytes);
    return word;
  }

  uint64_t state_;
  size_t taken_ = 0;  // bytes that are in state_: whole words, never the last byte of the text
};

inline uint64_t HashText(uint64_t seed, std::string_view text) {
  GrowingTextHash hash(seed);
  hash.Grow(text);
  return hash.Finish(text);
}

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_HASH_H_
