// A session: what its holder has seen, in a form that can be checked (docs/design.md, sessions).
#ifndef TIDEMARK_NODE_KV_SESSION_H_
#define TIDEMARK_NODE_KV_SESSION_H_

#include <cstdint>

namespace tidemark::kv {

// A place in the log, counted from 1. It is raft::Index seen from a package that knows no Raft.
using LogIndex = uint64_t;

// "In the history of `cluster` the entry at `index` is committed, and it is of `term`, which began
// with `stamp`." By Log Matching it names the whole history up to there.
struct Session {
  uint32_t cluster = 0;
  LogIndex index = 0;
  uint64_t term = 0;
  uint32_t stamp = 0;
  bool operator==(const Session&) const = default;
};

// What a history says to a session. All but kHolds are for good: no later entry makes them true.
enum class Verdict {
  kHolds,
  kOtherCluster,
  kLostHistory,  // another entry stands at its index
  kFromFuture,   // nothing stands at its index
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_SESSION_H_
