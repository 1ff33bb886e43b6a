// What a leader knows of one peer, and how it paces what it sends there (dissertation §10.2.1,
// pipelining; etcd's probe, replicate and snapshot states are the model).
#ifndef TIDEMARK_NODE_RAFT_PROGRESS_H_
#define TIDEMARK_NODE_RAFT_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "node/base/time.h"
#include "node/raft/catching_up.h"
#include "node/raft/digest.h"
#include "node/raft/log.h"
#include "node/raft/messages.h"
#include "node/raft/snapshot.h"
#include "node/raft/transfer.h"
#include "node/raft/types.h"

namespace tidemark::raft {

class Progress {
 public:
  // A peer of whom nothing is known. It is taken to have the leader's log up to `last` until it
  // says otherwise, so that a new leader's first entries need not wait for an answer to its very
  // first.
  Progress(Member peer, bool counts, Index last, Time heard, Time answered)
      : peer_(peer),
        counts_(counts),
        next_index_(last.Next()),
        last_heard_(heard),
        last_answered_(answered) {}

  const Member& peer() const { return peer_; }
  // Whether the configuration names this very incarnation, and its disk is not known to have gone
  // back; nobody else's word counts for anything.
  bool counts() const { return counts_ && !lost_; }
  // The disk of this peer has gone back in this term: it lacked this entry, which it had
  // acknowledged. For as long as this leader leads, whatever it has again.
  const std::optional<LogPosition>& lost() const { return lost_; }
  // It is told so, and sent nothing else: it has not said that it has that entry after all.
  bool is_told() const { return is_told_; }
  Index match_index() const { return match_index_; }
  Index next_index() const { return next_index_; }
  uint64_t acked_round() const { return acked_round_; }
  // When it answered the first message of that round or of a later one.
  Time acked_at() const { return acked_at_; }
  // The peer followed this leader at this moment or later: when the last round began that it has
  // answered.
  Time last_heard() const { return last_heard_; }
  // When it last answered anything that was sent in this term. Proves only that it is there.
  Time last_answered() const { return last_answered_; }
  // What it has been told to be committed, of what it has been sent.
  Index sent_commit() const { return sent_commit_; }
  // It is to be sent the present round; what it has to be told of a commit, though entries go on
  // being sent. Both until the next Take.
  bool round_due() const { return round_due_; }
  bool notice_due() const { return notice_due_; }

  // Whether entries from next_index on may be sent now: replicating, at most `max_inflight`
  // messages are unanswered; probing, one is.
  bool MaySendEntries(size_t max_inflight) const;
  bool replicating() const { return state_ == State::kReplicate; }
  // The snapshot that the peer needs before any entry; null where it does not.
  Transfer* transfer() { return transfer_ ? &*transfer_ : nullptr; }
  const Transfer* transfer() const { return transfer_ ? &*transfer_ : nullptr; }

  // The log does not have next_index - 1 any more: the peer is sent this one instead.
  void BeginTransfer(Snapshot snapshot);
  // Since it has answered that it is being sent a snapshot, and until it lacks no more than the log
  // keeps for everybody; null otherwise.
  const CatchingUp* catching_up() const { return catching_up_ ? &*catching_up_ : nullptr; }
  // It has answered how far it is with the snapshot. Requires transfer().
  void NoteWritten(Time now);
  // It has acknowledged entries. `kept`: that many bytes at its end the log keeps for everybody.
  void NoteLacking(Time now, const Log& log, uint64_t kept);

  // A message with `entries` entries behind next_index - 1 and this commit index is on its way.
  void Sent(size_t entries, Index commit_index);
  // A CommitNotice of `committed` is.
  void SentNotice(Index committed);
  // It has been sent entries since the last heartbeat, and has acknowledged all that it was sent:
  // it has heard its leader, and has been heard, as by a heartbeat.
  bool heard_by_entries() const { return entries_sent_ && replicating() && inflight_.empty(); }
  void BeginHeartbeat() { entries_sent_ = false; }
  // A round begins that it is to answer.
  void AskForRound() { round_due_ = true; }
  // Once a heartbeat: a probe that was lost, or that was not taken, may be repeated.
  void AllowProbe() { probe_unanswered_ = false; }
  void AskForNotice() { notice_due_ = true; }
  void NothingDue() { round_due_ = notice_due_ = false; }

  // The peer followed this leader when it got `round`, which began at `begun`; absent: longer ago
  // than proves anything.
  void Heard(Time now, uint64_t round, std::optional<Time> begun);
  // Its log equals the leader's, `log`, up to `match_index`, as is known since `last_round`, the
  // last one begun. match_index never falls (paper, figure 2), but where the disk goes back. One
  // that takes less than a probe had has no room: it is probed on. A snapshot that goes beyond the
  // log's base has done its work.
  void Matched(Index match_index, const Log& log, uint64_t last_round);
  // It lacks what stood before the entries sent (paper §5.3): steps back, a whole term at a time
  // where the hint allows. A late answer changes nothing.
  void Conflicted(const Conflict& conflict, const Log& log);
  // Whether this answer to a message of `round` proves that the peer's disk has gone back: it lacks
  // what it had acknowledged before that round began. What it was sent meanwhile, a snapshot too,
  // makes no difference.
  bool ProvesLoss(const Conflict& conflict, uint64_t round) const;
  // A learner's has: what it had acknowledged counts for nothing.
  void Fall();
  // Any other's has: it lacks `lost`. It is told so from now on, behind `last_round`.
  void Lose(LogPosition lost, uint64_t last_round);
  // The last entry that it is known to have had, if this leader's log said then what stood there.
  LogPosition acknowledged() const { return acknowledged_; }
  // What it says after it was told, in answer to `round`, shows that it has the entry again: the
  // right disk is back. It is sent entries as a learner is. False: it shows nothing.
  bool Regains(const Appended& appended, uint64_t round, uint64_t last_round);

  // Adds all of it, its moments as distances from `now`.
  void AddTo(Time now, Digest* digest) const;

 private:
  enum class State { kProbe, kReplicate, kSnapshot };

  void Probe(Index next);

  Member peer_;
  bool counts_;
  State state_ = State::kReplicate;
  bool probe_unanswered_ = false;
  bool round_due_ = false;
  bool notice_due_ = false;
  bool entries_sent_ = false;
  Index probed_;  // the last index of the last probe
  Index match_index_;
  LogPosition acknowledged_;
  uint64_t acknowledged_round_ = 0;  // the last one that had begun when that was known
  std::optional<LogPosition> lost_;
  bool is_told_ = false;
  uint64_t told_round_ = 0;  // all that answers later ones was said after it was known
  Index next_index_;
  Index sent_commit_;
  std::deque<Index> inflight_;        // the last index of each unanswered message with entries
  std::optional<Transfer> transfer_;  // in kSnapshot only
  std::optional<CatchingUp> catching_up_;
  uint64_t acked_round_ = 0;
  Time acked_at_;
  Time last_heard_;
  Time last_answered_;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_PROGRESS_H_
