#include "node/kv/history.h"

#include <algorithm>

#include "node/base/assert.h"
#include "node/kv/hash.h"

namespace tidemark::kv {

History::History(const History* base)
    : base_(base), cluster_(base->cluster_), runs_hash_(base->runs_hash_) {}

void History::BeginTerm(LogIndex first, uint64_t term, uint32_t stamp) {
  const TermRun* last = Last();
  TM_ASSERT(first > (last == nullptr ? 0 : last->first));
  TM_ASSERT(last == nullptr || term > last->term);
  runs_.push_back(TermRun{first, term, stamp});
  runs_hash_ = HashStep(HashStep(HashStep(runs_hash_, first), term), stamp);
}

const std::vector<TermRun>& History::terms() const {
  TM_ASSERT(base_ == nullptr);
  return runs_;
}

Session History::At(LogIndex index) const {
  const TermRun* run = RunAt(index);
  TM_ASSERT(run != nullptr);
  return Session{cluster_, index, run->term, run->stamp};
}

Verdict History::Judge(const Session& session, LogIndex end) const {
  if (session.cluster != cluster_) return Verdict::kOtherCluster;
  if (session.index > end) return Verdict::kFromFuture;
  const TermRun* run = RunAt(session.index);
  const bool stands = run != nullptr && run->term == session.term && run->stamp == session.stamp;
  return stands ? Verdict::kHolds : Verdict::kLostHistory;
}

uint64_t History::Hash(uint64_t seed) const {
  return HashFinish(HashStep(HashStep(seed, runs_hash_), cluster_));
}

const TermRun* History::RunAt(LogIndex index) const {
  const auto behind =
      std::upper_bound(runs_.begin(), runs_.end(), index,
                       [](LogIndex sought, const TermRun& run) { return sought < run.first; });
  if (behind != runs_.begin()) return &*(behind - 1);
  return base_ == nullptr ? nullptr : base_->RunAt(index);
}

const TermRun* History::Last() const {
  if (!runs_.empty()) return &runs_.back();
  return base_ == nullptr ? nullptr : base_->Last();
}

}  // namespace tidemark::kv
