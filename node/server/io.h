// The door of a node: what goes in, what comes out, and in which order what comes out is to be
// done.
#ifndef TIDEMARK_NODE_SERVER_IO_H_
#define TIDEMARK_NODE_SERVER_IO_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/base/time.h"
#include "node/kv/state_part.h"
#include "node/raft/notice.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"

namespace tidemark::kv {
class StateMachine;
}

namespace tidemark::server {

// --- What must survive a crash ------------------------------------------------------------------

// The highest number that this node has opened a writer with, and the bits of that opening.
struct WriterNumber {
  uint64_t number = 0;
  uint64_t bits = 0;
  bool operator==(const WriterNumber&) const = default;
};

// A majority had another state at `index` than this node, or a leader another entry than the one
// that is committed here: it is not to be trusted any more, however often it is started. Zero:
// nothing is known against it.
struct Quarantine {
  raft::Index index;
  bool operator==(const Quarantine&) const = default;
};

// What stands in the log up to `index` was committed, and on disk, before this was written. Storage
// writes it, from what Output::committed says; no promise depends on it.
struct CommitHint {
  raft::Index index;
  bool operator==(const CommitHint&) const = default;
};

// This memory has gone back: it lacks an entry that it had acknowledged, or (of an opening that it
// does not remember) applied. No node is to start on it again, but as a cluster of its own. Zeros:
// nothing is known against it.
struct GoneBack {
  raft::LogPosition lost;
  bool operator==(const GoneBack&) const = default;
};

// An entry replaces whatever the log held at its index and beyond. A log base empties the log.
using Record = std::variant<raft::HardState, raft::EntryRef, WriterNumber, raft::LogBase,
                            Quarantine, raft::Rebirth, CommitHint, GoneBack>;

// What a node remembered: its snapshot, and the sum of its records, in order.
struct Recovered {
  raft::Rebirth rebirth;  // the last one; zero: none
  raft::HardState hard_state;
  std::optional<raft::Snapshot> snapshot;
  std::shared_ptr<kv::StateMachine> machine;  // the snapshot's state; null without one
  raft::LogPosition log_base;                 // at most snapshot->last_included, zeros without one
  std::vector<raft::EntryRef> log;            // the indexes behind log_base
  WriterNumber writer_number;
  Quarantine quarantine;
  raft::Index committed;  // at least up to here, and no further than the log goes
  GoneBack gone_back;
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

// Behind the records of Output `sequence` there is room for `bytes` bytes of entries (raft::RoomFor
// each). Nothing said: there is always room.
struct Room {
  uint64_t sequence = 0;
  uint64_t bytes = 0;
  bool full = false;  // no more is to be had for now; else, more is being made
  bool operator==(const Room&) const = default;
};
// The last StateSlice was taken over; the next may come.
struct SliceTaken {};
// The snapshot that the slices made is on disk, or (`snapshot` absent) could not be written for
// want of room and is to be begun again some time.
struct SnapshotTaken {
  std::optional<raft::Snapshot> snapshot;
};
// A SnapshotRead's answer; no bytes: that snapshot is no longer there.
struct SnapshotBytes {
  raft::SnapshotPiece piece;
};
// The pieces up to `end` are written; or (not `taken`) there was no room for them, and all that
// came of this snapshot is gone.
struct PieceWritten {
  raft::Snapshot snapshot;
  uint64_t end = 0;
  bool taken = true;
};
// The last piece completed the snapshot: it is on disk, and this is its state; or (`machine` null)
// it is not what it says, and is gone.
struct SnapshotInstalled {
  raft::Snapshot snapshot;
  std::shared_ptr<kv::StateMachine> machine;
  std::string problem;
};

using Input =
    std::variant<ClientRequest, BadRequest, Unanswerable, PeerMessage, DeadlinePassed, Persisted,
                 Room, SliceTaken, SnapshotTaken, SnapshotBytes, PieceWritten, SnapshotInstalled>;

// --- Out ----------------------------------------------------------------------------------------

// The next part of the snapshot that this node takes of its state.
struct StateSlice {
  raft::Snapshot snapshot;  // without bytes and checksum
  bool first = false;
  bool last = false;                 // install it, once this is written
  bool abandoned = false;            // drop what came of it; no parts
  std::vector<kv::StatePart> parts;  // what they refer to is there until the next Step
};

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
  // Snapshots: one slice at a time, the next after SliceTaken; pieces to be written, in order; what
  // is to be read; what is to be kept, which comes before all these.
  std::optional<StateSlice> slice;
  std::vector<raft::SnapshotPiece> snapshot_pieces;
  std::vector<raft::SnapshotRead> snapshot_reads;
  // Said where it changes: the files of these are being sent. They go on being readable though
  // newer ones take their place, if they are there now.
  std::optional<std::vector<raft::Snapshot>> kept_snapshots;
  // No entry below this one will be needed again.
  raft::Index log_first;
  // Up to here the log is committed and was on disk before this step's records. Storage keeps it as
  // a hint, so that the next start can serve what it knows to be committed.
  raft::Index committed;
  // For the operator: what happened, to what, what to do. One line each.
  std::vector<raft::Notice> notices;
  // This memory has gone back: once the records are on disk, among them the mark that says so, the
  // node is to be stopped. Nothing that waits for the disk may leave any more, of earlier outputs
  // either.
  bool gone_back = false;
  // There is more to say than one step says: the next one is to follow once this one has been
  // carried out, with what the disk has done by then and with nothing else.
  bool unfinished = false;
  // When to come back with DeadlinePassed, if nothing else happens before.
  Time deadline = Time::Never();
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_IO_H_
