// What a node does with the snapshot that it is sent (§7, figure 13).
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/raft/raft.h"

namespace tidemark::raft {

void Raft::HandleInstallSnapshot(Time now, const Header& header, InstallSnapshot& install) {
  SnapshotPiece& piece = install.piece;
  const LogPosition last = piece.snapshot.last_included;
  if (install.term < hard_state_.term) {
    Reply(header, InstallReply{hard_state_.term, install.round, last, piece.snapshot.bytes,
                               piece.snapshot.checksum});
    return;
  }
  if (!Obey(now, header, install.term)) return;
  if (last.index <= commit_index_) {
    // What is committed here is what every later leader has: nothing of it is missing.
    incoming_.reset();
    Reply(header, AppendReply{hard_state_.term, install.round, Appended{last.index}});
    return;
  }
  if (!Expects(install)) return;
  const bool next = !incoming_->failed && piece.offset == incoming_->received &&
                    !piece.bytes.empty() && piece.end() <= piece.snapshot.bytes;
  // A piece that is taken is answered when it is written.
  if (!next) return AnswerInstall();
  incoming_->received = piece.end();
  ++incoming_->unwritten_pieces;
  ready_.snapshot_pieces.push_back(std::move(piece));
}

// Whether this is about the snapshot that comes in, from now on if not before. A leader goes over
// to newer ones only: what is older comes late.
bool Raft::Expects(const InstallSnapshot& install) {
  const Snapshot& snapshot = install.piece.snapshot;
  if (snapshot.last_included.term > install.term) {
    Tell(Notice::Level::kError,
         absl::StrCat("refused a snapshot that ends in term ", snapshot.last_included.term.value(),
                      ": it was sent in term ", install.term.value(), ", before that one"));
    return false;
  }
  const bool same = incoming_ && incoming_->snapshot == snapshot;
  const bool late = incoming_ && !same && incoming_->term == install.term &&
                    snapshot.last_included.index < incoming_->snapshot.last_included.index;
  if (late) return false;
  if (!same) incoming_ = Incoming{.snapshot = snapshot};
  const bool goes_on = incoming_->term == install.term;
  incoming_->round = goes_on ? std::max(incoming_->round, install.round) : install.round;
  incoming_->term = install.term;
  return true;
}

// To the leader, if there is one, though it need not be the one that has sent the pieces.
void Raft::AnswerInstall() {
  const NodeId to = leader();
  if (to.empty() || leads()) return;
  const Snapshot& snapshot = incoming_->snapshot;
  const uint64_t round = incoming_->term == hard_state_.term ? incoming_->round : 0;
  Send(MemberFor(to),
       InstallReply{hard_state_.term, round, snapshot.last_included, snapshot.bytes,
                    snapshot.checksum, incoming_->received, incoming_->written},
       &ready_.send_durable);
}

void Raft::PieceWritten(const Snapshot& snapshot, uint64_t end, bool taken) {
  const bool ours = incoming_ && incoming_->snapshot == snapshot && incoming_->unwritten_pieces > 0;
  if (!ours) return;
  --incoming_->unwritten_pieces;
  if (taken) {
    incoming_->written = std::max(incoming_->written, std::min(end, incoming_->received));
  } else {
    incoming_->failed = true;
  }
  if (incoming_->failed && incoming_->unwritten_pieces == 0) incoming_->StartOver();
  AnswerInstall();
}

bool Raft::SnapshotInstalled(Time now, const Snapshot& snapshot) {
  const Index last = snapshot.last_included.index;
  uint64_t round = 0;
  if (incoming_ && incoming_->snapshot == snapshot) {
    if (incoming_->term == hard_state_.term) round = incoming_->round;
    incoming_.reset();
  }
  const bool ahead = last > commit_index_;
  if (ahead && leads() && !log_.Matches(snapshot.last_included)) {
    Tell(Notice::Level::kError,
         absl::StrCat(Me(), " leads, and has a snapshot of committed entries up to index ",
                      last.value(),
                      " that its log does not have: one of the two was forged or "
                      "lost; compare the nodes' logs before going on"));
    StepDown(now, "its log contradicts what is committed");
  }
  if (ahead) Replace(snapshot);
  SnapshotTaken(snapshot);
  const NodeId to = leader();
  if (!to.empty() && !leads()) {
    Send(MemberFor(to), AppendReply{hard_state_.term, round, Appended{last}}, &ready_.send_durable);
  }
  return ahead;
}

// "If existing log entry has same index and term as snapshot's last included entry, retain log
// entries following it. Discard the entire log." Either way all up to there is committed, and on
// disk.
void Raft::Replace(const Snapshot& snapshot) {
  const Index last = snapshot.last_included.index;
  if (!log_.Matches(snapshot.last_included)) {
    log_.ResetTo(snapshot.last_included, snapshot.configuration);
    for (Unpersisted& step : unpersisted_) step.last_index = std::min(step.last_index, last);
    ready_.records.emplace_back(LogBase{snapshot.last_included});
    log_changed_ = true;
    durable_index_ = last;
  }
  durable_index_ = std::max(durable_index_, last);
  CommitUpTo(last);
}

void Raft::SnapshotRefused(const Snapshot& snapshot) {
  if (incoming_ && incoming_->snapshot == snapshot) incoming_->StartOver();
}

}  // namespace tidemark::raft
