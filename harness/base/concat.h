// absl::StrCat that takes std::string_view: Debian's abseil has a string_view of its own, and
// AlphaNum is made from that only.
#ifndef TIDEMARK_HARNESS_BASE_CONCAT_H_
#define TIDEMARK_HARNESS_BASE_CONCAT_H_

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace tidemark {

inline void AppendPiece(std::string_view piece, std::string* out) { out->append(piece); }

template <std::integral T>
void AppendPiece(T number, std::string* out) {
  char digits[24];
  out->append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// Texts and integers, one after the other.
template <typename... T>
void ConcatTo(std::string* out, const T&... pieces) {
  (AppendPiece(pieces, out), ...);
}
template <typename... T>
std::string Concat(const T&... pieces) {
  std::string out;
  ConcatTo(&out, pieces...);
  return out;
}

}  // namespace tidemark

#endif  // TIDEMARK_HARNESS_BASE_CONCAT_H_
