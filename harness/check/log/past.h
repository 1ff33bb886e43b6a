// What every true session can say: the entry at each index of the committed log. Kept whole, where
// a node keeps the beginnings of terms: a second opinion on node/kv/history.h.
#ifndef TIDEMARK_HARNESS_CHECK_LOG_PAST_H_
#define TIDEMARK_HARNESS_CHECK_LOG_PAST_H_

#include <cstdint>
#include <optional>
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

 private:
  struct Place {
    uint64_t term = 0;
    uint32_t stamp = 0;
  };
  std::vector<Place> places_;
  uint32_t cluster_ = 0;
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_LOG_PAST_H_
