#include "node/raft/progress.h"

#include <algorithm>

#include "node/base/assert.h"

namespace tidemark::raft {

bool Progress::MaySendEntries(size_t max_inflight) const {
  return replicating() ? inflight_.size() < max_inflight : !probe_unanswered_;
}

void Progress::Sent(size_t entries, Index commit_index) {
  sent_commit_ = std::max(sent_commit_, commit_index);
  if (!replicating()) {
    probe_unanswered_ = true;
    return;
  }
  if (entries == 0) return;
  next_index_ = next_index_.Plus(entries);
  inflight_.push_back(next_index_.Prev());
}

void Progress::Heard(Time now, uint64_t round) {
  last_heard_ = std::max(last_heard_, now);
  acked_round_ = std::max(acked_round_, round);
}

void Progress::Matched(Index match_index) {
  match_index_ = std::max(match_index_, match_index);
  next_index_ = std::max(next_index_, match_index_.Next());
  while (!inflight_.empty() && inflight_.front() <= match_index_) inflight_.pop_front();
  state_ = State::kReplicate;
  probe_unanswered_ = false;
}

void Progress::Conflicted(const Conflict& conflict, const Log& log) {
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

void Progress::Probe(Index next) {
  TM_ASSERT(next > match_index_);
  state_ = State::kProbe;
  probe_unanswered_ = false;
  next_index_ = next;
  inflight_.clear();
}

}  // namespace tidemark::raft
