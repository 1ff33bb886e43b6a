// What a node does with the snapshot that it is sent (§7, figure 13).
#include <algorithm>
#include <optional>
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
    Reply(header, NewerTerm{hard_state_.term});
    return;
  }
  if (!Obey(now, header, install.term)) return;
  if (ContradictsCommitted(last)) return NoteContradiction(header, last);
  if (last.index <= commit_index_) {
    // What is committed here is what every later leader has: nothing of it is missing.
    incoming_.reset();
    Reply(header, AppendReply{hard_state_.term, EchoOf(install), Appended{last.index}});
    return;
  }
  if (!Expects(header, install)) return;
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
bool Raft::Expects(const Header& header, const InstallSnapshot& install) {
  const Snapshot& snapshot = install.piece.snapshot;
  if (snapshot.last_included.term > install.term) {
    Tell(Notice::Level::kError,
         absl::StrCat("refused a snapshot that ends in term ", snapshot.last_included.term.value(),
                      ": it was sent in term ", install.term.value(), ", before that one"));
    return false;
  }
  const bool same = incoming_ && incoming_->snapshot == snapshot;
  const bool late = incoming_ && !same && incoming_->asked.echo.term == install.term &&
                    snapshot.last_included.index < incoming_->snapshot.last_included.index;
  if (late) return false;
  if (!same) incoming_ = Incoming{.snapshot = snapshot};
  const Asked before = std::exchange(incoming_->asked, Asked{header.from, EchoOf(install)});
  RoundEcho& echo = incoming_->asked.echo;
  // Of one leadership's messages the last in its order, not in that of their coming.
  const bool goes_on = before.echo.term == echo.term && before.echo.life == echo.life;
  if (goes_on) echo.round = std::max(echo.round, before.echo.round);
  return true;
}

// Nobody else: another leader's rounds are others, and one that has the same file asks for itself.
bool Raft::StillFollows(const Asked& asked) const {
  const auto* follower = std::get_if<Follower>(&role_);
  return follower != nullptr && follower->leader == asked.leader.id &&
         hard_state_.term == asked.echo.term;
}

void Raft::AnswerInstall() {
  if (!StillFollows(incoming_->asked)) return;
  const Snapshot& snapshot = incoming_->snapshot;
  Send(incoming_->asked.leader,
       InstallReply{hard_state_.term, incoming_->asked.echo, snapshot.last_included, snapshot.bytes,
                    snapshot.checksum, incoming_->received, incoming_->written},
       &ready_.send_durable);
}

void Raft::PieceWritten(const Snapshot& snapshot, uint64_t end, bool taken) {
  // There may be no room to install what was written.
  const bool awaited = incoming_ && (incoming_->unwritten_pieces > 0 || !taken);
  if (!awaited || incoming_->snapshot != snapshot) return;
  if (incoming_->unwritten_pieces > 0) --incoming_->unwritten_pieces;
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
  std::optional<Asked> asked;
  if (incoming_ && incoming_->snapshot == snapshot) {
    asked = std::move(incoming_->asked);
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
  // A leader that has asked nothing, or asks anew, is answered when its next heartbeat asks.
  if (asked && StillFollows(*asked)) {
    Send(asked->leader, AppendReply{hard_state_.term, asked->echo, Appended{last}},
         &ready_.send_durable);
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
    ready_.records.emplace_back(LogBase{snapshot.last_included, snapshot.configuration.cluster});
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
