// Bytes from outside, taken off one field after the other. The first field that is wrong is noted;
// from then on every field is empty, so that a decoder asks once, at its end.
#ifndef TIDEMARK_NODE_WIRE_BYTE_READER_H_
#define TIDEMARK_NODE_WIRE_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::wire {

class ByteReader {
 public:
  // Errors count bytes from `first` on: where `bytes` stand in what they are a part of.
  explicit ByteReader(std::string_view bytes, uint64_t first = 0) : bytes_(bytes), first_(first) {}

  uint8_t U8(std::string_view field) { return static_cast<uint8_t>(Little(field, 1)); }
  uint32_t U32(std::string_view field) { return static_cast<uint32_t>(Little(field, 4)); }
  uint64_t U64(std::string_view field) { return Little(field, 8); }
  // One byte, zero or one.
  bool Bool(std::string_view field);
  // A length of four bytes and as many bytes.
  std::string String(std::string_view field) { return std::string(View(field)); }
  // The same, as it lies there.
  std::string_view View(std::string_view field) { return Take(field, U32(field)); }
  // One byte that is one of an enumeration's numbers: the caller knows them, and refuses others.
  template <typename Kind>
  Kind Tag(std::string_view field) {
    return static_cast<Kind>(U8(field));
  }
  // How many things of at least `min_bytes` each follow: no more than there is room for.
  size_t Count(std::string_view field, size_t min_bytes);

  // Notes that `field`, which ended here, is wrong.
  void Refuse(std::string_view field, std::string_view what);
  template <typename Kind>
  void RefuseTag(std::string_view field, Kind kind) {
    Refuse(field, Concat("unknown kind ", static_cast<int>(kind)));
  }
  bool ok() const { return problem_.empty(); }
  // OK if all was well and nothing is left; else DataLoss.
  absl::Status Finish();

 private:
  uint64_t Little(std::string_view field, size_t size);
  std::string_view Take(std::string_view field, size_t size);

  std::string_view bytes_;
  uint64_t first_;
  size_t at_ = 0;
  std::string problem_;
};

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_BYTE_READER_H_
