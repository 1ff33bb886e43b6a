// The state machine against its dumb twin, and equal states against each other.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/drawer.h"
#include "node/kv/state_machine.h"
#include "node/kv/twin.h"

namespace tidemark::kv {
namespace {

// How often each thing came, by name.
class ResultCounts {
 public:
  void Add(const Applied& applied) {
    const Result& result = applied.outcome.result;
    ++counts_["result " + std::to_string(result.index())];
    if (const auto* refused = std::get_if<SessionRefused>(&result)) {
      ++counts_["verdict " + std::to_string(static_cast<int>(refused->verdict))];
    }
    if (const auto* fated = std::get_if<Fated>(&result)) {
      ++counts_["fate " + std::to_string(static_cast<int>(fated->kind))];
      ++counts_["refusal " + std::to_string(static_cast<int>(fated->refusal))];
    }
    ++counts_[applied.session.has_value() ? "session" : "no session"];
  }

  void ExpectAllOften() const {
    // Verdicts but kHolds; of a session there is one or none.
    const size_t all = std::variant_size_v<Result> + 3 + 4 + 8 + 2;
    EXPECT_EQ(counts_.size(), all) << "everything that can come must have come";
    for (const auto& [name, count] : counts_) EXPECT_GT(count, 50) << name;
  }

 private:
  std::map<std::string, int> counts_;
};

void ExpectSameData(const StateMachine& machine, const Twin& twin) {
  ASSERT_EQ(machine.size(), twin.data().size());
  for (const auto& [key, value] : twin.data()) {
    ASSERT_EQ(machine.Get(key), value) << key;
  }
}

void ExpectWithin(const WriterSet& set, size_t max_writers, const WriterLimits& limits) {
  ASSERT_LE(set.size(), max_writers);
  ASSERT_LE(set.outcomes(), max_writers * limits.max_outcomes);
  ASSERT_LE(set.bytes(), limits.max_outcome_bytes);
}

void RunAgainstTwin(uint64_t seed, ResultCounts* counts) {
  Drawer drawer(seed);
  const WriterLimits limits = drawer.SmallLimits();
  StateMachine machine(limits);
  StateMachine second(limits);
  Twin twin(limits);
  for (LogIndex index = 1; index <= 200; ++index) {
    const Step step = drawer.Draw(index);
    const Applied applied = Take(index, step, &machine);
    ASSERT_EQ(applied, Take(index, step, &twin)) << "at " << index;
    Take(index, step, &second);
    ASSERT_EQ(machine.Hash(), second.Hash()) << "at " << index;
    ExpectWithin(machine.writers().nodes(), limits.max_writers, limits);
    ExpectWithin(machine.writers().clients(), limits.max_clients, limits);
    if (std::holds_alternative<Command>(step)) counts->Add(applied);
  }
  ExpectSameData(machine, twin);
}

TEST(StateMachineRandomTest, AnswersAsItsDumbTwinDoes) {
  ResultCounts counts;
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RunAgainstTwin(seed, &counts);
    if (testing::Test::HasFatalFailure()) return;
  }
  counts.ExpectAllOften();
}

// The hash that Apply keeps up must be what the same state comes to when it is written afresh.
TEST(StateMachineRandomTest, TheHashIsThatOfTheStateAndNotOfTheRoadToIt) {
  const LogIndex end = 1'000'000;
  const Command opening{{}, OpenWriter{"n1", 7, 1}};
  const Command last{{1, end, end}, Delete{"\"nothing\""}};
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Drawer drawer(seed);
    StateMachine winding;
    winding.Apply(1, opening);
    for (LogIndex i = 2; i < 200; ++i) winding.Apply(i, Command{{1, i, i / 2}, drawer.OnData()});
    StateMachine straight;
    straight.Apply(1, opening);
    LogIndex next = 2;
    for (const std::string& key : drawer.keys()) {
      const std::optional<std::string_view> value = winding.Get(key);
      if (!value.has_value()) continue;
      straight.Apply(next, Command{{1, next, 0}, Write{key, std::string(*value)}});
      ++next;
    }
    winding.Apply(end, last);
    straight.Apply(end, last);
    ASSERT_EQ(winding.size(), straight.size());
    ASSERT_EQ(winding.Hash(), straight.Hash()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tidemark::kv
