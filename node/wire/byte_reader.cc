#include "node/wire/byte_reader.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::wire {

std::string_view ByteReader::Take(std::string_view field, size_t size) {
  if (!ok()) return "";
  if (size > bytes_.size() - at_) {
    Refuse(field, Concat("it takes ", size, " bytes, ", bytes_.size() - at_, " are left"));
    return "";
  }
  std::string_view taken = bytes_.substr(at_, size);
  at_ += size;
  return taken;
}

uint64_t ByteReader::Little(std::string_view field, size_t size) {
  std::string_view taken = Take(field, size);
  uint64_t value = 0;
  for (size_t i = taken.size(); i > 0; --i) value = value << 8 | static_cast<uint8_t>(taken[i - 1]);
  return value;
}

bool ByteReader::Bool(std::string_view field) {
  uint8_t value = U8(field);
  if (value > 1) Refuse(field, Concat("expected 0 or 1, got ", value));
  return value == 1;
}

size_t ByteReader::Count(std::string_view field, size_t min_bytes) {
  size_t count = U32(field);
  if (count <= (bytes_.size() - at_) / min_bytes) return count;
  Refuse(field, Concat("there is no room for ", count));
  return 0;
}

void ByteReader::Refuse(std::string_view field, std::string_view what) {
  if (ok()) problem_ = Concat(field, " at byte ", first_ + at_, ": ", what);
}

absl::Status ByteReader::Finish() {
  if (at_ < bytes_.size()) Refuse("the end", Concat(bytes_.size() - at_, " bytes too many"));
  return ok() ? absl::OkStatus() : absl::DataLossError(problem_);
}

}  // namespace tidemark::wire
