// absl::StrCat for std::string_view, which is not absl::string_view in every build of abseil.
#ifndef TIDEMARK_NODE_BASE_CONCAT_H_
#define TIDEMARK_NODE_BASE_CONCAT_H_

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark {

inline void AppendPiece(std::string_view piece, std::string* out) { out->append(piece); }

template <std::integral Integer>
void AppendPiece(Integer number, std::string* out) {
  char digits[24];
  out->append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// Texts as they are, integers in decimal.
template <typename... Pieces>
void ConcatTo(std::string* out, const Pieces&... pieces) {
  (AppendPiece(pieces, out), ...);
}

template <typename... Pieces>
std::string Concat(const Pieces&... pieces) {
  std::string out;
  ConcatTo(&out, pieces...);
  return out;
}

// `number` as `digits` lower-case hexadecimal digits.
inline void AppendHex(uint64_t number, int digits, std::string* out) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out->push_back("0123456789abcdef"[(number >> shift) & 0xF]);
  }
}

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_CONCAT_H_
