// A copy is of the moment that it began, whatever happens while it is made.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/state_builder.h"
#include "node/kv/state_machine.h"
#include "node/kv/state_part.h"

namespace tidemark::kv {
namespace {

// Writers 1 (closed) and 2 of n1, a client 3; what 2 did is kept from seq 11 on.
class CopyTest : public testing::Test {
 protected:
  static constexpr WriterLimits kSmall{.max_writers = 2, .max_clients = 2, .max_outcomes = 4};

  CopyTest() {
    machine_.Apply(1, Command{{}, OpenWriter{"n1", 7, 1}});
    machine_.Configure(1, 9, Limits());
    machine_.BeginTerm(1, 1, 11);
    machine_.Apply(2, Command{{}, OpenWriter{"n1", 7, 2}});
    machine_.Apply(3, Command{{2, 10, 0}, OpenClient{}});
    Do(Write{"a", "1"});
    Do(Write{"b", "[1]"}, 11);
  }

  Result Do(Operation operation, uint64_t first_unanswered = 0) {
    const Command command{{2, ++seq_, first_unanswered}, std::move(operation)};
    return machine_.Apply(machine_.last_applied() + 1, command).outcome.result;
  }
  void Open(uint64_t number) {
    machine_.Apply(machine_.last_applied() + 1, Command{{}, OpenWriter{"n2", 8, number}});
  }

  // Takes all of the copy, and what it comes to.
  std::shared_ptr<StateMachine> Finish(size_t bytes = 1) {
    StateBuilder builder(kSmall);
    std::vector<StatePart> parts;
    for (bool more = true; more;) {
      more = machine_.NextParts(bytes, &parts);
      for (const StatePart& part : parts) {
        const absl::Status status = builder.Add(part);
        EXPECT_TRUE(status.ok()) << status;
      }
    }
    auto restored = builder.Finish();
    EXPECT_TRUE(restored.ok()) << restored.status();
    return restored.ok() ? *restored : nullptr;
  }

  // Until `bytes` is spent on the head and writers: keys follow.
  void TakeAllButKeys() {
    std::vector<StatePart> parts;
    for (uint64_t left = 1 + 3 + 2; left > 0; left -= parts.size()) machine_.NextParts(1, &parts);
  }

  StateMachine machine_{kSmall};
  uint64_t seq_ = 10;
};

TEST_F(CopyTest, ItIsBuiltAgainAsItWas) {
  const uint64_t hash = machine_.Hash();
  machine_.BeginCopy();
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->Hash(), hash);
  EXPECT_EQ(restored->last_applied(), 5u);
  EXPECT_EQ(restored->Get("b"), "[1]");
  EXPECT_EQ(restored->history().At(5), machine_.history().At(5));
  EXPECT_FALSE(machine_.copying());
}

TEST_F(CopyTest, ItHasTheLimits) {
  machine_.Configure(machine_.last_applied() + 1, 9, {.key = 20, .value = 30, .answer = 70});
  machine_.BeginCopy();
  EXPECT_EQ(Finish()->limits(), machine_.limits());
}

TEST_F(CopyTest, WhatIsChangedMeanwhileIsGivenAsItWas) {
  const uint64_t hash = machine_.Hash();
  machine_.BeginCopy();
  Do(Write{"a", "2"});
  Do(Txn{{{TxnOp::Kind::kAppend, "b", "2"}}});
  EXPECT_EQ(machine_.Get("a"), "2");
  EXPECT_EQ(machine_.Get("b"), "[1,2]");
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->Hash(), hash);
  EXPECT_EQ(restored->Get("a"), "1");
  EXPECT_EQ(restored->Get("b"), "[1]");
}

TEST_F(CopyTest, WhatIsDeletedMeanwhileIsGiven) {
  machine_.BeginCopy();
  Do(Delete{"a"});
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->Get("a"), "1");
}

TEST_F(CopyTest, WhatIsDeletedAndWrittenAgainIsGivenAsItWas) {
  machine_.BeginCopy();
  Do(Delete{"a"});
  Do(Write{"a", "2"});
  Do(Delete{"a"});
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->Get("a"), "1");
}

TEST_F(CopyTest, WhatIsNewIsNotGiven) {
  machine_.BeginCopy();
  for (int i = 0; i < 100; ++i) Do(Write{std::to_string(i), "1"});
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->size(), 2u);
}

TEST_F(CopyTest, ALaterCopyIsOfItsOwnMoment) {
  machine_.BeginCopy();
  Do(Write{"a", "2"});
  ASSERT_NE(Finish(), nullptr);
  Do(Write{"b", "3"});
  machine_.BeginCopy();
  Do(Write{"a", "4"});
  Do(Delete{"b"});
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->Get("a"), "2");
  EXPECT_EQ(restored->Get("b"), "3");
}

