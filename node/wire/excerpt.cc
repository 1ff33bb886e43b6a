#include "node/wire/excerpt.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "node/base/concat.h"

namespace tidemark::wire {
namespace {

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

void AppendEscaped(char c, std::string* out) {
  if (c == '\\') {
    out->append("\\\\");
  } else if (c >= ' ' && c <= '~') {
    out->push_back(c);
  } else {
    out->append("\\x");
    AppendHex(static_cast<unsigned char>(c), 2, out);
  }
}

}  // namespace

std::string Shortened(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  size_t end = max_bytes;
  while (end > 0 && ContinuesCharacter(text[end])) --end;
  return Concat(text.substr(0, end), "...");
}

std::string Escaped(std::string_view bytes, size_t max_bytes) {
  std::string out;
  for (char c : bytes.substr(0, max_bytes)) AppendEscaped(c, &out);
  if (bytes.size() > max_bytes) out.append("...");
  return out;
}

}  // namespace tidemark::wire
