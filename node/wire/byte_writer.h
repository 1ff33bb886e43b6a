// Bytes put one behind the other, little-endian, length-prefixed: what ByteReader takes off again.
#ifndef TIDEMARK_NODE_WIRE_BYTE_WRITER_H_
#define TIDEMARK_NODE_WIRE_BYTE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "node/base/assert.h"

namespace tidemark::wire {

class ByteWriter {
 public:
  explicit ByteWriter(std::string* out) : out_(out) {}

  // One byte that is one of an enumeration's numbers.
  template <typename Kind>
  void Tag(Kind kind) {
    out_->push_back(static_cast<char>(kind));
  }
  void Bool(bool value) { out_->push_back(value ? '\1' : '\0'); }
  void U32(uint32_t value) { Little(value, 4); }
  void U64(uint64_t value) { Little(value, 8); }
  void Size(size_t size) {
    TM_ASSERT(size <= std::numeric_limits<uint32_t>::max());
    U32(static_cast<uint32_t>(size));
  }
  void String(std::string_view text) {
    Size(text.size());
    out_->append(text);
  }

 private:
  void Little(uint64_t value, size_t size) {
    char bytes[8];
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(value >> (8 * i) & 0xFF);
    out_->append(bytes, size);
  }

  std::string* out_;
};

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_BYTE_WRITER_H_
