// The decision table of a read-your-writes read (docs/design.md, ryw_read): the one place where it
// is decided whether a read may be served. A function of numbers, so that a table can test it.
#ifndef TIDEMARK_NODE_SERVER_RYW_DECISION_H_
#define TIDEMARK_NODE_SERVER_RYW_DECISION_H_

#include "node/raft/types.h"
#include "node/server/requests.h"

namespace tidemark::server {

struct RywSituation {
  bool refused = false;  // what is applied here is not the history of the read's session
  bool leads = false;
  raft::Index applied;  // what this node's state machine has applied
  raft::Index need;     // what the reader has seen
  bool prefer_follower = false;
  bool proved = false;        // the session proves all that is needed, and the log has it
  bool waiting_helps = true;  // it is not expected to take longer than the leader's answer
  bool wait_over = false;     // the reader has waited here as long as it may
  bool leader_known = false;  // another node's
};

enum class RywDecision {
  kRefuse,            // row 1
  kServeAsFollower,   // row 2
  kServeProved,       // row 3
  kWaitForEntries,    // row 4
  kForwardBehind,     // row 5
  kForwardPreferred,  // row 6
  kServeAsLeader,     // row 7
  kConfirm,           // row 8: is `need` anything that was ever committed?
  kWaitForLeader,     // row 9
};

// The first row that fits.
RywDecision DecideRyw(const RywSituation& situation);

// Whether the read is over with it.
bool AnsweredAtOnce(RywDecision decision);
// What a client that asks is told. REQUIRES: not kRefuse.
Explanation::Decision Explained(RywDecision decision);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_RYW_DECISION_H_
