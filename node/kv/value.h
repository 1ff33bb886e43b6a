// What a key holds: a canonical text, with the hash of key and text kept beside it.
#ifndef TIDEMARK_NODE_KV_VALUE_H_
#define TIDEMARK_NODE_KV_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "node/base/assert.h"
#include "node/kv/hash.h"

namespace tidemark::kv {

// Whether a canonical JSON text is a list. Texts were checked at the gateway; two bytes decide.
inline bool IsList(std::string_view text) {
  return text.size() >= 2 && text.front() == '[' && text.back() == ']';
}

class Value {
 public:
  Value(std::string_view key, std::string_view text) : text_(text), hash_(HashText(0, key)) {
    hash_.Grow(text_);
  }

  void Assign(std::string_view key, std::string_view text) {
    text_.assign(text);
    hash_ = GrowingTextHash(HashText(0, key));
    hash_.Grow(text_);
  }

  // In place, so that a list of n elements costs O(n) to build. REQUIRES: IsList(text()).
  void Append(std::string_view element) {
    TM_ASSERT(IsList(text_));
    text_.pop_back();
    if (text_.size() > 1) text_ += ',';
    text_ += element;
    text_ += ']';
    hash_.Grow(text_);
  }

  const std::string& text() const { return text_; }
  uint64_t Hash() const { return hash_.Finish(text_); }

 private:
  std::string text_;
  GrowingTextHash hash_;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_VALUE_H_
