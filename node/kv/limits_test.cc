// What a cluster's limits make of commands that are beyond them.
#include <optional>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"
#include "node/kv/txn_ops.h"

namespace tidemark::kv {
namespace {

class LimitsTest : public testing::Test {
 protected:
  static constexpr Limits kSmall{.line = 256, .key = 20, .value = 30, .answer = 200};

  LimitsTest() {
    machine_.Configure(1, 9, kSmall);
    machine_.Apply(2, Command{{}, OpenWriter{"n1", 7, 1}});
  }

  Result Do(Operation operation) {
    ++last_;
    return machine_.Apply(last_, Command{{2, last_, last_}, std::move(operation)}).outcome.result;
  }
  std::string Value(const char* key) const {
    const std::optional<std::string_view> value = machine_.Get(key);
    return std::string(value.value_or("(missing)"));
  }
  static Result Beyond(Limit limit) { return TooLarge{limit, kSmall.Of(limit)}; }
  static std::string Of(size_t bytes) { return std::string(bytes, '1'); }

  StateMachine machine_;
  LogIndex last_ = 2;
};

TEST_F(LimitsTest, AValueHasAsManyBytesAsItMayAndNoMore) {
  EXPECT_EQ(Do(Write{"1", Of(30)}), Result(Done{}));
  EXPECT_EQ(Do(Write{"1", Of(31)}), Beyond(Limit::kValue));
  EXPECT_EQ(Value("1"), Of(30));
  EXPECT_EQ(Do(Cas{"1", Of(30), Of(31), false}), Beyond(Limit::kValue));
  EXPECT_EQ(Do(Cas{"2", "", Of(31), true}), Beyond(Limit::kValue));
  EXPECT_EQ(Value("2"), "(missing)");
  EXPECT_EQ(Do(Txn{{W("2", "1"), W("1", Of(31))}}), Beyond(Limit::kValue));
  EXPECT_EQ(Value("2"), "(missing)") << "nothing of it is done";
}

TEST_F(LimitsTest, SoHasAKey) {
  EXPECT_EQ(Do(Write{Of(20), "1"}), Result(Done{}));
  EXPECT_EQ(Do(Write{Of(21), "1"}), Beyond(Limit::kKey));
  EXPECT_EQ(Do(Cas{Of(21), "1", "2", true}), Beyond(Limit::kKey));
  EXPECT_EQ(Do(Txn{{W(Of(21), "1")}}), Beyond(Limit::kKey));
  EXPECT_EQ(Do(Txn{{A(Of(21), "1")}}), Beyond(Limit::kKey));
  EXPECT_EQ(machine_.size(), 1u);
  EXPECT_EQ(Do(Delete{Of(21)}), Result(KeyMissing{}));
  EXPECT_TRUE(std::holds_alternative<TxnDone>(Do(Txn{{R(Of(21))}}))) << "there is none to be read";
}

TEST_F(LimitsTest, AListGrowsToTheLimitOfAValue) {
  for (int i = 0; i < 14; ++i) {
    EXPECT_TRUE(std::holds_alternative<TxnDone>(Do(Txn{{A("1", "1")}}))) << i;
  }
  EXPECT_EQ(Value("1").size(), 29u);
  EXPECT_EQ(Do(Txn{{A("1", "1")}}), Beyond(Limit::kValue));
  EXPECT_EQ(Value("1").size(), 29u);
}

TEST_F(LimitsTest, WhatATransactionAppendedItselfCounts) {
  // [11,11,11,11,11,11,11,11,11] has 28 bytes, and one more 31.
  Txn txn;
  for (int i = 0; i < 9; ++i) txn.ops.push_back(A("1", "11"));
  EXPECT_TRUE(std::holds_alternative<TxnDone>(Do(txn)));
  EXPECT_EQ(Value("1").size(), 28u);
  for (TxnOp& op : txn.ops) op.key = "2";
  txn.ops.push_back(A("2", "11"));
  EXPECT_EQ(Do(txn), Beyond(Limit::kValue));
  EXPECT_EQ(Value("2"), "(missing)");
  // What it wrote itself counts, not what stood there before.
  txn.ops.insert(txn.ops.end() - 1, W("2", "[]"));
  EXPECT_EQ(Do(txn), Beyond(Limit::kAnswer));
  txn.ops.erase(txn.ops.begin(), txn.ops.begin() + 4);
  EXPECT_TRUE(std::holds_alternative<TxnDone>(Do(txn)));
  EXPECT_EQ(Value("2"), "[11]");
}

TEST_F(LimitsTest, AnAnswerHasAsManyBytesAsItMayAndNoMore) {
  Do(Write{"1", Of(24)});
  // Each operation takes 1 for its key and 16 for what stands around: 164, and 36 are left.
  const Txn txn{{R("1"), R("1"), R("1"), R("1"), W("2", Of(19))}};
  EXPECT_TRUE(std::holds_alternative<TxnDone>(Do(txn)));
  Txn longer = txn;
  longer.ops[4].value += "1";
  EXPECT_EQ(Do(longer), Beyond(Limit::kAnswer));
  EXPECT_EQ(Value("2"), Of(19));
}

TEST_F(LimitsTest, WhatATransactionReadsIsCountedAsItIsRead) {
  Txn txn{{W("2", "1"), A("1", Of(10)), R("1")}};
  EXPECT_TRUE(std::holds_alternative<TxnDone>(Do(txn)));  // 18 + 27 + 29
  for (int i = 0; i < 6; ++i) txn.ops.push_back(R("1"));  // [1111111111,1111111111]: 40 each
  EXPECT_EQ(Do(txn), Beyond(Limit::kAnswer));
  EXPECT_EQ(Value("1"), "[1111111111]") << "its writes are undone";
}

TEST_F(LimitsTest, ThatWhichCannotBeDoneFirstDecides) {
  Do(Write{"1", "1"});
  const Result no_list = NotAList{"1"};
  EXPECT_EQ(Do(Txn{{A("1", "1"), W("2", Of(31))}}), no_list);
  EXPECT_EQ(Do(Txn{{W("2", Of(31)), A("1", "1")}}), Beyond(Limit::kValue));
}

TEST_F(LimitsTest, TheyCountFromWhereTheyAreApplied) {
  EXPECT_EQ(Do(Write{"1", Of(31)}), Beyond(Limit::kValue));
  const uint64_t before = machine_.Hash();
  machine_.Configure(++last_, 9, {.line = 256, .key = 20, .value = 31, .answer = 200});
  EXPECT_NE(machine_.Hash(), before) << "later results depend on them";
  EXPECT_EQ(Do(Write{"1", Of(31)}), Result(Done{}));
}

TEST_F(LimitsTest, TheHashTellsThemApart) {
  const auto hash = [](const Limits& limits) {
    StateMachine machine;
    machine.Configure(1, 9, limits);
    return machine.Hash();
  };
  const Limits all[] = {{256, 20, 30, 200}, {257, 20, 30, 200}, {256, 21, 30, 200},
                        {256, 20, 31, 200}, {256, 20, 30, 201}, {256, 30, 20, 200}};
  for (const Limits& a : all) {
    for (const Limits& b : all) EXPECT_EQ(hash(a) == hash(b), a == b);
  }
}

TEST_F(LimitsTest, AHugeAnswerCostsNothing) {
  StateMachine machine;
  machine.Apply(1, Command{{}, OpenWriter{"n1", 7, 1}});
  machine.Apply(2, Command{{1, 1, 1}, Write{"1", Of(1'000'000)}});
  Txn txn;
  txn.ops.assign(100'000, R("1"));  // 100 GB
  EXPECT_EQ(machine.Apply(3, Command{{1, 2, 1}, txn}).outcome.result,
            Result(TooLarge{Limit::kAnswer, Limits().answer}));
}

}  // namespace
}  // namespace tidemark::kv
