// Rounds, and what an answer must repeat to count (docs/design.md, rounds). One node is real.
#include "node/raft/rounds.h"

#include <cstdint>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

constexpr Time Ms(int64_t ms) { return Time() + Duration::Millis(ms); }

// --- When a round began -------------------------------------------------------------------------

TEST(Rounds, KnowWhenEachBegan) {
  Rounds rounds(Duration::Millis(500), Duration::Millis(5));
  EXPECT_EQ(rounds.BegunAt(1), std::nullopt);
  rounds.Begin(Ms(100));
  rounds.Begin(Ms(150));
  EXPECT_EQ(rounds.last(), 2u);
  EXPECT_EQ(rounds.BegunAt(0), std::nullopt);
  EXPECT_EQ(rounds.BegunAt(1), Ms(100));
  EXPECT_EQ(rounds.BegunAt(2), Ms(150));
  EXPECT_EQ(rounds.BegunAt(3), std::nullopt) << "it has not begun";
}

TEST(Rounds, ForgetWhatIsTooLongAgo) {
  Rounds rounds(Duration::Millis(500), Duration::Millis(5));
  rounds.Begin(Ms(100));
  rounds.Begin(Ms(200));
  rounds.Begin(Ms(600));
  EXPECT_EQ(rounds.BegunAt(1), Ms(100));
  rounds.Begin(Ms(650));
  EXPECT_EQ(rounds.BegunAt(1), std::nullopt);
  EXPECT_EQ(rounds.BegunAt(2), Ms(200));
}

TEST(Rounds, ThatBeginTogetherCountFromTheFirst) {
  Rounds rounds(Duration::Millis(500), Duration::Millis(5));
  for (int64_t ms = 0; ms < 10; ++ms) rounds.Begin(Ms(ms));
  EXPECT_EQ(rounds.BegunAt(5), Ms(0));
  EXPECT_EQ(rounds.BegunAt(6), Ms(5));
  EXPECT_EQ(rounds.BegunAt(10), Ms(5));
}

// --- What a leader takes for an answer ----------------------------------------------------------

// n1 leads in term 3 and has entries up to index 4, which only it has; it led in term 2 before. A
// read waits for round `round_`.
class Answers : public testing::Test {
 protected:
  Answers() : n1_(1, {Bootstrap(), Noop(1, 2)}) {
    n1_.Elect();
    n1_.Persist();
    n1_.Hear(kN2, NewerTerm{Term(2)});
    while (n1_.raft().leads()) n1_.Advance(50);
    n1_.Elect();
    n1_.Persist();
    n1_.Hear(kN2, Replied(Term(3), 1, Appended{Index(2)}));
    n1_.Hear(kN3, Replied(Term(3), 1, Appended{Index(2)}));
    read_ = n1_.StartRead();
    round_ = n1_.Sent<AppendEntries>()->round;
  }

  RoundEcho Echo() const { return {kLife, Term(3), round_}; }
  const Progress& n2() { return n1_.raft().peers().front(); }
  void ExpectNothingComesOf(const RoundEcho& echo, Term own = Term(3)) {
    const Time heard = n2().last_heard();
    const Time answered = n2().last_answered();
    const Index next = n2().next_index();
    n1_.Advance(20);
    n1_.Hear(kN2, AppendReply{own, echo, Appended{Index(4)}});
    n1_.Hear(kN2, AppendReply{own, echo, Conflict{Index(4), Term(), Index(3)}});
    EXPECT_FALSE(n1_.Confirmed(read_));
    EXPECT_EQ(n1_.raft().commit_index(), Index());
    EXPECT_EQ(n2().match_index(), Index(2));
    EXPECT_EQ(n2().next_index(), next);
    EXPECT_EQ(n2().last_heard(), heard);
    EXPECT_EQ(n2().last_answered(), answered);
    EXPECT_TRUE(n1_.raft().leads());
  }

  Played n1_;
  uint64_t read_ = 0;
  uint64_t round_ = 0;
};

TEST_F(Answers, ToThisVeryLeadershipCount) {
  n1_.Hear(kN2, AppendReply{Term(3), Echo(), Appended{Index(4)}});
  EXPECT_EQ(n1_.raft().commit_index(), Index(4));
  EXPECT_TRUE(n1_.Confirmed(read_));
}

