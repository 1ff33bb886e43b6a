// A machine that goes on where another one stands.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"

namespace tidemark::kv {
namespace {

constexpr uint64_t kBits = 0xab;  // of the writer

class ForkTest : public testing::Test {
 protected:
  // The base holds 1 = [1] and 2 = "x", and its writer 2 keeps the outcomes of 3 and 4.
  ForkTest() : base_({.max_writers = 2, .max_outcomes = 3}) {
    base_.Configure(1, 9, Limits());
    base_.BeginTerm(1, 1, 11);
    base_.Apply(2, Command{{}, OpenWriter{"n1", 7, 1, kBits}});
    base_.Apply(3, Command{{2, 3, 0, kBits}, Write{"1", "[1]"}});
    base_.Apply(4, Command{{2, 4, 0, kBits}, Write{"2", "\"x\""}});
  }

  static Command Do(LogIndex seq, Operation operation, uint64_t first_unanswered = 0) {
    return Command{{2, seq, first_unanswered, kBits}, std::move(operation)};
  }
  static std::string Value(const StateMachine& machine, const char* key) {
    const std::optional<std::string_view> value = machine.Get(key);
    return std::string(value.value_or("(missing)"));
  }

  StateMachine base_;
};

TEST_F(ForkTest, AFreshForkIsAsItsBase) {
  const StateMachine fork(&base_);
  EXPECT_EQ(Value(fork, "1"), "[1]");
  EXPECT_EQ(fork.size(), 2u);
  EXPECT_EQ(fork.Hash(), base_.Hash());
  EXPECT_EQ(fork.history().At(4), base_.history().At(4));
}

TEST_F(ForkTest, WhatIsChangedThereIsNotChangedInTheBase) {
  const uint64_t hash = base_.Hash();
  StateMachine fork(&base_);
  fork.Apply(5, Do(5, Txn{{{TxnOp::Kind::kAppend, "1", "2"}}}));
  fork.Apply(6, Do(6, Write{"2", "3"}));
  fork.Apply(7, Do(7, Write{"3", "4"}));
  EXPECT_EQ(Value(fork, "1"), "[1,2]");
  EXPECT_EQ(Value(fork, "2"), "3");
  EXPECT_EQ(Value(fork, "3"), "4");
  EXPECT_EQ(fork.size(), 3u);
  EXPECT_EQ(Value(base_, "1"), "[1]");
  EXPECT_EQ(Value(base_, "3"), "(missing)");
  EXPECT_EQ(base_.size(), 2u);
  EXPECT_EQ(base_.Hash(), hash);
}

TEST_F(ForkTest, WhatIsDeletedThereStaysDeletedUntilItIsWrittenAgain) {
  StateMachine fork(&base_);
  EXPECT_EQ(fork.Apply(5, Do(5, Delete{"1"})).outcome.result, Result(Done{}));
  EXPECT_EQ(Value(fork, "1"), "(missing)");
  EXPECT_EQ(fork.Apply(6, Do(6, Delete{"1"})).outcome.result, Result(KeyMissing{}));
  EXPECT_EQ(fork.size(), 1u);
  fork.Apply(7, Do(7, Txn{{{TxnOp::Kind::kAppend, "1", "2"}}}));
  EXPECT_EQ(Value(fork, "1"), "[2]") << "the base's list is gone";
  EXPECT_EQ(fork.Apply(8, Do(8, Delete{"1"})).outcome.result, Result(Done{}));
  EXPECT_EQ(Value(fork, "1"), "(missing)");
  EXPECT_EQ(fork.size(), 1u);
}

TEST_F(ForkTest, WhatTheBaseHasDoneIsNotDoneAgain) {
  StateMachine fork(&base_);
  EXPECT_EQ(fork.Apply(5, Do(3, Write{"1", "[1]"})).outcome, (Outcome{3, Done{}}));
  EXPECT_EQ(fork.Apply(6, Do(3, Write{"1", "[2]"})).outcome, (Outcome{6, SeqReused{}}));
  EXPECT_EQ(fork.Hash(), base_.Hash());
}

TEST_F(ForkTest, WhatIsDroppedThereIsForgottenThere) {
  StateMachine fork(&base_);
  fork.Apply(5, Do(5, Delete{"9"}, 4));
  EXPECT_EQ(fork.Apply(6, Do(3, Write{"1", "[1]"})).outcome, (Outcome{6, OutcomeForgotten{}}));
  EXPECT_EQ(base_.Apply(5, Do(3, Write{"1", "[1]"})).outcome, (Outcome{3, Done{}}));
}

TEST_F(ForkTest, TheOldestGoesThereToo) {
  StateMachine fork(&base_);
  fork.Apply(5, Command{{}, OpenWriter{"n2", 7, 1}});
  fork.Apply(6, Command{{}, OpenWriter{"n3", 7, 1}});
  EXPECT_EQ(fork.writers().nodes().size(), 2u);
  EXPECT_EQ(fork.writers().nodes().outcomes(), 0u);
  EXPECT_EQ(fork.Apply(7, Do(3, Write{"1", "[1]"})).outcome, (Outcome{7, OutcomeForgotten{}}));
  EXPECT_EQ(base_.writers().nodes().outcomes(), 2u);
}

TEST_F(ForkTest, ATermThatBeginsThereIsItsOwn) {
  StateMachine fork(&base_);
  fork.BeginTerm(5, 2, 22);
  EXPECT_EQ(fork.Apply(6, Do(5, Delete{"9"})).session, (Session{9, 6, 2, 22}));
  EXPECT_EQ(base_.Apply(5, Do(5, Delete{"9"})).session, (Session{9, 5, 1, 11}));
}

// What a session proves is evaluated as it will be when it is applied.
TEST_F(ForkTest, LimitsAreThoseOfWhatIsAppliedThere) {
  StateMachine fork(&base_);
  const std::string longer(20, '1');
  fork.Configure(5, 9, {.key = 16, .value = 16});
  EXPECT_EQ(fork.Apply(6, Do(5, Write{"1", longer})).outcome.result,
            Result(TooLarge{Limit::kValue, 16}));
  EXPECT_EQ(base_.limits(), Limits());
  StateMachine other(&base_);
  EXPECT_EQ(other.Apply(6, Do(5, Write{"1", longer})).outcome.result, Result(Done{}));
  base_.Configure(5, 9, {.key = 16, .value = 16});
  EXPECT_EQ(base_.Apply(6, Do(5, Write{"1", longer})).outcome.result,
            Result(TooLarge{Limit::kValue, 16}));
  const StateMachine later(&base_);
  EXPECT_EQ(later.limits(), base_.limits());
  EXPECT_EQ(later.Hash(), base_.Hash());
}

TEST_F(ForkTest, ABaseThatMovedIsNoticed) {
  StateMachine fork(&base_);
  base_.Apply(5, Do(5, Delete{"9"}));
  EXPECT_DEATH(static_cast<void>(fork.Get("1")), "base_applied_");
  EXPECT_DEATH(static_cast<void>(fork.Hash()), "base_applied_");
  EXPECT_DEATH(fork.Apply(6, Do(6, Delete{"9"})), "base_applied_");
}

TEST_F(ForkTest, AForkHasNoForks) {
  const StateMachine fork(&base_);
  EXPECT_DEATH(StateMachine{&fork}, "base_");
}

}  // namespace
}  // namespace tidemark::kv
