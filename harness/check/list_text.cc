#include "harness/check/list_text.h"

namespace tidemark::check {
namespace {

// Behind the string literal that begins at `at`.
size_t SkipString(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

// Behind the JSON value that begins at `at`: at a comma or bracket of the list around it.
size_t SkipValue(std::string_view text, size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == ']')) return at;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    at = c == '"' ? SkipString(text, at) : at + 1;
  }
  return text.size();
}

}  // namespace

bool IsStartOf(std::string_view start, std::string_view list) {
  const std::string_view open = OpenList(start);
  if (list.substr(0, open.size()) != open) return false;
  if (open.size() == 1) return true;
  const char next = list[open.size()];
  return next == ',' || next == ']';
}

std::vector<ListElement> Elements(std::string_view list) {
  std::vector<ListElement> elements;
  if (!IsList(list) || list == "[]") return elements;
  for (size_t at = 1; at < list.size();) {
    const size_t end = SkipValue(list, at);
    elements.push_back({list.substr(at, end - at), end});
    at = end + 1;
  }
  return elements;
}

}  // namespace tidemark::check
