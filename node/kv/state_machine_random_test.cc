// The state machine against its dumb twin, and equal states against each other.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"
#include "node/kv/twin.h"

namespace tidemark::kv {
namespace {

// Draws commands that meet each other often: few keys, few values, few ids, small limits.
class Drawer {
 public:
  explicit Drawer(uint64_t seed) : random_(seed) {
    keys_ = Below(6) + 1;
    spread_ = Below(30) + 2;
  }

  uint64_t Below(uint64_t n) { return random_.Next() % n; }

  Command Draw(LogIndex index) {
    if (!sent_.empty() && Below(5) == 0) return sent_[Below(sent_.size())];
    Command command = Below(12) == 0 ? Opening() : Command{Id(index), AnOperation()};
    sent_.push_back(command);
    if (std::holds_alternative<OpenWriter>(command.operation)) {
      writers_.push_back(index);
      return command;
    }
    // A name is one operation's.
    command.operation = operations_.try_emplace(command.id.name(), command.operation).first->second;
    sent_.back() = command;
    return command;
  }

  Operation AnOperation() {
    switch (Below(8)) {
      case 0:
        return Delete{Key()};
      case 1:
      case 2:
        return Cas{Key(), AValue(), AValue(), Below(2) == 0};
      case 3:
      case 4:
        return Write{Key(), AValue()};
      default:
        return ATxn();
    }
  }

  std::string Key() { return std::to_string(Below(keys_)); }

 private:
  Command Opening() {
    return Command{{}, OpenWriter{Below(2) == 0 ? "n1" : "n2", Below(2), random_.Next() % spread_}};
  }

  WriteId Id(LogIndex index) {
    const LogIndex writer = writers_.empty() || Below(20) == 0
                                ? Below(index + 3)
                                : writers_[writers_.size() - 1 - Below(writers_.size()) % 4];
    const uint64_t base = index / 8;
    const uint64_t seq = base + Below(spread_);
    return WriteId{writer, seq, Below(4) == 0 ? base + Below(spread_) / 2 : base / 2};
  }

  std::string AValue() {
    static const char* const kValues[] = {"null", "1", "\"1\"", "[]", "[1]", "[1,2]", "{}"};
    return kValues[Below(7)];
  }

  Txn ATxn() {
    Txn txn;
    for (uint64_t n = Below(6); n > 0; --n) {
      TxnOp op;
      op.kind = static_cast<TxnOp::Kind>(Below(3));
      if (op.kind == TxnOp::Kind::kWrite && Below(2) == 0) op.kind = TxnOp::Kind::kAppend;
      op.key = Key();
      if (op.kind != TxnOp::Kind::kRead) op.value = AValue();
      txn.ops.push_back(op);
    }
    return txn;
  }

  Random random_;
  uint64_t keys_ = 1;
  uint64_t spread_ = 1;
  std::vector<Command> sent_;
  std::map<WriteName, Operation> operations_;
  std::vector<LogIndex> writers_;
};

void ExpectSameData(const StateMachine& machine, const Twin& twin) {
  ASSERT_EQ(machine.size(), twin.data().size());
  for (const auto& [key, value] : twin.data()) {
    ASSERT_NE(machine.Get(key), nullptr) << key;
    ASSERT_EQ(*machine.Get(key), value) << key;
  }
}

void RunAgainstTwin(uint64_t seed, std::map<size_t, int>* results) {
  Drawer drawer(seed);
  WriterLimits limits;
  limits.max_writers = drawer.Below(5) + 1;
  limits.max_outcomes = drawer.Below(8) + 1;
  StateMachine machine(limits);
  StateMachine second(limits);
  Twin twin(limits);
  for (LogIndex index = 1; index <= 200; ++index) {
    const Command command = drawer.Draw(index);
    const Outcome outcome = machine.Apply(index, command).outcome;
    ASSERT_EQ(outcome, twin.Apply(index, command)) << "at " << index;
    second.Apply(index, command);
    ASSERT_EQ(machine.Hash(), second.Hash()) << "at " << index;
    ASSERT_LE(machine.writers().nodes().size(), limits.max_writers);
    ASSERT_LE(machine.writers().nodes().outcomes(), limits.max_writers * limits.max_outcomes);
    ++(*results)[outcome.result.index()];
  }
  ExpectSameData(machine, twin);
}

TEST(StateMachineRandomTest, AnswersAsItsDumbTwinDoes) {
  std::map<size_t, int> results;
  for (uint64_t seed = 1; seed <= 250; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RunAgainstTwin(seed, &results);
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(results.size(), 9u) << "every kind of result must have come";
  for (const auto& [kind, count] : results) EXPECT_GT(count, 50) << "kind " << kind;
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
    for (LogIndex i = 2; i < 200; ++i) {
      winding.Apply(i, Command{{1, i, i / 2}, drawer.AnOperation()});
    }
    StateMachine straight;
    straight.Apply(1, opening);
    for (uint64_t key = 10; key-- > 0;) {
      const std::string name = std::to_string(key);
      const std::string* value = winding.Get(name);
      if (value != nullptr)
        straight.Apply(20 - key, Command{{1, 20 - key, 0}, Write{name, *value}});
    }
    winding.Apply(end, last);
    straight.Apply(end, last);
    ASSERT_EQ(winding.size(), straight.size());
    ASSERT_EQ(winding.Hash(), straight.Hash()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tidemark::kv
