// How long until this follower has what a read needs, and how long the leader would take to answer
// in its place: predicted from what was measured.
#ifndef TIDEMARK_NODE_SERVER_CATCH_UP_H_
#define TIDEMARK_NODE_SERVER_CATCH_UP_H_

#include <cstdint>
#include <optional>

#include "node/base/time.h"
#include "node/raft/types.h"

namespace tidemark::server {

// nullopt: nothing to tell it from.
struct Prospect {
  std::optional<Duration> wait;
  std::optional<Duration> redirect;

  // Where nothing is known, waiting is tried: it spares the leader, and is how one comes to know.
  bool waiting_helps() const { return !wait || !redirect || *wait < *redirect; }
};

// Times are of the owner's clock. What is measured is smoothed as TCP smooths its round trips
// (RFC 6298): an eighth of each new sample.
class CatchUp {
 public:
  // A question to the leader that is answered at once took so long.
  void RoundTrip(Duration took);
  // The leader has said that it has committed `committed`.
  void Told(raft::Index committed);
  // applied() has risen to `applied`. Counts towards the rate only between two moments at both of
  // which more was known to be committed: an idle node is not a slow one.
  void Advanced(Time now, raft::Index applied);
  // Another leader: another way to it.
  void LeaderChanged() { round_trip_.reset(); }

  // For a read that needs `need`, beyond `applied`. What is missing is on its way or will be asked
  // for, so its first entry, or the word that it is committed, is half a round trip away; the rest
  // comes at the rate of before.
  Prospect Predict(raft::Index applied, raft::Index need) const;

  std::optional<Duration> round_trip() const { return round_trip_; }
  std::optional<int64_t> entries_per_second() const { return entries_per_second_; }

 private:
  std::optional<Duration> round_trip_;
  std::optional<int64_t> entries_per_second_;
  raft::Index told_;
  // The last moment at which this node was known to be behind.
  struct Mark {
    Time at;
    raft::Index applied;
  };
  std::optional<Mark> behind_since_;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_CATCH_UP_H_
