// The door of a node: what goes in, what comes out, and in which order what comes out is to be
// done.
#ifndef TIDEMARK_NODE_SERVER_IO_H_
#define TIDEMARK_NODE_SERVER_IO_H_

#include <cstdint>
#include <variant>
#include <vector>

#include "node/base/time.h"
#include "node/raft/notice.h"
#include "node/raft/types.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"

namespace tidemark::server {

// --- What must survive a crash ------------------------------------------------------------------

// The highest number that this node has opened a writer with.
struct WriterNumber {
  uint64_t number = 0;
  bool operator==(const WriterNumber&) const = default;
};

// An entry replaces whatever the log held at its index and beyond.
using Record = std::variant<raft::HardState, raft::EntryRef, WriterNumber>;

// What a node remembered: the sum of its records, in order.
struct Recovered {
  raft::HardState hard_state;
  std::vector<raft::EntryRef> log;  // indexes 1, 2, …
  WriterNumber writer_number;
};

// --- In -----------------------------------------------------------------------------------------

// A request that the gateway refused, where it could read whom to answer.
struct BadRequest {
  ClientRef from;
  Error error;
};
// One that was refused and whose sender cannot be told.
struct Unanswerable {};
// The deadline that the last Output named has passed.
struct DeadlinePassed {};
// All records up to and including those of Output `sequence` are on disk.
struct Persisted {
  uint64_t sequence = 0;
};

using Input =
    std::variant<ClientRequest, BadRequest, Unanswerable, PeerMessage, DeadlinePassed, Persisted>;

// --- Out ----------------------------------------------------------------------------------------

// The fields stand in the order in which they are to be done; replies and `send_now` may also go
// before the disk has answered, `send_durable` never.
struct Output {
  // To be made durable, in order; once they are, the node is to be given Persisted{sequence}.
  std::vector<Record> records;
  // Counts the outputs that had records. With no records here: the last such output's.
  uint64_t sequence = 0;
  // A leader's AppendEntries and whatever else promises nothing.
  std::vector<PeerMessage> send_now;
  // Promises (votes, acknowledgements, a candidate's own vote): only after the records of this and
  // all earlier outputs, that is up to `sequence`, are on disk.
  std::vector<PeerMessage> send_durable;
  std::vector<Reply> replies;
  // For the operator: what happened, to what, what to do. One line each.
  std::vector<raft::Notice> notices;
  // When to come back with DeadlinePassed, if nothing else happens before.
  Time deadline = Time::Never();
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_IO_H_
