// The decision table of a read-your-writes read (docs/design.md, ryw_read): the one place where it
// is decided whether a read may be served. A function of numbers, so that a table can test it.
#ifndef TIDEMARK_NODE_SERVER_RYW_DECISION_H_
#define TIDEMARK_NODE_SERVER_RYW_DECISION_H_

#include "node/raft/types.h"

namespace tidemark::server {

struct RywSituation {
  bool leads = false;
  raft::Index applied;  // what this node's state machine has applied
  raft::Index need;     // what the reader has seen
  bool prefer_follower = false;
  bool wait_over = false;     // the reader has waited here as long as it may
  bool leader_known = false;  // another node's
};

enum class RywDecision {
  kServeAsFollower,   // row 2
  kWaitForEntries,    // row 4
  kForwardBehind,     // row 5
  kForwardPreferred,  // row 6
  kServeAsLeader,     // row 7
  kConfirm,           // row 8: is `need` anything that was ever committed?
  kWaitForLeader,     // row 9
};

// The first row that fits.
RywDecision DecideRyw(const RywSituation& situation);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_RYW_DECISION_H_
