// What nlohmann says of a text that is no JSON, said to a person.
#ifndef TIDEMARK_NODE_WIRE_SYNTAX_ERROR_H_
#define TIDEMARK_NODE_WIRE_SYNTAX_ERROR_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace tidemark::wire {

struct SyntaxError {
  std::string what;
  size_t offset = 0;      // may lie beyond the end of the text
  bool in_value = false;  // a value was due, or broken: in an array, that of the next index
};

// `exception`: the text of nlohmann's exception. `chars_read`: how far its lexer had read, the end
// of the text counting for one. `token_size`: the length of what it calls the last token.
SyntaxError ExplainSyntaxError(std::string_view exception, size_t chars_read, size_t token_size);

// A key as a step of a path: `.key`, or `["odd key"]`; without the dot at the beginning.
void AppendPathKey(std::string_view key, std::string* path);

// `text` in quotes, shortened.
std::string QuotedShort(std::string_view text);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_SYNTAX_ERROR_H_
