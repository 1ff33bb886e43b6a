// Text from outside on one line of a terminal or a log.
#ifndef TIDEMARK_NODE_BASE_ONE_LINE_H_
#define TIDEMARK_NODE_BASE_ONE_LINE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace tidemark {

// `text` as it is, but each byte as \xNN of what would end the line, steer a terminal or turn the
// text around (control characters, line and paragraph separators, directional marks), and of what
// is not UTF-8. Of a longer text the first `max_bytes`, cut between characters, and "...".
std::string OneLine(std::string_view text, size_t max_bytes = std::string_view::npos);

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_ONE_LINE_H_
