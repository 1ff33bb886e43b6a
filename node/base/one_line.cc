#include "node/base/one_line.h"

#include <algorithm>
#include <cstdint>

#include "node/base/concat.h"

namespace tidemark {
namespace {

struct Character {
  size_t bytes = 1;
  bool plain = false;  // fit to stand in a line as it is
};

bool IsPlain(uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool separator = code == 0x2028 || code == 0x2029;
  const bool turns = code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                     (code >= 0x2066 && code <= 0x2069);
  return !control && !separator && !turns;
}

struct Form {
  size_t bytes = 0;    // 0: no character begins so
  uint32_t least = 0;  // the lowest code that takes so many
};

Form FormOf(unsigned char first) {
  if (first < 0x80) return {1, 0};
  if (first >= 0xC2 && first < 0xE0) return {2, 0x80};
  if (first >= 0xE0 && first < 0xF0) return {3, 0x800};
  if (first >= 0xF0 && first < 0xF5) return {4, 0x10000};
  return {};
}

// The first of `text`, which is not empty. What is not UTF-8 counts byte by byte.
Character First(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const auto [bytes, least] = FormOf(first);
  if (bytes == 0 || bytes > text.size()) return {};
  if (bytes == 1) return {1, IsPlain(first)};
  uint32_t code = first & (0xFFU >> (bytes + 1));
  for (const char c : text.substr(1, bytes - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80) return {};
    code = code << 6 | (byte & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least || surrogate || code > 0x10FFFF) return {};
  return {bytes, IsPlain(code)};
}

}  // namespace

std::string OneLine(std::string_view text, size_t max_bytes) {
  std::string out;
  out.reserve(std::min(text.size(), max_bytes));
  size_t taken = 0;
  while (taken < text.size()) {
    const std::string_view rest = text.substr(taken);
    const Character next = First(rest);
    if (taken + next.bytes > max_bytes) {
      out.append("...");
      return out;
    }
    if (next.plain) {
      out.append(rest.substr(0, next.bytes));
    } else {
      for (const char c : rest.substr(0, next.bytes)) {
        out.append("\\x");
        AppendHex(static_cast<unsigned char>(c), 2, &out);
      }
    }
    taken += next.bytes;
  }
  return out;
}

}  // namespace tidemark
