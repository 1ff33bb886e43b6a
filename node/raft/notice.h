// What the core has to tell the operator. It prints nothing itself.
#ifndef TIDEMARK_NODE_RAFT_NOTICE_H_
#define TIDEMARK_NODE_RAFT_NOTICE_H_

#include <string>

namespace tidemark::raft {

struct Notice {
  enum class Level { kDebug, kInfo, kWarning, kError };
  Level level = Level::kInfo;
  std::string text;  // what happened, to what, what to do; one line
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_NOTICE_H_
