#include "harness/simulation/network.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/simulation/chance.h"
#include "node/base/assert.h"

namespace tidemark::simulation {
namespace {

std::string Name(int node) { return absl::StrCat("n", node + 1); }

}  // namespace

Network::Network(const NetworkPlan& plan, int nodes, uint64_t seed) : plan_(plan), nodes_(nodes) {
  Reseed(seed);
}

void Network::Reseed(uint64_t seed) {
  for (int from = 0; from < kMaxNodes; ++from) {
    for (int to = 0; to < kMaxNodes; ++to) {
      links_[from][to].random = Chance(seed, 2, static_cast<uint64_t>(from * kMaxNodes + to));
    }
  }
}

Network::Arrivals Network::Send(int from, int to, int64_t now_us) {
  Link& link = links_[from][to];
  Random* const random = &link.random;
  Arrivals arrivals;
  if (link.cut) return arrivals;
  const int64_t delay = Draw(random, plan_.delay_min.us, plan_.delay_max.us);
  if (link.perfect) {
    arrivals.push_back(now_us + delay);
    return arrivals;
  }
  if (Roll(random, plan_.loss_permille)) return arrivals;
  const int copies = Roll(random, plan_.duplication_permille) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    int64_t at = std::max(now_us, link.clogged_until_us) + delay;
    if (i > 0 || Roll(random, plan_.late_permille)) at += Draw(random, 0, plan_.late_max.us);
    arrivals.push_back(at);
  }
  return arrivals;
}

Duration Network::ClientDelay(Random* random) const {
  return Duration{Draw(random, plan_.delay_min.us, plan_.delay_max.us)};
}

bool Network::LosesClients(Random* random) const { return Roll(random, plan_.loss_permille / 4); }

std::string Network::Partition(int leader, Random* random) {
  Unpartition();
  switch (random->Between(0, 5)) {
    case 0:
      return OneWay(random);
    case 1:
      return nodes_ > 3 ? Ring() : Split(random);
    case 2:
      return nodes_ > 2 ? Bridge(random) : Split(random);
    case 3:
    case 4:
      if (leader >= 0) return Isolate(leader);
      [[fallthrough]];
    default:
      return Split(random);
  }
}

void Network::Unpartition() {
  for (auto& row : links_) {
    for (Link& link : row) link.cut = false;
  }
}

std::string Network::Split(Random* random) {
  std::string text = "split:";
  std::array<bool, kMaxNodes> side{};
  for (int i = 0; i < nodes_; ++i) {
    side[i] = random->Between(0, 1) == 0;
    if (side[i]) absl::StrAppend(&text, " ", Name(i));
  }
  for (int a = 0; a < nodes_; ++a) {
    for (int b = 0; b < nodes_; ++b) links_[a][b].cut = side[a] != side[b];
  }
  return text + " from the rest";
}

// One node is not heard, or does not hear.
std::string Network::OneWay(Random* random) {
  const int node = static_cast<int>(random->Between(0, nodes_ - 1));
  const bool deaf = random->Between(0, 1) == 0;
  for (int other = 0; other < nodes_; ++other) {
    (deaf ? links_[other][node] : links_[node][other]).cut = other != node;
  }
  return absl::StrCat(Name(node), deaf ? " hears nobody" : " is heard by nobody");
}

std::string Network::Ring() {
  for (int a = 0; a < nodes_; ++a) {
    for (int b = 0; b < nodes_; ++b) {
      const int apart = (a - b + nodes_) % nodes_;
      links_[a][b].cut = apart > 1 && apart < nodes_ - 1;
    }
  }
  return "a ring: each node reaches its two neighbours";
}

// Two halves that only one node reaches both of.
std::string Network::Bridge(Random* random) {
  const int bridge = static_cast<int>(random->Between(0, nodes_ - 1));
  for (int a = 0; a < nodes_; ++a) {
    for (int b = 0; b < nodes_; ++b) {
      links_[a][b].cut =
          a != bridge && b != bridge && (a - bridge + nodes_) % 2 != (b - bridge + nodes_) % 2;
    }
  }
  return absl::StrCat(Name(bridge), " is the only bridge between two halves");
}

std::string Network::Isolate(int node) {
  for (int other = 0; other < nodes_; ++other) {
    links_[node][other].cut = links_[other][node].cut = other != node;
  }
  return absl::StrCat("the leader, ", Name(node), ", is cut off");
}

void Network::Clog(int from, int to, int64_t until_us) {
  links_[from][to].clogged_until_us = std::max(links_[from][to].clogged_until_us, until_us);
}

void Network::Heal(const std::array<bool, kMaxNodes>& healed) {
  for (int a = 0; a < nodes_; ++a) {
    for (int b = 0; b < nodes_; ++b) {
      Link& link = links_[a][b];
      if (!healed[a] || !healed[b]) continue;
      link.cut = false;
      link.perfect = true;
    }
  }
}

}  // namespace tidemark::simulation
