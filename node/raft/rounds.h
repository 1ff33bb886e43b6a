// The rounds of one leadership: how many have begun, and when (dissertation §6.4).
#ifndef TIDEMARK_NODE_RAFT_ROUNDS_H_
#define TIDEMARK_NODE_RAFT_ROUNDS_H_

#include <cstdint>
#include <deque>
#include <optional>

#include "node/base/time.h"
#include "node/raft/digest.h"

namespace tidemark::raft {

class Rounds {
 public:
  // Remembers for `keep` when a round began. One that begins less than `grain` after another is
  // taken to have begun with it, so that what is kept is bounded however many reads come.
  Rounds(Duration keep, Duration grain) : keep_(keep), grain_(grain) {}

  // The last one begun; zero: none.
  uint64_t last() const { return last_; }
  void Begin(Time now);
  // When `round` began, or a little earlier; nothing where that is no longer remembered, and for a
  // round that has not begun.
  std::optional<Time> BegunAt(uint64_t round) const;

  // Adds all of it, its moments as distances from `now`.
  void AddTo(Time now, Digest* digest) const;

 private:
  // The rounds from `first` on, up to the next element's.
  struct Begun {
    uint64_t first = 0;
    Time at;
  };

  Duration keep_;
  Duration grain_;
  uint64_t last_ = 0;
  std::deque<Begun> begun_;  // rising
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_ROUNDS_H_
