#include "harness/simulation/holds.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/simulation/message_group.h"

namespace tidemark::simulation {
namespace {

constexpr size_t kMostHeld = 4'096;

}  // namespace

bool Holds::Holding(const Rule& rule, int from, int to, uint32_t kind) const {
  if ((rule.kinds & kind) == 0) return false;
  const int star = rule.from_star ? from : to;
  const int other = rule.from_star ? to : from;
  return star == rule.star && rule.others[static_cast<size_t>(other)];
}

bool Holds::Pass(int from, int to, server::PeerMessage* message) {
  const MessageGroup kind = GroupOf(*message);
  if (kind == kCandidacies && !may_stand_[static_cast<size_t>(from)]) return false;
  bool passes = !barred_[from][to];
  for (const Rule& rule : rules_) {
    if (!Holding(rule, from, to, kind) || held_.size() >= kMostHeld) continue;
    held_.push_back({rule.from_star, to, server::PeerMessage(*message)});
    passes = passes && rule.copies;
  }
  return passes;
}

void Holds::Hold(const Rule& rule) {
  std::erase_if(rules_, [&](const Rule& old) { return old.from_star == rule.from_star; });
  rules_.push_back(rule);
}

std::vector<Holds::Held> Holds::Release(bool from_star) {
  std::erase_if(rules_, [&](const Rule& rule) { return rule.from_star == from_star; });
  const auto others = std::stable_partition(
      held_.begin(), held_.end(), [&](const Held& held) { return held.from_star != from_star; });
  std::vector<Held> released(std::make_move_iterator(others), std::make_move_iterator(held_.end()));
  held_.erase(others, held_.end());
  return released;
}

}  // namespace tidemark::simulation
