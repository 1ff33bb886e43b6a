// Forks against the machine they went ahead of.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/drawer.h"
#include "node/kv/state_machine.h"

namespace tidemark::kv {
namespace {

// Everything that can be seen of a machine.
struct Seen {
  std::vector<std::string> values;
  size_t size = 0;
  uint64_t hash = 0;
  size_t outcomes = 0;
  bool operator==(const Seen&) const = default;
};

Seen Look(const StateMachine& machine, const Drawer& drawer) {
  Seen seen;
  for (const std::string& key : drawer.keys()) {
    const std::optional<std::string_view> value = machine.Get(key);
    seen.values.push_back(std::string(value.value_or("(missing)")));
  }
  seen.size = machine.size();
  seen.hash = machine.Hash();
  seen.outcomes = machine.writers().nodes().outcomes() + machine.writers().clients().outcomes();
  return seen;
}

// What forks took away from what their bases hold: that is where they can go wrong.
struct ForkCounts {
  int keys = 0;
  int writers = 0;
  int outcomes = 0;
  int sessions_refused = 0;
};

void CountGone(const WriterSet& base, const WriterSet& fork, ForkCounts* counts) {
  base.ForEach([&](LogIndex index, const Writer& writer) {
    const Writer* ahead = fork.Find(index);
    if (ahead == nullptr) ++counts->writers;
    for (uint64_t seq = 0; ahead != nullptr && seq < 100; ++seq) {
      if (writer.outcomes.Find(seq) == nullptr) continue;
      if (ahead->outcomes.Find(seq) == nullptr) ++counts->outcomes;
    }
  });
}

void CountGone(const StateMachine& base, const StateMachine& fork, const Drawer& drawer,
               ForkCounts* counts) {
  for (const std::string& key : drawer.keys()) {
    if (base.Get(key).has_value() && !fork.Get(key).has_value()) ++counts->keys;
  }
  CountGone(base.writers().nodes(), fork.writers().nodes(), counts);
  CountGone(base.writers().clients(), fork.writers().clients(), counts);
}

// Takes `steps` from index `first` on in a fork of `machine`, then in `machine` itself.
void RunAhead(const std::vector<Step>& steps, LogIndex first, const Drawer& drawer,
              StateMachine* machine, ForkCounts* counts) {
  const Seen before = Look(*machine, drawer);
  StateMachine fork(machine);
  ASSERT_EQ(Look(fork, drawer), before);
  std::vector<std::pair<Applied, Seen>> ahead;
  for (size_t i = 0; i < steps.size(); ++i) {
    const Applied applied = Take(first + i, steps[i], &fork);
    ahead.emplace_back(applied, Look(fork, drawer));
    if (std::holds_alternative<SessionRefused>(applied.outcome.result)) ++counts->sessions_refused;
  }
  ASSERT_EQ(Look(*machine, drawer), before) << "the base was changed";
  CountGone(*machine, fork, drawer, counts);
  for (size_t i = 0; i < steps.size(); ++i) {
    ASSERT_EQ(Take(first + i, steps[i], machine), ahead[i].first) << "at " << first + i;
    ASSERT_EQ(Look(*machine, drawer), ahead[i].second) << "at " << first + i;
  }
}

TEST(ForkRandomTest, AForkGoesWhereTheMachineWillGo) {
  ForkCounts counts;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Drawer drawer(seed);
    StateMachine machine(drawer.SmallLimits());
    for (LogIndex next = 1; next < 300;) {
      std::vector<Step> steps;
      for (uint64_t n = drawer.Below(40); n > 0; --n) {
        steps.push_back(drawer.Draw(next + steps.size()));
      }
      RunAhead(steps, next, drawer, &machine, &counts);
      if (HasFatalFailure()) return;
      next += steps.size();
    }
  }
  EXPECT_GT(counts.keys, 200);
  EXPECT_GT(counts.writers, 200);
  EXPECT_GT(counts.outcomes, 200);
  EXPECT_GT(counts.sessions_refused, 200);
}

}  // namespace
}  // namespace tidemark::kv
