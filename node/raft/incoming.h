// The snapshot that this node is being sent. It outlives the leader that sends it: the next one may
// have the same file.
#ifndef TIDEMARK_NODE_RAFT_INCOMING_H_
#define TIDEMARK_NODE_RAFT_INCOMING_H_

#include <cstdint>

#include "node/raft/messages.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace tidemark::raft {

// A leader's message that is answered later: to that very leader only, and only while this node
// follows it in the message's term.
struct Asked {
  Member leader;
  RoundEcho echo;
};

struct Incoming {
  Snapshot snapshot;
  Asked asked;  // the last message about it
  // Up to here it was given to the disk, and up to there it is in its file.
  uint64_t received = 0;
  uint64_t written = 0;
  uint64_t unwritten_pieces = 0;
  // The disk had no room for a piece: all begins anew, once the pieces behind it are answered too.
  bool failed = false;

  void StartOver() {
    received = written = unwritten_pieces = 0;
    failed = false;
  }
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_INCOMING_H_
