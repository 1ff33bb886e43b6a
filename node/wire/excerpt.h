// Pieces of what somebody sent, made fit to stand in a message for a person.
#ifndef TIDEMARK_NODE_WIRE_EXCERPT_H_
#define TIDEMARK_NODE_WIRE_EXCERPT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace tidemark::wire {

// `text` (UTF-8) if it has at most `max_bytes`; else what of its beginning fits, cut between
// characters, with "..." behind it.
std::string Shortened(std::string_view text, size_t max_bytes = 40);

// The first `max_bytes` of `bytes` on one line of printable ASCII: all else as \xNN, a backslash
// doubled, "..." behind it where something was cut.
std::string Escaped(std::string_view bytes, size_t max_bytes);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_EXCERPT_H_
