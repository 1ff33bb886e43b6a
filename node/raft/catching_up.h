// A peer that was sent a snapshot, until it has caught up by entries. For as long as it comes
// nearer, the leader keeps the file that it is sent and the log that it will need behind it (§7).
#ifndef TIDEMARK_NODE_RAFT_CATCHING_UP_H_
#define TIDEMARK_NODE_RAFT_CATCHING_UP_H_

#include <cstdint>
#include <limits>

#include "node/base/time.h"
#include "node/raft/digest.h"

namespace tidemark::raft {

class CatchingUp {
 public:
  explicit CatchingUp(Time now) : advanced_at_(now) {}

  // The first `bytes` bytes of a snapshot are in the peer's file.
  void Wrote(Time now, uint64_t bytes);
  // It has the snapshot, and lacks `bytes` bytes of entries behind that. Only a peer that lacks
  // less than ever comes nearer: one that takes entries more slowly than they are written does not.
  void Lacks(Time now, uint64_t bytes);
  // The snapshot begins anew, or another does. That is no progress.
  void BeginAgain() { written_ = 0; }
  // When it last came nearer.
  Time advanced_at() const { return advanced_at_; }

  void AddTo(Time now, Digest* digest) const;

 private:
  Time advanced_at_;
  uint64_t written_ = 0;
  uint64_t least_lacking_ = std::numeric_limits<uint64_t>::max();
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_CATCHING_UP_H_
