// What strace saw of a node: whether it spoke after its log's disk had failed.
#ifndef TIDEMARK_HARNESS_CRASH_STRACE_LOG_H_
#define TIDEMARK_HARNESS_CRASH_STRACE_LOG_H_

#include <string>

namespace tidemark::crash {

// `log` is the output of strace -f -y with fdatasync and write traced. The first line that the node
// has written to stdout after a sync of a segment of its log had failed; empty: none.
std::string SpokenAfterFailedSync(const std::string& log);

}  // namespace tidemark::crash

#endif  // TIDEMARK_HARNESS_CRASH_STRACE_LOG_H_
