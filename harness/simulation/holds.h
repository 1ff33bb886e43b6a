// What a directed fault does to messages: some are held until they are released, some do not pass.
#ifndef TIDEMARK_HARNESS_SIMULATION_HOLDS_H_
#define TIDEMARK_HARNESS_SIMULATION_HOLDS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "harness/simulation/network.h"
#include "node/server/peer_messages.h"

namespace tidemark::simulation {

class Holds {
 public:
  // What is held: messages of `kinds` from one node to some, or from those to the one.
  struct Rule {
    int star = 0;
    std::array<bool, kMaxNodes> others{};
    bool from_star = true;
    uint32_t kinds = 0;   // MessageGroup
    bool copies = false;  // the message passes as well
  };
  struct Held {
    bool from_star = true;  // by which rule
    int to = 0;
    server::PeerMessage message;
  };

  Holds() { may_stand_.fill(true); }

  // False: `message` does not pass now; it may be held.
  bool Pass(int from, int to, server::PeerMessage* message);

  // Replaces the rule of the same direction.
  void Hold(const Rule& rule);
  // Ends the rule of this direction; what it held, in the order in which it was sent.
  std::vector<Held> Release(bool from_star);

  // What `from` says to `to` is lost, until Reconnect.
  void Bar(int from, int to) { barred_[from][to] = true; }
  void Reconnect() { barred_ = {}; }
  // Requests for votes of all others are lost.
  void set_may_stand(const std::array<bool, kMaxNodes>& may_stand) { may_stand_ = may_stand; }
  size_t held() const { return held_.size(); }

 private:
  bool Holding(const Rule& rule, int from, int to, uint32_t kind) const;

  std::vector<Rule> rules_;  // one a direction at most
  std::vector<Held> held_;
  std::array<std::array<bool, kMaxNodes>, kMaxNodes> barred_{};
  std::array<bool, kMaxNodes> may_stand_{};
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_HOLDS_H_
