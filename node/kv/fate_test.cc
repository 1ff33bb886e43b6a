// What a fate says, and what it does. Writer 2 is a node's, writer 3 a client's, and each has bits
// of its own.
#include <cstdint>
#include <utility>
#include <variant>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"

namespace tidemark::kv {
namespace {

using Kind = Fated::Kind;
using Refusal = Fated::Refusal;

constexpr uint64_t kNodeBits = 0xabcd;
constexpr uint64_t kClientBits = 0x1234;

ToldName Told(const WriteName& name) {
  const uint64_t bits = name.writer == 3 ? kClientBits : kNodeBits;
  return WriteId{name.writer, name.seq, 0, bits}.Told();
}
Fate AskFor(const WriteName& name) { return Fate{Told(name)}; }

class FateTest : public testing::Test {
 protected:
  static constexpr uint32_t kCluster = 9;

  explicit FateTest(const WriterLimits& limits = {}) : machine_(limits) {
    machine_.Configure(1, kCluster, Limits());
    machine_.BeginTerm(1, 1, 11);
    machine_.Apply(2, Command{{}, OpenWriter{"n1", 7, 1, kNodeBits}});
    machine_.Apply(3, Command{{2, 0, 0, kNodeBits}, OpenClient{kClientBits}});
  }

  Outcome Apply(Command command) { return machine_.Apply(++last_, command).outcome; }
  // A client's command: of writer 3.
  Command Once(uint64_t seq, Operation operation) {
    Command command{{3, seq, 0, kClientBits}, std::move(operation)};
    command.once = true;
    return command;
  }
  // Asks for the fate of `of`, under a seq of its own.
  Fated FateOf(WriteName of) {
    const Outcome outcome = Apply(Command{{2, ++asked_, 0, kNodeBits}, AskFor(of)});
    EXPECT_EQ(outcome.index, last_);
    return std::get<Fated>(outcome.result);
  }

