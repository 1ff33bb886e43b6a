// How a line of the log is spelled.
#ifndef TIDEMARK_NODE_LOG_LINE_H_
#define TIDEMARK_NODE_LOG_LINE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "node/log/repetitions.h"
#include "node/raft/notice.h"

namespace tidemark::log {

enum class Format { kText, kJson };

// Of a longer text only the beginning is logged.
inline constexpr size_t kMaxTextBytes = 2000;

// "debug", "info", "warning", "error".
std::string_view Spelled(raft::Notice::Level level);

// With its newline, which is the only one in it. `unix_ms`: milliseconds since 1970, UTC. `node`:
// who says it; empty: it has no name yet.
std::string Line(Format format, int64_t unix_ms, std::string_view node, const Told& told);

}  // namespace tidemark::log

#endif  // TIDEMARK_NODE_LOG_LINE_H_
