// JSON texts made from texts, without a tree between.
#include <cstddef>
#include <string>
#include <string_view>

#include "node/base/concat.h"
#include "node/wire/json.h"

namespace tidemark::wire {
namespace {

bool NeedsEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

void AppendEscape(char c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\b':
      out->append("\\b");
      return;
    case '\f':
      out->append("\\f");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      out->append("\\u");
      AppendHex(static_cast<unsigned char>(c), 4, out);
  }
}

// Just behind the string that begins at `begin` with its quote.
size_t EndOfString(std::string_view text, size_t begin) {
  size_t i = begin + 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return i < text.size() ? i + 1 : text.size();
}

}  // namespace

void AppendQuoted(std::string_view text, std::string* out) {
  out->push_back('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!NeedsEscape(text[i])) continue;
    out->append(text, copied, i - copied);
    AppendEscape(text[i], out);
    copied = i + 1;
  }
  out->append(text, copied);
  out->push_back('"');
}

void AppendSpacedText(std::string_view canonical, std::string* out) {
  size_t copied = 0;
  for (size_t i = 0; i < canonical.size();) {
    char c = canonical[i];
    i = c == '"' ? EndOfString(canonical, i) : i + 1;
    if (c != ':' && c != ',') continue;
    out->append(canonical, copied, i - copied);
    out->push_back(' ');
    copied = i;
  }
  out->append(canonical, copied);
}

}  // namespace tidemark::wire