  StateMachine machine_;
  LogIndex last_ = 3;
  uint64_t asked_ = 1000;
};

TEST_F(FateTest, WhatWasDoneIsCommittedWhereItWasDoneFirst) {
  Apply(Once(5, Write{"1", "2"}));
  Apply(Once(5, Write{"1", "2"}));
  Apply(Once(6, Txn{}));
  EXPECT_EQ(FateOf({3, 5}), (Fated{Kind::kCommitted, 4}));
  EXPECT_EQ(FateOf({3, 6}), (Fated{Kind::kCommitted, 6}));
  EXPECT_EQ(FateOf({2, 0}), (Fated{Kind::kCommitted, 3})) << "that of an opening";
}

TEST_F(FateTest, OfARefusalItTellsTheReason) {
  Apply(Once(1, Delete{"1"}));
  Apply(Once(2, Write{"1", "2"}));
  Apply(Once(3, Cas{"1", "3", "4"}));
  Apply(Once(4, Txn{{{TxnOp::Kind::kAppend, "1", "2"}}}));
  Apply(Once(8, Write{std::string(2 << 20, 'k'), "1"}));
  const Session sessions[] = {{kCluster + 1, 1, 1, 11}, {kCluster, 1, 1, 12}, {kCluster, 99, 1, 1}};
  for (uint64_t seq = 5; const Session& session : sessions) {
    Command command = Once(seq++, Write{"1", "5"});
    command.session = session;
    Apply(command);
  }
  const Refusal why[] = {Refusal::kKeyMissing,   Refusal::kCasMismatch, Refusal::kNotAList,
                         Refusal::kOtherCluster, Refusal::kLostHistory, Refusal::kFromFuture,
                         Refusal::kTooLarge};
  const uint64_t seqs[] = {1, 3, 4, 5, 6, 7, 8};
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(FateOf({3, seqs[i]}), (Fated{Kind::kRefused, 0, why[i]})) << seqs[i];
  }
}

TEST_F(FateTest, WhatHasNotArrivedIsCancelledForGood) {
  EXPECT_EQ(FateOf({3, 5}), Fated{Kind::kCancelled});
  const LogIndex cancelled_at = last_;
  EXPECT_EQ(Apply(Once(5, Write{"1", "2"})), (Outcome{cancelled_at, Cancelled{}}));
  EXPECT_EQ(Apply(Once(5, Write{"1", "3"})), (Outcome{cancelled_at, Cancelled{}}))
      << "whatever it would have been";
  EXPECT_EQ(machine_.size(), 0u);
  EXPECT_EQ(FateOf({3, 5}), Fated{Kind::kCancelled});
}

TEST_F(FateTest, ANodesWriteHasAFateToo) {
  EXPECT_EQ(FateOf({2, 5}), Fated{Kind::kCancelled});
  EXPECT_EQ(Apply(Command{{2, 5, 0, kNodeBits}, Write{"1", "2"}}), (Outcome{4, Cancelled{}}));
}

TEST_F(FateTest, OfWhatIsNoLongerKnownItSaysSo) {
  Command command = Once(5, Write{"1", "2"});
  Apply(command);
  command.id = {3, 9, 8, kClientBits};
  Apply(command);
  EXPECT_EQ(FateOf({3, 5}), Fated{Kind::kUnknown});
  EXPECT_EQ(FateOf({3, 7}), Fated{Kind::kUnknown}) << "it may have been executed";
  EXPECT_EQ(FateOf({3, 8}), Fated{Kind::kCancelled});
  EXPECT_EQ(FateOf({4, 5}), Fated{Kind::kUnknown}) << "nobody opened that writer";
  EXPECT_EQ(FateOf({0, 0}), Fated{Kind::kUnknown});
}

TEST_F(FateTest, AClosedWriterExecutesNothingMoreSoNothingNeedBeKept) {
  Apply(Command{{2, 4, 0, kNodeBits}, Write{"1", "2"}});
  Apply(Command{{}, OpenWriter{"n1", 7, 2, kNodeBits}});
  const LogIndex writer = last_;
  const size_t kept = machine_.writers().nodes().outcomes();
  const auto ask = [&](uint64_t seq) {
    return Apply(Command{{writer, ++asked_, asked_, kNodeBits}, AskFor({2, seq})}).result;
  };
  EXPECT_EQ(ask(4), Result(Fated{Kind::kCommitted, 4}));
  EXPECT_EQ(ask(5), Result(Fated{Kind::kCancelled}));
  EXPECT_EQ(machine_.writers().nodes().outcomes(), kept + 1) << "the last answer, and no more";
  EXPECT_EQ(Apply(Command{{2, 5, 0, kNodeBits}, Write{"1", "3"}}).result, Result(WriterClosed{}));
}

TEST_F(FateTest, AFateHandedInAgainIsTheFirstOne) {
  const Command ask{{2, 50, 0, kNodeBits}, AskFor({3, 5})};
  const Outcome first = Apply(ask);
  EXPECT_EQ(first.result, Result(Fated{Kind::kCancelled}));
  EXPECT_EQ(Apply(ask), first);
  EXPECT_EQ(FateOf({2, 50}), (Fated{Kind::kCommitted, 4})) << "the fate of a fate";
}

TEST_F(FateTest, OneThatAsksForItselfLearnsNothingAndIsRemembered) {
  const Command ask{{2, 50, 0, kNodeBits}, AskFor({2, 50})};
  const Outcome first = Apply(ask);
  EXPECT_EQ(first, (Outcome{4, Fated{Kind::kUnknown}}));
  EXPECT_EQ(Apply(ask), first);
}

TEST_F(FateTest, ItIsEvaluatedAtItsPlaceAndItsSessionIsJudgedBefore) {
  Command ask{{2, 50, 0, kNodeBits}, AskFor({3, 5})};
  ask.session = Session{kCluster, 1, 1, 12};
  EXPECT_EQ(Apply(ask).result, Result(SessionRefused{Verdict::kLostHistory}));
  EXPECT_EQ(Apply(Once(5, Write{"1", "2"})).result, Result(Done{})) << "nothing was cancelled";
}

TEST_F(FateTest, AGuessedNameCancelsNothing) {
  for (const WriteName& name : {WriteName{2, 8}, WriteName{3, 8}}) {
    // Whoever was told of 7 guesses 8, and whoever knows one writer's tags has none of another's.
    const uint64_t guesses[] = {Told({name.writer, 7}).tag, Told({5 - name.writer, 8}).tag, 0,
                                Told(name).tag ^ 1};
    for (const uint64_t tag : guesses) {
      const Fate guessed{{name.writer, name.seq, tag}};
      EXPECT_EQ(Apply(Command{{2, ++asked_, 0, kNodeBits}, guessed}).result, Result(Fated{}));
    }
  }
  EXPECT_EQ(Apply(Command{{2, 8, 0, kNodeBits}, Write{"1", "2"}}).result, Result(Done{}));
  EXPECT_EQ(Apply(Once(8, Write{"1", "3"})).result, Result(Done{}));
}

TEST_F(FateTest, AGuessedNameTellsNothing) {
  Apply(Once(5, Write{"1", "2"}));
  const Fate guessed{{3, 5, Told({3, 5}).tag + 1}};
  EXPECT_EQ(Apply(Command{{2, ++asked_, 0, kNodeBits}, guessed}).result, Result(Fated{}));
  EXPECT_EQ(FateOf({3, 5}), (Fated{Kind::kCommitted, 4}));
}

class CrampedFateTest : public FateTest {
 protected:
  CrampedFateTest() : FateTest({.max_writers = 2, .max_outcomes = 1, .max_outcome_bytes = 330}) {}
};

TEST_F(CrampedFateTest, WhatHasNoRoomForItsCancellingIsNotExecutedEither) {
  Apply(Once(9, Write{"1", "2"}));
  EXPECT_EQ(FateOf({3, 5}), Fated{Kind::kCancelled});
  EXPECT_EQ(Apply(Once(5, Write{"1", "3"})).result, Result(OutcomeForgotten{}));
  EXPECT_EQ(FateOf({3, 5}), Fated{Kind::kUnknown});
  EXPECT_EQ(Apply(Once(9, Write{"1", "2"})).result, Result(Done{})) << "9 has stayed";
}

TEST_F(CrampedFateTest, ACancellingMayTakeTheRoomOfTheFateItself) {
  // 70 takes the place of 60, and 50 lies below what was dropped.
  Apply(Command{{2, 60, 0, kNodeBits}, Write{"1", "2"}});
  const Command ask{{2, 50, 0, kNodeBits}, AskFor({2, 70})};
  EXPECT_EQ(Apply(ask).result, Result(Fated{Kind::kCancelled}));
  EXPECT_EQ(Apply(ask).result, Result(OutcomeForgotten{}));
  EXPECT_EQ(Apply(Command{{2, 70, 0, kNodeBits}, Write{"1", "3"}}).result, Result(Cancelled{}));
}

TEST_F(CrampedFateTest, ACancellingMayTakeTheWriterOfTheFateItself) {
  Apply(Command{{}, OpenWriter{"n2", 7, 1, kNodeBits}});
  const LogIndex other = last_;
  Apply(Command{{2, 60, 0, kNodeBits},
                Txn{{{TxnOp::Kind::kRead, "1", ""}}}});  // 2 takes 160 + 72 + 1 + 4
  const Command ask{{2, 61, 0, kNodeBits}, AskFor({other, 5})};
  EXPECT_EQ(Apply(ask).result, Result(Fated{Kind::kCancelled}));
  EXPECT_EQ(machine_.writers().nodes().Find(2), nullptr);
  EXPECT_EQ(Apply(ask).result, Result(OutcomeForgotten{}));
  EXPECT_EQ(Apply(Command{{other, 5, 0, kNodeBits}, Write{"1", "3"}}).result, Result(Cancelled{}));
}

}  // namespace
}  // namespace tidemark::kv
