// What every true session can say: the entry at each index of the committed log. Kept whole, where
// a node keeps the beginnings of terms: a second opinion on node/kv/history.h.
#ifndef TIDEMARK_HARNESS_CHECK_LOG_PAST_H_
#define TIDEMARK_HARNESS_CHECK_LOG_PAST_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "node/kv/session.h"
#include "node/raft/types.h"

namespace tidemark::check {

// The stamp that `entry` begins its term with; nullopt: it begins none.
std::optional<raft::Stamp> StampIn(const raft::Entry& entry);

class Past {
 public:
  // What is committed at the next index, 1 first.
  void Add(const raft::Entry& entry);

  uint64_t last_index() const { return places_.size(); }
  // REQUIRES: 1 ≤ index ≤ last_index().
  kv::Session At(uint64_t index) const;
  // Whether what `session` says is so, as far as is known up to `last`.
  kv::Verdict Judge(const kv::Session& session, uint64_t last) const;
  bool Holds(const kv::Session& session) const {
    return Judge(session, last_index()) == kv::Verdict::kHolds;
  }
  // Whether it was so for whoever had applied no more than some index: a forced entry gives the log
  // another cluster's id, and a node may be behind it.
  bool Held(const kv::Session& session) const;
  // Whether whoever had applied no more than some index could say that its history is lost.
  bool WasLost(const kv::Session& session) const;
  uint32_t cluster() const { return cluster_; }

 private:
  struct Place {
    uint64_t term = 0;
    uint32_t stamp = 0;
  };
  // Whether that cluster's id was in force at `index` or later.
  bool WasInForce(uint32_t cluster, uint64_t index) const;

  std::vector<Place> places_;
  std::vector<std::pair<uint64_t, uint32_t>> clusters_;  // and from which index on they were it
  uint32_t cluster_ = 0;
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_LOG_PAST_H_
