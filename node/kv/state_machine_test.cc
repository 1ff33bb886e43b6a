#include "node/kv/state_machine.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/txn_ops.h"

namespace tidemark::kv {
namespace {

TxnOp Saw(std::string key, std::string v) {
  return {TxnOp::Kind::kRead, std::move(key), std::move(v)};
}

// One client's machine: each operation is a write of its own, at the next index.
class StateMachineTest : public testing::Test {
 protected:
  StateMachineTest() { machine_.Apply(1, Command{{}, OpenWriter{"n1", 7, 1}}); }

  Result Do(Operation operation) {
    ++last_;
    const Outcome outcome = Apply(last_, Command{{1, last_, last_}, std::move(operation)});
    EXPECT_EQ(outcome.index, last_);
    return outcome.result;
  }
  Outcome Apply(LogIndex index, const Command& command) {
    return machine_.Apply(index, command).outcome;
  }
  std::string Value(const char* key) const {
    const std::optional<std::string_view> value = machine_.Get(key);
    return std::string(value.value_or("(missing)"));
  }

  StateMachine machine_;
  LogIndex last_ = 1;
};

TEST_F(StateMachineTest, AWriteIsRead) {
  EXPECT_EQ(Value("1"), "(missing)");
  EXPECT_EQ(Do(Write{"1", "2"}), Result(Done{}));
  EXPECT_EQ(Value("1"), "2");
  EXPECT_EQ(Do(Write{"1", "3"}), Result(Done{}));
  EXPECT_EQ(Value("1"), "3");
  EXPECT_EQ(machine_.size(), 1u);
}

TEST_F(StateMachineTest, KeysAreTexts) {
  Do(Write{"1", "10"});
  Do(Write{"\"1\"", "20"});
  Do(Write{"1.0", "30"});
  EXPECT_EQ(Value("1"), "10");
  EXPECT_EQ(Value("\"1\""), "20");
  EXPECT_EQ(Value("1.0"), "30");
}

TEST_F(StateMachineTest, CasWritesWhereTheValueIsTheExpectedOne) {
  Do(Write{"1", "2"});
  EXPECT_EQ(Do(Cas{"1", "2", "3"}), Result(Done{}));
  EXPECT_EQ(Value("1"), "3");
}

TEST_F(StateMachineTest, CasThatMeetsAnotherValueSaysWhichAndChangesNothing) {
  Do(Write{"1", "2"});
  EXPECT_EQ(Do(Cas{"1", "\"2\"", "3", true}), Result(CasMismatch{"2"}));
  EXPECT_EQ(Value("1"), "2");
}

TEST_F(StateMachineTest, CasOfAMissingKeyCreatesItOnlyIfAsked) {
  EXPECT_EQ(Do(Cas{"1", "2", "3", false}), Result(KeyMissing{}));
  EXPECT_EQ(Value("1"), "(missing)");
  EXPECT_EQ(Do(Cas{"1", "2", "3", true}), Result(Done{}));
  EXPECT_EQ(Value("1"), "3");
}

TEST_F(StateMachineTest, DeleteTakesTheKeyAwayOnce) {
  Do(Write{"1", "2"});
  EXPECT_EQ(Do(Delete{"1"}), Result(Done{}));
  EXPECT_EQ(Value("1"), "(missing)");
  EXPECT_EQ(Do(Delete{"1"}), Result(KeyMissing{}));
  EXPECT_EQ(machine_.size(), 0u);
}

struct TxnCase {
  const char* what;
  std::vector<TxnOp> asked;
  Result result;
  const char* x;  // afterwards; before, x is [1] and s is "text"
  const char* y;
  const char* s;
};

TEST_F(StateMachineTest, TransactionsAreAllOrNothing) {
  const std::string s = "\"text\"";
  const char* untouched = "\"text\"";
  const TxnCase cases[] = {
      {"nothing", {}, TxnDone{}, "[1]", "(missing)", untouched},
      {"a missing key reads null",
       {R("y")},
       TxnDone{{Saw("y", "null")}},
       "[1]",
       "(missing)",
       untouched},
      {"reads see own writes",
       {R("x"), W("x", "5"), R("x")},
       TxnDone{{Saw("x", "[1]"), W("x", "5"), Saw("x", "5")}},
       "5",
       "(missing)",
       untouched},
      {"reads see own appends",
       {A("x", "2"), R("x"), A("x", "[]"), R("x")},
       TxnDone{{A("x", "2"), Saw("x", "[1,2]"), A("x", "[]"), Saw("x", "[1,2,[]]")}},
       "[1,2,[]]",
       "(missing)",
       untouched},
      {"append makes a list",
       {A("y", "2"), A("y", "3")},
       TxnDone{{A("y", "2"), A("y", "3")}},
       "[1]",
       "[2,3]",
       untouched},
      {"append to an empty list",
       {W("y", "[]"), A("y", "3")},
       TxnDone{{W("y", "[]"), A("y", "3")}},
       "[1]",
       "[3]",
       untouched},
      {"append to an own list over a text",
       {W("s", "[]"), A("s", "3")},
       TxnDone{{W("s", "[]"), A("s", "3")}},
       "[1]",
       "(missing)",
       "[3]"},
      {"append to a text undoes all",
       {W("x", "5"), A("y", "2"), R("x"), A("s", "1")},
       NotAList{"s"},
       "[1]",
       "(missing)",
       untouched},
      {"append to an own text",
       {W("x", "5"), A("x", "2")},
       NotAList{"x"},
       "[1]",
       "(missing)",
       untouched},
      {"a null that was written is no list",
       {W("y", "null"), A("y", "2")},
       NotAList{"y"},
       "[1]",
       "(missing)",
       untouched},
      {"the first impossible append is named",
       {A("y", "1"), W("y", "{}"), A("s", "1"), A("y", "1")},
       NotAList{"s"},
       "[1]",
       "(missing)",
       untouched},
  };
  for (const TxnCase& c : cases) {
    Do(Delete{"y"});
    Do(Write{"x", "[1]"});
    Do(Write{"s", s});
    EXPECT_EQ(Do(Txn{c.asked}), c.result) << c.what;
    EXPECT_EQ(Value("x"), c.x) << c.what;
    EXPECT_EQ(Value("y"), c.y) << c.what;
    EXPECT_EQ(Value("s"), c.s) << c.what;
  }
}

TEST_F(StateMachineTest, AnAbortedTransactionLeavesTheDataHashAsItWas) {
  Do(Write{"s", "1"});
  StateMachine aborting(&machine_);
  StateMachine other(&machine_);
  const Command impossible{{1, 98, 0}, Txn{{W("x", "5"), A("y", "2"), A("s", "1")}}};
  EXPECT_EQ(aborting.Apply(98, impossible).outcome.result, Result(NotAList{"s"}));
  // Both forget what was before: the aborted transaction here, and nothing in the other machine.
  const Command last{{1, 99, 99}, Delete{"nothing"}};
  EXPECT_EQ(aborting.Apply(99, last), other.Apply(99, last));
  EXPECT_EQ(aborting.Hash(), other.Hash());
  EXPECT_EQ(aborting.size(), other.size());
}

TEST_F(StateMachineTest, ARepeatedWriteHappensOnce) {
  const Command append{{1, 50, 0}, Txn{{A("x", "1"), R("x")}}};
  const Outcome first = Apply(2, append);
  const uint64_t hash = machine_.Hash();
  EXPECT_EQ(Apply(3, append), first);
  EXPECT_EQ(first, (Outcome{2, TxnDone{{A("x", "1"), Saw("x", "[1]")}}}));
  EXPECT_EQ(Value("x"), "[1]");
  EXPECT_EQ(machine_.Hash(), hash);
}

TEST_F(StateMachineTest, ARefusalIsRememberedToo) {
  const Command cas{{1, 50, 0}, Cas{"1", "2", "3"}};
  EXPECT_EQ(Apply(2, cas), (Outcome{2, KeyMissing{}}));
  Apply(3, Command{{1, 51, 0}, Write{"1", "2"}});
  EXPECT_EQ(Apply(4, cas), (Outcome{2, KeyMissing{}}));
  EXPECT_EQ(Value("1"), "2");
}

TEST_F(StateMachineTest, AClosedWriterAndAnUnknownOneExecuteNothing) {
  EXPECT_EQ(Apply(2, Command{{}, OpenWriter{"n1", 7, 2}}), (Outcome{2, Opened{}}));
  EXPECT_EQ(Apply(3, Command{{1, 9, 9}, Write{"1", "2"}}), (Outcome{3, WriterClosed{}}));
  EXPECT_EQ(Apply(4, Command{{3, 9, 9}, Write{"1", "2"}}), (Outcome{4, OutcomeForgotten{}}));
  EXPECT_EQ(Apply(5, Command{{}, Write{"1", "2"}}), (Outcome{5, OutcomeForgotten{}}));
  EXPECT_EQ(machine_.size(), 0u);
}

TEST_F(StateMachineTest, AnOpeningHandedInTwiceOpensOneWriter) {
  const Command opening{{}, OpenWriter{"n1", 7, 2}};
  EXPECT_EQ(Apply(2, opening), (Outcome{2, Opened{}}));
  EXPECT_EQ(Apply(3, opening), (Outcome{3, OpeningVoid{}}));
  EXPECT_EQ(Apply(4, Command{{2, 0, 0}, Write{"1", "2"}}), (Outcome{4, Done{}}));
}

TEST_F(StateMachineTest, EveryChangeOfTheDataChangesTheHash) {
  std::vector<uint64_t> seen;
  const auto expect_new = [&] {
    EXPECT_EQ(std::count(seen.begin(), seen.end(), machine_.Hash()), 0);
    seen.push_back(machine_.Hash());
  };
  for (const Operation& operation :
       std::vector<Operation>{Write{"1", "2"}, Write{"2", "1"}, Write{"1", "[]"},
                              Txn{{A("1", "1")}}, Delete{"2"}, Cas{"1", "[1]", "0"}}) {
    Do(operation);
    expect_new();
  }
}

TEST_F(StateMachineTest, ALongListGrowsInPlace) {
  std::string expected = "[";
  for (int i = 0; i < 100'000; ++i) {
    Do(Txn{{A("x", "12345678")}});
    expected += i == 0 ? "12345678" : ",12345678";
  }
  EXPECT_EQ(Value("x"), expected + "]");
}

}  // namespace
}  // namespace tidemark::kv
