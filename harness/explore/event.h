// What can happen to one node in one step.
#ifndef TIDEMARK_HARNESS_EXPLORE_EVENT_H_
#define TIDEMARK_HARNESS_EXPLORE_EVENT_H_

#include <cstdint>
#include <string>

#include "node/raft/messages.h"

namespace tidemark::explore {

enum class Action : uint8_t {
  kDeliver,              // argument: the message's number
  kDeliverAfterSilence,  // as above
  kDeliverTooLate,       // as above, at a leader whose time is up right afterwards
  kSync,                 // the oldest step that waits for the disk
  kSyncAll,              // every one of them
  kTimeOut,
  kHeartbeat,
  kPropose,  // argument: which write
  kRead,
  kCrash,  // argument: how many of the records that wait for the disk survive
  kWipe,
  kStand,  // with every pre-vote granted at once
  kElect,  // the same and all that follows; argument: which node elects it
  kBootstrap,
};

struct Event {
  Action action = Action::kDeliver;
  uint32_t argument = 0;
};

// "AppendEntries n1→n2 term 2, after 3@1, entries 4@2, commit 3, round 7", where 4@2 is index 4 of
// term 2.
std::string TextOf(const raft::Message& message);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_EVENT_H_
