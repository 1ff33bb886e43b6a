#include "node/raft/progress.h"

#include <algorithm>
#include <utility>

#include "node/base/assert.h"

namespace tidemark::raft {

bool Progress::MaySendEntries(size_t max_inflight) const {
  if (is_told_) return false;
  return replicating() ? inflight_.size() < max_inflight : !probe_unanswered_;
}

void Progress::Sent(size_t entries, Index commit_index) {
  const Index last = next_index_.Plus(entries).Prev();
  sent_commit_ = std::max(sent_commit_, std::min(commit_index, last));
  if (!replicating()) {
    probe_unanswered_ = true;
    probed_ = last;
    return;
  }
  if (entries == 0) return;
  entries_sent_ = true;
  next_index_ = next_index_.Plus(entries);
  inflight_.push_back(next_index_.Prev());
}

void Progress::SentNotice(Index committed) {
  TM_ASSERT(replicating() && committed < next_index_);
  sent_commit_ = std::max(sent_commit_, committed);
}

void Progress::Heard(Time now, uint64_t round, std::optional<Time> begun) {
  last_answered_ = std::max(last_answered_, now);
  if (begun) last_heard_ = std::max(last_heard_, *begun);
  if (round <= acked_round_) return;
  acked_round_ = round;
  acked_at_ = now;
}

void Progress::Matched(Index match_index, const Log& log, uint64_t last_round) {
  TM_ASSERT(!is_told_);
  const Index log_base = log.base().index;
  if (match_index > acknowledged_.index && match_index >= log_base) {
    acknowledged_ = {log.TermAt(match_index), match_index};
    acknowledged_round_ = last_round;
  }
  match_index_ = std::max(match_index_, match_index);
  next_index_ = std::max(next_index_, match_index_.Next());
  while (!inflight_.empty() && inflight_.front() <= match_index_) inflight_.pop_front();
  if (state_ == State::kProbe && match_index_ < probed_) return;
  if (state_ == State::kSnapshot && match_index_ < log_base) return;
  transfer_.reset();
  state_ = State::kReplicate;
  probe_unanswered_ = false;
  probed_ = Index();
}

void Progress::Conflicted(const Conflict& conflict, const Log& log) {
  if (state_ == State::kSnapshot) return;  // an answer to what was sent before
  const bool late = conflict.prev_index <= match_index_ || conflict.prev_index >= next_index_;
  if (late) return;
  Index next = conflict.first_index;
  if (conflict.term) {
    // Where this log has the follower's conflicting term too, it may match up to its end here.
    const Index last = log.LastAtMost(conflict.term);
    if (last && log.TermAt(last) == conflict.term) next = last.Next();
  }
  Probe(std::clamp(next, match_index_.Next(), conflict.prev_index));
}

bool Progress::ProvesLoss(const Conflict& conflict, uint64_t round) const {
  const Index at = conflict.prev_index;
  return at && at <= acknowledged_.index && round > acknowledged_round_;
}

void Progress::Fall() {
  TM_ASSERT(!counts_);
  acknowledged_ = {};
  match_index_ = Index();
}

void Progress::Lose(LogPosition lost, uint64_t last_round) {
  TM_ASSERT(counts_ && lost.index);
  lost_ = acknowledged_ = lost;
  is_told_ = true;
  told_round_ = last_round;
  match_index_ = Index();
  state_ = State::kProbe;
  probe_unanswered_ = false;
  probed_ = Index();
  inflight_.clear();
  transfer_.reset();
  catching_up_.reset();
}

bool Progress::Regains(const Appended& appended, uint64_t round, uint64_t last_round) {
  TM_ASSERT(is_told_);
  if (round <= told_round_ || appended.match_index < lost_->index) return false;
  is_told_ = false;
  acknowledged_round_ = last_round;
  return true;
}

void Progress::Probe(Index next) {
  TM_ASSERT(next > match_index_);
  state_ = State::kProbe;
  probe_unanswered_ = false;
  probed_ = Index();
  next_index_ = next;
  inflight_.clear();
}

void Progress::NoteWritten(Time now) {
  TM_ASSERT(transfer_);
  if (!catching_up_) catching_up_.emplace(now);
  catching_up_->Wrote(now, transfer_->written());
}

void Progress::NoteLacking(Time now, const Log& log, uint64_t kept) {
  // Behind the base, a snapshot is about to be sent again.
  if (!catching_up_ || transfer_ || match_index_ < log.base().index) return;
  const uint64_t lacking = log.BytesBehind(match_index_);
  if (lacking <= kept) return catching_up_.reset();
  catching_up_->Lacks(now, lacking);
}

void Progress::BeginTransfer(Snapshot snapshot) {
  TM_ASSERT(snapshot.last_included.index > match_index_);
  state_ = State::kSnapshot;
  probe_unanswered_ = false;
  probed_ = Index();
  inflight_.clear();
  transfer_.emplace(std::move(snapshot));
  if (catching_up_) catching_up_->BeginAgain();
}

}  // namespace tidemark::raft
