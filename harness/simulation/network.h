// The links between machines, each with a direction of its own.
#ifndef TIDEMARK_HARNESS_SIMULATION_NETWORK_H_
#define TIDEMARK_HARNESS_SIMULATION_NETWORK_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "harness/simulation/plan.h"
#include "node/base/random.h"

namespace tidemark::simulation {

constexpr int kMaxNodes = 7;

class Network {
 public:
  Network(const NetworkPlan& plan, int nodes, uint64_t seed);

  // When a message that is sent now arrives: never, once or twice.
  using Arrivals = absl::InlinedVector<int64_t, 2>;
  Arrivals Send(int from, int to, int64_t now_us);

  // From here on its links have other courses of chance.
  void Reseed(uint64_t seed);

  // How long something takes between a client and a node.
  Duration ClientDelay(Random* random) const;
  bool LosesClients(Random* random) const;

  // Cuts some links, in one of the known shapes; `leader` -1: none. Replaces what was cut before.
  // Returns what it did, for a person.
  std::string Partition(int leader, Random* random);
  void Unpartition();
  // Cuts all links of `node`. Returns what it did, for a person.
  std::string Isolate(int node);
  void Clog(int from, int to, int64_t until_us);

  // From here on the links among `healed` are perfect.
  void Heal(const std::array<bool, kMaxNodes>& healed);
  void Cut(int from, int to, bool cut) { links_[from][to].cut = cut; }
  bool IsCut(int from, int to) const { return links_[from][to].cut; }

 private:
  struct Link {
    bool cut = false;
    bool perfect = false;
    int64_t clogged_until_us = 0;
    Random random{0};
  };

  std::string Split(Random* random);
  std::string OneWay(Random* random);
  std::string Ring();
  std::string Bridge(Random* random);

  const NetworkPlan plan_;
  const int nodes_;
  std::array<std::array<Link, kMaxNodes>, kMaxNodes> links_;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_NETWORK_H_
