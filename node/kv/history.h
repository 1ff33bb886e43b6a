// The terms of a history and the cluster it belongs to: enough to tell for every session whether it
// is of this history. Part of the replicated state: it knows what was applied and no more, so no
// uncommitted entry can make it judge.
#ifndef TIDEMARK_NODE_KV_HISTORY_H_
#define TIDEMARK_NODE_KV_HISTORY_H_

#include <cstdint>
#include <vector>

#include "node/kv/session.h"
#include "node/kv/state_part.h"

namespace tidemark::kv {

class History {
 public:
  History() = default;
  // What goes on where `base` ends, without changing it. `base` outlives it and does not change.
  explicit History(const History* base);

  // The entry at `first` is the first of `term` and carries its stamp. Terms and indexes rise from
  // call to call.
  void BeginTerm(LogIndex first, uint64_t term, uint32_t stamp);
  // A configuration of `cluster` was applied.
  void SetCluster(uint32_t cluster) { cluster_ = cluster; }

  uint32_t cluster() const { return cluster_; }
  // All of them, in order. REQUIRES: there is no base.
  const std::vector<TermRun>& terms() const;
  // No term has begun: there is no session to be had.
  bool empty() const { return Last() == nullptr; }
  // The session of one who has seen everything up to `index`, which has been applied.
  // REQUIRES: index is not below the first term's first index. O(log terms).
  Session At(LogIndex index) const;
  // `end`: the last index applied. A session beyond it is from the future of that place: whether
  // that is a verdict is for the caller to know (a leader that is confirmed, or a place in the
  // log). The cluster is judged first. O(log terms).
  Verdict Judge(const Session& session, LogIndex end) const;

  // Folded into the state hash. O(1).
  uint64_t Hash(uint64_t seed) const;

 private:
  // The run that `index` stands in, or null where it stands before the first.
  const TermRun* RunAt(LogIndex index) const;
  const TermRun* Last() const;

  const History* base_ = nullptr;
  uint32_t cluster_ = 0;
  std::vector<TermRun> runs_;
  uint64_t runs_hash_ = 0;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_HISTORY_H_
