// Numbers of a JSON text that are plain integers.
#ifndef TIDEMARK_NODE_WIRE_JSON_INTEGER_H_
#define TIDEMARK_NODE_WIRE_JSON_INTEGER_H_

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace tidemark::wire {

// from_chars takes neither '+' nor white space, and a JSON number has no leading zeros: what it
// takes whole was a plain integer.
template <typename Integer>
std::optional<Integer> ParseInteger(std::string_view text) {
  Integer value = 0;
  const char* end = text.data() + text.size();
  auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_JSON_INTEGER_H_
