// Asking the leader for what readers wait for here, instead of sitting out its heartbeat: for all
// of them at once, and at most once a round trip.
#ifndef TIDEMARK_NODE_SERVER_PULLS_H_
#define TIDEMARK_NODE_SERVER_PULLS_H_

#include <cstdint>
#include <map>
#include <optional>

#include "node/base/time.h"
#include "node/raft/types.h"
#include "node/server/context.h"

namespace tidemark::server {

class Pulls {
 public:
  // A reader has come to wait for `need`. Asks now, or as soon as it may.
  void Want(Context* context, raft::Index need, std::optional<Duration> round_trip);
  // The leader was asked as `number` and has answered: when it was asked. nullopt: it was not.
  std::optional<Time> Answered(Context* context, uint64_t number);
  // Whoever leads now has been asked nothing.
  void LeaderChanged();
  void PassDeadlines(Context* context);

  Time deadline() const { return wanted_ ? may_ask_at_ : Time::Never(); }

 private:
  void Ask(Context* context);

  std::map<uint64_t, Time> under_way_;  // when asked, by number
  bool wanted_ = false;
  raft::Index need_;
  // No answer is known to take less than this.
  Duration interval_;
  Time may_ask_at_;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_PULLS_H_
