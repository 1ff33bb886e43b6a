#include "node/kv/writers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "gtest/gtest.h"
#include "node/kv/command.h"

namespace tidemark::kv {
namespace {

// Of the one operation that is handed in here.
constexpr uint64_t kHash = 77;

Command Named(LogIndex writer, uint64_t seq, uint64_t first_unanswered = 0) {
  return Command{{writer, seq, first_unanswered}, Delete{"1"}};
}

class WritersTest : public testing::Test {
 protected:
  static constexpr WriterLimits kSmall{.max_writers = 3, .max_clients = 2, .max_outcomes = 4};

  Result Open(LogIndex index, uint64_t number, uint64_t incarnation = 7, const char* node = "n1") {
    return writers_.Open(index, OpenWriter{node, incarnation, number});
  }
  std::optional<Outcome> Lookup(LogIndex index, LogIndex writer, uint64_t seq,
                                uint64_t first_unanswered = 0) {
    return writers_.Lookup(index, Named(writer, seq, first_unanswered), kHash);
  }
  // Executes a write at `index`, which must be allowed, and remembers that it was done.
  void Execute(LogIndex index, LogIndex writer, uint64_t seq, uint64_t first_unanswered = 0) {
    const Command command = Named(writer, seq, first_unanswered);
    ASSERT_EQ(writers_.Lookup(index, command, kHash), std::nullopt);
    writers_.Remember(command, kHash, Outcome{index, Done{}});
  }

  static std::optional<Outcome> Did(LogIndex index) { return Outcome{index, Done{}}; }
  static std::optional<Outcome> Closed(LogIndex index) { return Outcome{index, WriterClosed{}}; }
  static std::optional<Outcome> Forgotten(LogIndex index) {
    return Outcome{index, OutcomeForgotten{}};
  }