TEST_F(Answers, ToItsFormerTermCountForNothing) { ExpectNothingComesOf({kLife, Term(2), round_}); }

TEST_F(Answers, ToATermThatIsStillToComeCountForNothing) {
  ExpectNothingComesOf({kLife, Term(4), round_});
}

TEST_F(Answers, ToAnotherLifeCountForNothing) {
  ExpectNothingComesOf({Life(0x1ff), Term(3), round_});
}

TEST_F(Answers, OfOneWhoIsInAnOlderTermCountForNothing) { ExpectNothingComesOf(Echo(), Term(2)); }

TEST_F(Answers, ToARoundThatHasNotBegunCountForNothing) {
  ExpectNothingComesOf({kLife, Term(3), round_ + 1});
}

TEST_F(Answers, OfALaterTermDeposeAndCountForNothing) {
  n1_.Hear(kN2, AppendReply{Term(4), Echo(), Appended{Index(4)}});
  EXPECT_FALSE(n1_.raft().leads());
  EXPECT_EQ(n1_.raft().term(), Term(4));
  EXPECT_EQ(n1_.raft().commit_index(), Index());
  EXPECT_FALSE(n1_.Confirmed(read_));
}

TEST_F(Answers, ThatANewerTermHasBegunDepose) {
  n1_.Hear(kN2, NewerTerm{Term(3)});
  EXPECT_TRUE(n1_.raft().leads()) << "that is its own";
  n1_.Hear(kN2, NewerTerm{Term(4)});
  EXPECT_FALSE(n1_.raft().leads());
  EXPECT_EQ(n1_.raft().term(), Term(4));
}

// --- CheckQuorum --------------------------------------------------------------------------------

// n1 leads, and a round begins each 50 ms.
class Office : public testing::Test {
 protected:
  Office() : n1_(1, {Bootstrap()}) {
    n1_.Elect();
    n1_.Persist();
    for (int i = 0; i < 4; ++i) n1_.Advance(50);
    round_ = n1_.Sent<AppendEntries>()->round;
  }
  void Hear(const Member& from, uint64_t round) {
    n1_.Hear(from, Replied(n1_.raft().term(), round, Appended{Index(2)}));
  }
  int64_t MsUntilItStepsDown() {
    int64_t ms = 0;
    for (; n1_.raft().leads() && ms < 2'000; ms += 10) n1_.Advance(10);
    return ms;
  }

  Played n1_;
  uint64_t round_ = 0;
};

TEST_F(Office, LastsForATimeOutFromTheBeginningOfTheLastRoundAnswered) {
  Hear(kN2, round_);
  EXPECT_EQ(MsUntilItStepsDown(), 500);
}

TEST_F(Office, IsNotProlongedByTheTimeThatAnAnswerTook) {
  const uint64_t answered = round_;
  for (int i = 0; i < 5; ++i) n1_.Advance(50);
  for (int i = 0; i < 10; ++i) Hear(kN2, answered);
  EXPECT_EQ(MsUntilItStepsDown(), 250) << "the round began 250 ms ago";
}

TEST_F(Office, IsNotProlongedByIncarnationsThatTakeTurns) {
  for (int i = 0; i < 40 && n1_.raft().leads(); ++i) {
    n1_.Hear({"n2", Incarnation(99)}, BootstrapWanted{{"n1", "n2", "n3"}});
    n1_.Hear(kN2, BootstrapWanted{{"n1", "n2", "n3"}});
    n1_.Advance(50);
  }
  EXPECT_FALSE(n1_.raft().leads());
}

// --- What a follower answers --------------------------------------------------------------------

const Snapshot kFile{At(2, 9), {kCluster, {kN1, kN2, kN3}}, 100, 7};

InstallSnapshot Piece(uint64_t term, uint64_t round, Life life, uint64_t offset, uint64_t bytes) {
  return {Term(term), round, {kFile, offset, std::string(bytes, 'x')}, life};
}

constexpr Life kLifeOfN2(0x2fe);
constexpr Life kLifeOfN3(0x3fe);

TEST(Echo, IsOfTheMessageThatIsAnswered) {
  Played n1(2, {Bootstrap()});
  n1.Hear(kN2, AppendEntries{Term(3), At(1, 1), {Noop(3, 2)}, Index(1), 41, kLifeOfN2});
  EXPECT_EQ(n1.Last<AppendReply>()->echo, (RoundEcho{kLifeOfN2, Term(3), 41}));
  n1.Hear(kN2, AppendEntries{Term(3), At(3, 7), {}, Index(1), 42, kLifeOfN2});
  EXPECT_EQ(n1.Last<AppendReply>()->echo, (RoundEcho{kLifeOfN2, Term(3), 42}));
  n1.Hear(kN2, Piece(3, 43, kLifeOfN2, 0, 0));
  EXPECT_EQ(n1.Last<InstallReply>()->echo, (RoundEcho{kLifeOfN2, Term(3), 43}));
}

TEST(Echo, IsNotGivenToALeaderOfAnOlderTerm) {
  Played n1(3, {Bootstrap()});
  n1.Hear(kN2, AppendEntries{Term(2), At(1, 1), {}, Index(1), 41, kLifeOfN2});
  n1.Hear(kN2, Piece(2, 41, kLifeOfN2, 0, 0));
  EXPECT_EQ(n1.said(), 2u);
  EXPECT_EQ(n1.Count<NewerTerm>(), 2u);
}

// n2 leads in term 3 and has sent a piece, which the disk has not written yet.
class Later : public testing::Test {
 protected:
  Later() : n1_(2, {Bootstrap()}) {
    n1_.Hear(kN2, Piece(3, 41, kLifeOfN2, 0, 100));
    n1_.Forget();
  }
  void Written() {
    n1_.Do([&](Raft* raft, Time) { raft->PieceWritten(kFile, 100, true); });
  }
  void Installed() {
    n1_.Do([&](Raft* raft, Time now) { raft->SnapshotInstalled(now, kFile); });
  }