TEST_F(CopyTest, OutcomesThatAreDroppedMeanwhileAreGiven) {
  machine_.BeginCopy();
  for (int i = 0; i < 20; ++i) Do(Delete{"x"});
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  const Command again{{2, 11, 0}, Write{"a", "1"}};
  EXPECT_EQ(restored->Apply(6, again).outcome, (Outcome{4, Done{}}));
}

TEST_F(CopyTest, WritersThatAreForgottenMeanwhileAreGiven) {
  machine_.BeginCopy();
  for (uint64_t number = 1; number < 4; ++number) Open(number);
  EXPECT_EQ(machine_.writers().nodes().Find(2), nullptr);
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  EXPECT_NE(restored->writers().nodes().Find(1), nullptr);
  const Command again{{2, 12, 11}, Write{"b", "[1]"}};
  EXPECT_EQ(restored->Apply(6, again).outcome, (Outcome{5, Done{}}));
}

TEST_F(CopyTest, AWriterThatIsClosedMeanwhileIsGivenOpen) {
  machine_.BeginCopy();
  machine_.Apply(6, Command{{}, OpenWriter{"n1", 7, 3}});
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  EXPECT_TRUE(restored->writers().nodes().Find(1)->closed);
  EXPECT_FALSE(restored->writers().nodes().Find(2)->closed);
}

TEST_F(CopyTest, WhatWasDroppedStaysDroppedInWhatIsBuilt) {
  machine_.BeginCopy();
  const auto restored = Finish();
  ASSERT_NE(restored, nullptr);
  const Command late{{2, 10, 0}, OpenClient{}};
  EXPECT_EQ(restored->Apply(6, late).outcome, (Outcome{6, OutcomeForgotten{}}));
}

// The table of a key that is changed is not given out whole: what was given is not given again.
TEST_F(CopyTest, NothingIsGivenTwice) {
  for (int i = 0; i < 3000; ++i) Do(Write{std::to_string(i), "1"});
  machine_.BeginCopy();
  std::map<std::string, std::string> given;
  std::vector<StatePart> parts;
  uint64_t promised = 0;
  for (bool more = true; more;) {
    more = machine_.NextParts(1, &parts);
    ASSERT_EQ(parts.size(), 1u);
    if (const auto* head = std::get_if<StateHead>(&parts[0])) promised = head->keys;
    if (const auto* key = std::get_if<KeyPart>(&parts[0])) {
      EXPECT_TRUE(given.emplace(key->key, key->value).second) << key->key;
      Do(Write{std::string(key->key), "2"});
    }
  }
  EXPECT_EQ(promised, 3002u);
  EXPECT_EQ(given.size(), 3002u);
}

TEST_F(CopyTest, OneThatIsAbandonedLeavesNothingBehind) {
  machine_.BeginCopy();
  TakeAllButKeys();
  Do(Write{"a", "2"});
  Do(Delete{"b"});
  machine_.AbandonCopy();
  EXPECT_FALSE(machine_.copying());
  Do(Write{"c", "5"});
  const uint64_t hash = machine_.Hash();
  machine_.BeginCopy();
  const auto restored = Finish(SIZE_MAX);
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->Hash(), hash);
  EXPECT_EQ(restored->Get("a"), "2");
}

// Forks see what is there, and nothing of what is kept aside.
TEST_F(CopyTest, AForkOfAMachineThatIsCopiedIsLikeAnyOther) {
  machine_.BeginCopy();
  Do(Delete{"a"});
  StateMachine fork(&machine_);
  EXPECT_EQ(fork.Get("a"), std::nullopt);
  EXPECT_EQ(fork.Hash(), machine_.Hash());
}

TEST_F(CopyTest, AnEmptyMachineIsCopiedToo) {
  StateMachine empty(kSmall);
  std::vector<StatePart> parts;
  empty.BeginCopy();
  EXPECT_FALSE(empty.NextParts(1, &parts));
  StateBuilder builder(kSmall);
  ASSERT_EQ(parts.size(), 1u);
  ASSERT_TRUE(builder.Add(parts[0]).ok());
  EXPECT_TRUE(builder.Finish().ok());
}

using CopyDeathTest = CopyTest;

TEST_F(CopyDeathTest, ForksAreNotCopiedAndNobodyIsCopiedTwiceAtOnce) {
  StateMachine fork(&machine_);
  EXPECT_DEATH(fork.BeginCopy(), "base_ == nullptr");
  machine_.BeginCopy();
  EXPECT_DEATH(machine_.BeginCopy(), "copying_");
}

}  // namespace
}  // namespace tidemark::kv