  Writers writers_{kSmall};
};

TEST_F(WritersTest, AnOpenWriterExecutesWhatItHasNotYetDone) {
  EXPECT_EQ(Open(1, 1), Result(Opened{}));
  EXPECT_EQ(Lookup(2, 1, 5), std::nullopt);
}

TEST_F(WritersTest, AWriterThatNobodyOpenedIsForgotten) {
  EXPECT_EQ(Lookup(2, 1, 5), Forgotten(2));
  EXPECT_EQ(Lookup(3, 0, 0), Forgotten(3));
}

TEST_F(WritersTest, ARepeatedIdGivesTheFirstOutcomeAtTheFirstIndex) {
  Open(1, 1);
  Execute(2, 1, 5);
  EXPECT_EQ(Lookup(9, 1, 5), Did(2));
}

TEST_F(WritersTest, AnOpeningClosesLowerNumbersOfItsIncarnation) {
  Open(1, 1);
  Execute(2, 1, 5);
  EXPECT_EQ(Open(3, 2), Result(Opened{}));
  EXPECT_EQ(Lookup(4, 1, 6), Closed(4));
  EXPECT_EQ(Lookup(5, 1, 5), Did(2)) << "a closed writer keeps its outcomes";
  EXPECT_EQ(Lookup(6, 3, 5), std::nullopt);
}

TEST_F(WritersTest, AnOpeningClosesNobodyElse) {
  Open(1, 1, 7, "n1");
  Open(2, 2, 8, "n1");
  Open(3, 2, 7, "n2");
  EXPECT_EQ(Lookup(4, 1, 0), std::nullopt);
  EXPECT_EQ(Lookup(5, 2, 0), std::nullopt);
  EXPECT_EQ(Lookup(6, 3, 0), std::nullopt);
}

TEST_F(WritersTest, AnOpeningIsVoidAfterAHigherNumber) {
  Open(1, 2);
  EXPECT_EQ(Open(2, 1), Result(OpeningVoid{}));
  EXPECT_EQ(writers_.nodes().size(), 1u);
  EXPECT_EQ(Lookup(3, 1, 0), std::nullopt) << "the higher one stays open";
  EXPECT_EQ(Lookup(4, 2, 0), Forgotten(4));
}

TEST_F(WritersTest, AnOpeningThatStandsTwiceInTheLogOpensOneWriter) {
  Open(1, 1);
  EXPECT_EQ(Open(2, 1), Result(OpeningVoid{}));
  EXPECT_EQ(writers_.nodes().size(), 1u);
  EXPECT_EQ(Lookup(3, 1, 0), std::nullopt);
}

TEST_F(WritersTest, WhatIsAnsweredIsDroppedAndNeverExecuted) {
  Open(1, 1);
  Execute(2, 1, 5);
  Execute(3, 1, 6);
  Execute(4, 1, 7, 6);
  EXPECT_EQ(writers_.nodes().outcomes(), 2u);
  EXPECT_EQ(Lookup(5, 1, 5), Forgotten(5));
  EXPECT_EQ(Lookup(6, 1, 4), Forgotten(6)) << "though it never was executed";
  EXPECT_EQ(Lookup(7, 1, 6), Did(3));
}

TEST_F(WritersTest, WhatIsAnsweredIsDroppedByARetryAndInAClosedWriterToo) {
  Open(1, 1);
  Execute(2, 1, 5);
  Execute(3, 1, 6);
  Open(4, 2);
  EXPECT_EQ(Lookup(5, 1, 6, 6), Did(3));
  EXPECT_EQ(writers_.nodes().outcomes(), 1u);
  EXPECT_EQ(Lookup(6, 1, 5), Forgotten(6));
  EXPECT_EQ(Lookup(7, 1, 9, 9), Closed(7));
  EXPECT_EQ(writers_.nodes().outcomes(), 0u);
}

TEST_F(WritersTest, AnIdThatCallsItselfAnsweredIsForgotten) {
  Open(1, 1);
  EXPECT_EQ(Lookup(2, 1, 5, 6), Forgotten(2));
}

TEST_F(WritersTest, FirstUnansweredNeverFalls) {
  Open(1, 1);
  Execute(2, 1, 9, 9);
  EXPECT_EQ(Lookup(3, 1, 8, 2), Forgotten(3));
}

TEST_F(WritersTest, TooManyOutcomesDropTheLowestSeq) {
  Open(1, 1);
  for (uint64_t seq = 10; seq < 15; ++seq) Execute(seq, 1, seq);
  EXPECT_EQ(writers_.nodes().outcomes(), 4u);
  EXPECT_EQ(Lookup(20, 1, 10), Forgotten(20));
  EXPECT_EQ(Lookup(21, 1, 3), Forgotten(21)) << "below what was dropped";
  EXPECT_EQ(Lookup(22, 1, 11), Did(11));
}

TEST_F(WritersTest, ALateLowSeqIsExecutedOnceAndIsTheFirstToGo) {
  Open(1, 1);
  for (uint64_t seq = 10; seq < 14; ++seq) Execute(seq, 1, seq);
  Execute(20, 1, 3);
  EXPECT_EQ(Lookup(21, 1, 3), Forgotten(21));
  EXPECT_EQ(Lookup(22, 1, 10), Did(10));
  EXPECT_EQ(Lookup(23, 1, 4), std::nullopt);
}

TEST_F(WritersTest, TheHighestSeqIsLikeAnyOther) {
  Open(1, 1);
  Execute(2, 1, UINT64_MAX);
  for (uint64_t seq = 10; seq < 15; ++seq) Execute(seq, 1, seq);
  EXPECT_EQ(Lookup(20, 1, UINT64_MAX, UINT64_MAX), Did(2));
  EXPECT_EQ(writers_.nodes().outcomes(), 1u);
}

TEST_F(WritersTest, TooManyWritersDropTheOldestByLogPosition) {
  Open(1, 1, 7);
  Open(2, 1, 8);
  Execute(3, 1, 0);
  Open(4, 2, 7);
  Open(5, 1, 9);
  EXPECT_EQ(writers_.nodes().size(), 3u);
  EXPECT_EQ(Lookup(6, 1, 0), Forgotten(6));
  EXPECT_EQ(Lookup(7, 2, 0), std::nullopt);
  EXPECT_EQ(Open(8, 1, 7), Result(OpeningVoid{})) << "a later number is still remembered";
}

TEST_F(WritersTest, AnIncarnationThatIsForgottenMayOpenAnyNumber) {
  Open(1, 5, 7);
  for (LogIndex index = 2; index < 5; ++index) Open(index, 1, index + 100);
  EXPECT_EQ(Open(5, 5, 7), Result(Opened{}));
  EXPECT_EQ(Lookup(6, 1, 0), Forgotten(6));
  EXPECT_EQ(Lookup(7, 5, 0), std::nullopt);
}

TEST_F(WritersTest, AnIdIsOneOperations) {
  Open(1, 1);
  Execute(2, 1, 5);
  Execute(3, 1, 6);
  const uint64_t hash = writers_.Hash(0);
  EXPECT_EQ(writers_.Lookup(4, Named(1, 6, 6), kHash + 1), (Outcome{4, SeqReused{}}));
  EXPECT_EQ(writers_.Hash(0), hash) << "whoever mixes up its ids may be wrong about answers, too";
  EXPECT_EQ(Lookup(5, 1, 6), Did(3));
}

TEST_F(WritersTest, AnIdWithoutTheKeyIsForgottenAndLetsGoOfNothing) {
  writers_.Open(1, OpenWriter{"n1", 7, 1, 0xab});
  writers_.OpenClient(2, OpenClient{0xcd});
  for (const bool once : {false, true}) {
    Command own = Named(once ? 2 : 1, 5);
    own.once = once;
    own.id.key = once ? 0xcd : 0xab;
    ASSERT_EQ(writers_.Lookup(3, own, kHash), std::nullopt);
    writers_.Remember(own, kHash, Outcome{3, Done{}});
    const uint64_t hash = writers_.Hash(0);
    for (const uint64_t key : {uint64_t{0}, own.id.key ^ 1, uint64_t{once ? 0xabu : 0xcdu}}) {
      Command other = own;
      other.id.key = key;
      EXPECT_EQ(writers_.Lookup(4, other, kHash), Forgotten(4)) << "nor is it told what happened";
      EXPECT_EQ(writers_.Lookup(5, other, kHash + 1), Forgotten(5));
      other.id.seq = other.id.first_unanswered = 9;
      EXPECT_EQ(writers_.Lookup(6, other, kHash), Forgotten(6));
    }
    EXPECT_EQ(writers_.Hash(0), hash);
    EXPECT_EQ(writers_.Lookup(7, own, kHash), Did(3));
  }
}

TEST_F(WritersTest, TheHashTellsBitsApart) {
  const auto after = [](uint64_t node, uint64_t client) {
    Writers writers(WriterLimits{});
    writers.Open(1, OpenWriter{"n1", 7, 1, node});
    writers.OpenClient(2, OpenClient{client});
    return writers.Hash(0);
  };
  EXPECT_NE(after(1, 1), after(2, 1));
  EXPECT_NE(after(1, 1), after(1, 2));
}

TEST_F(WritersTest, ClientsAndNodesDoNotWriteUnderEachOthersNames) {
  Open(1, 1);
  writers_.OpenClient(2, OpenClient{});
  Command command = Named(2, 5);
  EXPECT_EQ(writers_.Lookup(3, command, kHash), Forgotten(3));
  command.once = true;
  EXPECT_EQ(writers_.Lookup(4, command, kHash), std::nullopt);
  writers_.Remember(command, kHash, Outcome{4, Done{}});
  EXPECT_EQ(writers_.Lookup(5, command, kHash), Did(4));
  command.id.writer = 1;
  EXPECT_EQ(writers_.Lookup(6, command, kHash), Forgotten(6));
}

TEST_F(WritersTest, TooManyClientsDropTheOldestClientAndNoNode) {
  Open(1, 1);
  for (LogIndex index = 2; index < 5; ++index) writers_.OpenClient(index, OpenClient{});
  EXPECT_EQ(writers_.clients().size(), 2u);
  EXPECT_EQ(writers_.clients().Find(2), nullptr);
  EXPECT_NE(writers_.clients().Find(3), nullptr);
  EXPECT_EQ(writers_.nodes().size(), 1u);
}

TEST_F(WritersTest, ANodesOpeningClosesNoClient) {
  writers_.OpenClient(1, OpenClient{});
  writers_.Open(2, OpenWriter{"", 0, 0});
  Command command = Named(1, 5);
  command.once = true;
  EXPECT_EQ(writers_.Lookup(3, command, kHash), std::nullopt);
}

// Three outcomes of 160 bytes each fit.
class WritersBytesTest : public WritersTest {
 protected:
  WritersBytesTest() { writers_ = Writers({.max_outcome_bytes = 500}); }
};

TEST_F(WritersBytesTest, TooManyBytesDropTheOldestWriterWhole) {
  Open(1, 1, 7);
  Open(2, 1, 8);
  Execute(3, 1, 0);
  Execute(4, 1, 1);
  Execute(5, 2, 0);
  EXPECT_EQ(writers_.nodes().bytes(), 480u);
  Execute(6, 2, 1);
  EXPECT_EQ(writers_.nodes().bytes(), 320u);
  EXPECT_EQ(Lookup(7, 1, 1), Forgotten(7));
  EXPECT_EQ(Lookup(8, 2, 0), Did(5));
}

TEST_F(WritersBytesTest, AnOldestWriterThatHasJustWrittenDropsItsLowest) {
  Open(1, 1, 7);
  Open(2, 1, 8);
  Execute(3, 2, 0);
  Execute(4, 1, 0);
  Execute(5, 1, 1);
  Execute(6, 1, 2);
  EXPECT_EQ(Lookup(7, 1, 0), Forgotten(7));
  EXPECT_EQ(Lookup(8, 1, 1), Did(5));
  EXPECT_EQ(Lookup(9, 2, 0), Did(3));
}

TEST_F(WritersBytesTest, WritersWithoutOutcomesAreTakenAsTheyStand) {
  for (LogIndex index = 1; index <= 3; ++index) Open(index, 1, index);
  Execute(4, 2, 0);
  Execute(5, 2, 1);
  Execute(6, 3, 0);
  Execute(7, 3, 1);
  EXPECT_EQ(writers_.nodes().size(), 1u) << "1 went for nothing, 2 made room";
  EXPECT_EQ(Lookup(8, 3, 0), Did(6));
}

TEST_F(WritersBytesTest, WhatIsTooLargeByItselfIsForgottenAtOnce) {
  Open(1, 1);
  Execute(2, 1, 5);
  writers_.Remember(Named(1, 6), kHash, Outcome{3, CasMismatch{std::string(400, '1')}});
  EXPECT_EQ(writers_.nodes().bytes(), 0u);
  EXPECT_EQ(Lookup(4, 1, 6), Forgotten(4));
  EXPECT_EQ(Lookup(5, 1, 7), std::nullopt);
}

TEST_F(WritersBytesTest, ClientsHaveBytesOfTheirOwn) {
  Open(1, 1);
  writers_.OpenClient(2, OpenClient{});
  for (uint64_t seq = 0; seq < 3; ++seq) {
    Execute(3 + seq, 1, seq);
    Command command = Named(2, seq);
    command.once = true;
    writers_.Remember(command, kHash, Outcome{3 + seq, Done{}});
  }
  EXPECT_EQ(writers_.nodes().outcomes(), 3u);
  EXPECT_EQ(writers_.clients().outcomes(), 3u);
}

TEST_F(WritersTest, TheHashCoversEverythingThatIsRemembered) {
  const uint64_t empty = writers_.Hash(0);
  EXPECT_NE(writers_.Hash(1), empty);
  Open(1, 1);
  const uint64_t opened = writers_.Hash(0);
  EXPECT_NE(opened, empty);
  Execute(2, 1, 5);
  const uint64_t executed = writers_.Hash(0);
  EXPECT_NE(executed, opened);
  Lookup(3, 1, 5, 6);
  const uint64_t dropped = writers_.Hash(0);
  EXPECT_NE(dropped, opened) << "seq 5 was executable then and is not now";
  Open(4, 2);
  EXPECT_NE(writers_.Hash(0), dropped);
}

TEST_F(WritersTest, TheHashTellsOutcomesApart) {
  const auto after = [](const Outcome& outcome) {
    Writers writers(WriterLimits{});
    writers.Open(1, OpenWriter{"n1", 7, 1});
    writers.Remember(Named(1, 5), kHash, outcome);
    return writers.Hash(0);
  };
  const TxnOp read{TxnOp::Kind::kRead, "1", "2"};
  const Outcome all[] = {{2, Done{}},
                         {3, Done{}},
                         {2, KeyMissing{}},
                         {2, CasMismatch{"1"}},
                         {2, CasMismatch{"2"}},
                         {2, NotAList{"1"}},
                         {2, TooLarge{Limit::kValue, 7}},
                         {2, TooLarge{Limit::kValue, 8}},
                         {2, TooLarge{Limit::kKey, 8}},
                         {2, TxnDone{}},
                         {2, TxnDone{{read}}},
                         {2, TxnDone{{read, read}}},
                         {2, TxnDone{{{TxnOp::Kind::kRead, "1", "3"}}}},
                         {2, TxnDone{{{TxnOp::Kind::kWrite, "1", "2"}}}},
                         {2, Opened{}},
                         {2, Cancelled{}},
                         {2, SessionRefused{Verdict::kLostHistory}},
                         {2, SessionRefused{Verdict::kFromFuture}},
                         {2, Fated{}},
                         {2, Fated{Fated::Kind::kCommitted, 1}},
                         {2, Fated{Fated::Kind::kCommitted, 2}},
                         {2, Fated{Fated::Kind::kRefused, 0, Fated::Refusal::kNotAList}},
                         {2, Fated{Fated::Kind::kRefused, 0, Fated::Refusal::kKeyMissing}}};
  for (const Outcome& a : all) {
    for (const Outcome& b : all) EXPECT_EQ(after(a) == after(b), a == b);
  }
}

TEST_F(WritersTest, TheHashTellsOperationsAndWhoseTheyAreApart) {
  const auto after = [](bool once, uint64_t operation_hash) {
    Writers writers(WriterLimits{});
    writers.Open(1, OpenWriter{"", 0, 0});
    writers.OpenClient(2, OpenClient{});
    Command command = Named(once ? 2 : 1, 5);
    command.once = once;
    writers.Remember(command, operation_hash, Outcome{3, Done{}});
    return writers.Hash(0);
  };
  EXPECT_NE(after(false, 1), after(false, 2));
  EXPECT_NE(after(true, 1), after(true, 2));
  EXPECT_NE(after(false, 1), after(true, 1));
}

// The sums that are kept up must be what a fresh start on the remaining state comes to.
TEST_F(WritersTest, TheHashOfWhatIsLeftIsThatOfAFreshStart) {
  Open(1, 1);
  for (uint64_t seq = 0; seq < 50; ++seq) Execute(2 + seq, 1, seq, seq / 2);
  Lookup(90, 1, 49, 48);

  Writers fresh(kSmall);
  fresh.Open(1, OpenWriter{"n1", 7, 1});
  fresh.Lookup(90, Named(1, 49, 48), kHash);
  fresh.Remember(Named(1, 49), kHash, Outcome{51, Done{}});
  fresh.Remember(Named(1, 48), kHash, Outcome{50, Done{}});
  EXPECT_EQ(writers_.Hash(3), fresh.Hash(3));
}

}  // namespace
}  // namespace tidemark::kv