  Played n1_;
};

TEST_F(Later, TheLeaderThatAskedIsAnswered) {
  Written();
  EXPECT_EQ(n1_.Last<InstallReply>()->echo, (RoundEcho{kLifeOfN2, Term(3), 41}));
  Installed();
  EXPECT_EQ(n1_.Last<AppendReply>()->echo, (RoundEcho{kLifeOfN2, Term(3), 41}));
}

TEST_F(Later, TheLastRoundOfThatLeaderIsAnswered) {
  n1_.Hear(kN2, Piece(3, 43, kLifeOfN2, 0, 0));
  n1_.Hear(kN2, Piece(3, 42, kLifeOfN2, 0, 0));
  Written();
  EXPECT_EQ(n1_.Last<InstallReply>()->echo, (RoundEcho{kLifeOfN2, Term(3), 43}));
}

TEST_F(Later, AnotherLeaderIsNotAnswered) {
  n1_.Hear(kN3, AppendEntries{Term(4), At(1, 1), {}, Index(1), 90, kLifeOfN3});
  n1_.Forget();
  Written();
  Installed();
  EXPECT_EQ(n1_.said(), 0u) << "n3 has asked nothing of it";
}

TEST_F(Later, NobodyIsAnsweredOnceANewerTermHasBegun) {
  n1_.Hear(kN3, NewerTerm{Term(4)});
  Written();
  Installed();
  EXPECT_EQ(n1_.said(), 0u);
}

TEST_F(Later, TheSameNameInALaterTermIsNotAnswered) {
  n1_.Hear(kN2, AppendEntries{Term(4), At(1, 1), {}, Index(1), 1, kLifeOfN2});
  n1_.Forget();
  Written();
  Installed();
  EXPECT_EQ(n1_.said(), 0u) << "its rounds began anew";
}

TEST_F(Later, WhoAskedLastIsAnswered) {
  n1_.Hear(kN3, Piece(4, 2, kLifeOfN3, 100, 0));
  n1_.Forget();
  Written();
  EXPECT_EQ(n1_.Last<InstallReply>()->echo, (RoundEcho{kLifeOfN3, Term(4), 2}));
  Installed();
  EXPECT_EQ(n1_.Last<AppendReply>()->echo, (RoundEcho{kLifeOfN3, Term(4), 2}));
}

}  // namespace
}  // namespace tidemark::raft
