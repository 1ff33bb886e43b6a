// A disk that has gone back: how a leader finds out, what it still counts, and what the node does
// that is told so (docs/design.md, disks that went back).
#include <cstdint>
#include <memory>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

const Member kStrangerAsN3{"n3", Incarnation(99)};

// --- The leader ---------------------------------------------------------------------------------

// n1 leads in term 2. Both others have acknowledged its first entry, at index 3; n1 has appended
// index 4 since, which is on its own disk only.
class WentBackLeader : public testing::Test {
 protected:
  WentBackLeader() : n1_(1, {Bootstrap(), Noop(1, 2)}) {
    n1_.Elect();
    n1_.Persist();
    n1_.Hear(kN2, Replied(Term(2), 1, Appended{Index(3)}));
    n1_.Hear(kN3, Replied(Term(2), 1, Appended{Index(3)}));
    n1_.Propose();
    n1_.Persist();
    n1_.Advance(50);
    n1_.Forget();
  }

  uint64_t round() { return n1_.Last<AppendEntries>()->round; }
  const Progress& n3() { return n1_.raft().peers().back(); }
  void Lacks(uint64_t prev, uint64_t round) {
    n1_.Hear(kN3, Replied(Term(2), round, Conflict{Index(prev), Term(), Index(2)}));
  }
  void LacksAndIsFoundOut() {
    n1_.Advance(50);
    Lacks(3, round());
    ASSERT_TRUE(n3().lost());
  }

  Played n1_;
};

TEST_F(WentBackLeader, FindsOutByAnAnswerToARoundThatBeganLater) {
  n1_.Advance(50);
  Lacks(3, round());
  EXPECT_EQ(n3().lost(), At(2, 3));
  EXPECT_FALSE(n3().counts());
  EXPECT_EQ(n3().match_index(), Index());
  ASSERT_NE(n1_.Last<WentBack>(), nullptr);
  EXPECT_EQ(*n1_.Last<WentBack>(), (WentBack{Term(2), round(), At(2, 3), kLife}));
  EXPECT_EQ(n1_.Count<WentBack>(), 1u);
}

TEST_F(WentBackLeader, TellsItAgainWithEachHeartbeatAndSendsItNothingElse) {
  LacksAndIsFoundOut();
  n1_.Forget();
  n1_.Propose();
  EXPECT_EQ(n1_.Count<AppendEntries>(), 1u) << "to n2";
  n1_.Hear(kN2, Replied(Term(2), round(), Appended{Index(4)}));
  n1_.Forget();
  n1_.Advance(50);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 1u) << "to n2";
  EXPECT_EQ(n1_.Count<WentBack>(), 1u);
}

// Before the match was known n3 may have answered what it now has.
TEST_F(WentBackLeader, IsNotMisledByAnAnswerToAnEarlierRound) {
  Lacks(3, 1);
  EXPECT_FALSE(n3().lost());
  EXPECT_TRUE(n3().counts());
  EXPECT_EQ(n3().match_index(), Index(3));
}

TEST_F(WentBackLeader, IsNotMisledByTheLackOfWhatWasNeverAcknowledged) {
  n1_.Advance(50);
  Lacks(4, round());
  EXPECT_FALSE(n3().lost());
  EXPECT_EQ(n3().match_index(), Index(3));
}

// first_index alone proves nothing: the hint goes back a whole term.
TEST_F(WentBackLeader, IsNotMisledByAHintThatGoesFarBack) {
  n1_.Advance(50);
  n1_.Hear(kN3, Replied(Term(2), round(), Conflict{Index(4), Term(1), Index(1)}));
  EXPECT_FALSE(n3().lost());
}

TEST_F(WentBackLeader, IsNotMisledByAnAnswerToAnotherTermOrLife) {
  n1_.Advance(50);
  n1_.Hear(kN3, AppendReply{Term(2), {kLife, Term(1), round()}, Conflict{Index(3), {}, Index(2)}});
  n1_.Hear(kN3,
           AppendReply{Term(2), {Life(7), Term(2), round()}, Conflict{Index(3), {}, Index(2)}});
  n1_.Hear(kN3, AppendReply{Term(1), {kLife, Term(2), round()}, Conflict{Index(3), {}, Index(2)}});
  EXPECT_FALSE(n3().lost());
}

TEST_F(WentBackLeader, IsNotMisledByWhatIsAskedOfIndexZero) {
  n1_.Advance(50);
  n1_.Hear(kN3, Replied(Term(2), round(), Conflict{Index(), Term(), Index(1)}));
  EXPECT_FALSE(n3().lost());
}

// n2 leads in term 3 by now, elected by n3, and has acknowledged more; n3's disk goes back to where
// it followed n1. The very answer that shows it would confirm n1's read.
TEST_F(WentBackLeader, ConfirmsNoReadByTheProof) {
  const uint64_t read = n1_.StartRead();
  n1_.Advance(50);
  Lacks(3, round());
  EXPECT_FALSE(n1_.Confirmed(read));
  n1_.Hear(kN2, Replied(Term(2), round(), Appended{Index(4)}));
  EXPECT_TRUE(n1_.Confirmed(read)) << "n2 is a majority with n1";
}

TEST_F(WentBackLeader, ConfirmsNoReadByWhatItSaysLater) {
  LacksAndIsFoundOut();
  const uint64_t read = n1_.StartRead();
  n1_.Advance(50);
  n1_.Hear(kN3, Replied(Term(2), round(), Appended{Index(4)}));
  EXPECT_FALSE(n1_.Confirmed(read));
  EXPECT_EQ(n1_.raft().commit_index(), Index(3)) << "nor does it commit by that";
}

TEST_F(WentBackLeader, StaysInOfficeByNothingThatItSays) {
  LacksAndIsFoundOut();
  for (int beats = 0; beats < 20 && n1_.raft().leads(); ++beats) {
    n1_.Advance(50);
    n1_.Hear(kN3, Replied(Term(2), round(), Appended{Index(4)}));
  }
  EXPECT_FALSE(n1_.raft().leads());
}

// A late message of another start of the name makes no new peer of it.
TEST_F(WentBackLeader, KnowsItAgainWhereANameTakesTurns) {
  LacksAndIsFoundOut();
  n1_.Hear(kStrangerAsN3, Replied(Term(2), round(), Appended{Index(1)}));
  EXPECT_EQ(n3().peer(), kStrangerAsN3);
  n1_.Hear(kN3, Replied(Term(2), round(), Appended{Index(4)}));
  EXPECT_EQ(n3().peer(), kN3);
  EXPECT_TRUE(n3().lost());
  EXPECT_FALSE(n3().counts());
}

TEST_F(WentBackLeader, SendsEntriesAgainToOneThatHasTheEntryAndCountsItInItsNextTermOnly) {
  LacksAndIsFoundOut();
  const uint64_t told = round();
  n1_.Hear(kN3, Replied(Term(2), told, Appended{Index(3)}));
  EXPECT_TRUE(n3().is_told()) << "that may have been said before";
  n1_.Advance(50);
  n1_.Hear(kN3, Replied(Term(2), told + 1, Appended{Index(3)}));
  EXPECT_FALSE(n3().is_told());
  EXPECT_FALSE(n3().counts());
  n1_.Forget();
  n1_.Hear(kN3, Replied(Term(2), told + 1, Appended{Index(4)}));
  EXPECT_EQ(n3().match_index(), Index(4));
  EXPECT_EQ(n1_.raft().commit_index(), Index(3));
  // And it may go back once more.
  n1_.Advance(50);
  n1_.Advance(50);
  Lacks(3, round());
  EXPECT_TRUE(n3().is_told());
}

// Its votes promise what it may forget; a pre-vote promises nothing, and without it nobody could
// stand where n3 has its right disk back and n2 is down.
TEST_F(WentBackLeader, MayStandByItsPreVoteOnceItLeadsNoMore) {
  LacksAndIsFoundOut();
  while (n1_.raft().leads()) n1_.Advance(50);
  n1_.Advance(1'000);
  n1_.Hear(kN3, Vote{Term(2), Ballot::kPreVote, Term(3), true});
  EXPECT_EQ(n1_.raft().term(), Term(3));
}

TEST_F(WentBackLeader, LetsALearnersMatchFall) {
  n1_.Hear(kStrangerAsN3, Replied(Term(2), 1, Appended{Index(3)}));
  ASSERT_FALSE(n3().counts());
  ASSERT_EQ(n3().match_index(), Index(3));
  n1_.Advance(50);
  n1_.Hear(kStrangerAsN3, Replied(Term(2), round(), Conflict{Index(3), Term(), Index(2)}));
  EXPECT_EQ(n3().match_index(), Index());
  EXPECT_FALSE(n3().lost());
  EXPECT_EQ(n3().next_index(), Index(2));
  EXPECT_EQ(n1_.Count<WentBack>(), 0u);
}

// --- While it is sent a snapshot ----------------------------------------------------------------

TEST(WentBackTransfer, DoesNotHideIt) {
  Options options;
  options.keep_log_bytes = 0;
  options.max_log_bytes = 1;
  Played n1(Restored{{Term(1), {}}, {}, {}, {Bootstrap(), Noop(1, 2)}}, options);
  n1.Elect();
  n1.Persist();
  n1.Hear(kN2, Replied(Term(2), 1, Appended{Index(3)}));
  n1.Hear(kN3, Replied(Term(2), 1, Appended{Index(3)}));
  n1.Advance(50);
  const uint64_t round = n1.Last<AppendEntries>()->round;
  for (int i = 0; i < 3; ++i) n1.Propose();
  n1.Persist();
  n1.Hear(kN2, Replied(Term(2), round, Appended{Index(6)}));
  n1.Hear(kN3, Replied(Term(2), round, Conflict{Index(6), Term(), Index(5)}));
  ASSERT_FALSE(n1.raft().peers().back().lost()) << "it has not acknowledged them";
  const Snapshot taken{At(2, 6), *n1.raft().log().configuration(), 10, 7};
  n1.Do([&](Raft* raft, Time) { raft->SnapshotTaken(taken); });
  for (int beats = 0; beats < 3; ++beats) {
    n1.Advance(50);
    n1.Hear(kN2, Replied(Term(2), round + 1, Appended{Index(6)}));
  }
  const Progress& n3 = n1.raft().peers().back();
  ASSERT_NE(n3.transfer(), nullptr);
  n1.Hear(kN3, Replied(Term(2), round + 1, Conflict{Index(3), Term(), Index(2)}));
  EXPECT_EQ(n3.lost(), At(2, 3));
  EXPECT_EQ(n3.transfer(), nullptr);
}

// --- The node that is told ----------------------------------------------------------------------

WentBack Word(uint64_t term, LogPosition lost) { return {Term(term), 9, lost, Life(5)}; }

// n1 follows n2 in term 2, up to index 3.
class WentBackFollower : public testing::Test {
 protected:
  WentBackFollower() : n1_(2, {Bootstrap(), Noop(1, 2), Noop(2, 3)}) {
    n1_.Hear(kN2, AppendEntries{Term(2), At(2, 3), {}, Index(2), 1, Life(5)});
    n1_.Persist();
    n1_.Forget();
  }

  Played n1_;
};

TEST_F(WentBackFollower, GivesUpAndSaysNothingAnyMore) {
  n1_.Hear(kN3, RequestVote{Ballot::kElection, Term(2), At(2, 9)});
  n1_.Forget();
  n1_.Hear(kN2, Word(2, At(2, 4)));
  EXPECT_EQ(n1_.raft().lost(), At(2, 4));
  EXPECT_EQ(n1_.raft().deadline(), Time::Never());
  n1_.Hear(kN2, AppendEntries{Term(2), At(2, 3), {Noop(2, 4)}, Index(2), 10, Life(5)});
  n1_.Hear(kN3, RequestVote{Ballot::kElection, Term(3), At(2, 9)});
  n1_.Advance(10'000);
  EXPECT_EQ(n1_.said(), 0u);
  EXPECT_EQ(n1_.raft().term(), Term(2));
  EXPECT_EQ(n1_.raft().log().last_index(), Index(3));
}

TEST_F(WentBackFollower, ThatIsStillInAnOlderTermGivesUpToo) {
  n1_.Hear(kN3, Word(5, At(5, 4)));
  EXPECT_TRUE(n1_.raft().lost());
}

TEST_F(WentBackFollower, RefusesTheWordWhereItHasTheEntry) {
  n1_.Hear(kN2, Word(2, At(2, 3)));
  EXPECT_FALSE(n1_.raft().lost());
  n1_.Persist();
  ASSERT_NE(n1_.Sent<AppendReply>(), nullptr);
  EXPECT_EQ(*n1_.Sent<AppendReply>(),
            (AppendReply{Term(2), {Life(5), Term(2), 9}, Appended{Index(3)}}));
}

// In the newer term that entry may have given way to another leader's.
TEST_F(WentBackFollower, IsToldNothingByALeaderOfAnOlderTerm) {
  n1_.Hear(kN3, Word(1, At(1, 4)));
  EXPECT_FALSE(n1_.raft().lost());
  ASSERT_NE(n1_.Last<NewerTerm>(), nullptr);
  EXPECT_EQ(*n1_.Last<NewerTerm>(), NewerTerm{Term(2)});
}

TEST_F(WentBackFollower, IsToldNothingThatIsNotOfThisIncarnation) {
  const Header header{kN2, {"n1", {}}, kCluster};
  n1_.Do([&](Raft* raft, Time now) {
    const Body body = Word(2, At(2, 4));
    ASSERT_EQ(raft->Admit(now, header, &body), Admission::kTaken);
    raft->Receive(now, header, body);
  });
  EXPECT_FALSE(n1_.raft().lost());
}

// --- Votes --------------------------------------------------------------------------------------

// n1 has voted for nobody in term 4, follows n2 there, and is asked by n3 when it has forgotten
// that: with the leader it would have to forget the term.
TEST(FollowedLeader, IsWrittenDownAsTheVoteOfItsTerm) {
  Played n1(2, {Bootstrap(), Noop(1, 2)});
  n1.Hear(kN2, AppendEntries{Term(4), At(1, 2), {}, Index(2), 1, Life(5)});
  ASSERT_EQ(n1.last().records.size(), 1u) << "with the term, in one record";
  EXPECT_EQ(std::get<HardState>(n1.last().records.front()), (HardState{Term(4), kN2}));
  n1.Hear(kN2, AppendEntries{Term(4), At(1, 2), {}, Index(2), 2, Life(5)});
  EXPECT_TRUE(n1.last().records.empty());
}

TEST(FollowedLeader, IsWrittenDownWhereTheTermWasKnownBefore) {
  Played n1(4, {Bootstrap(), Noop(1, 2)});
  n1.Hear(kN2, AppendEntries{Term(4), At(1, 2), {}, Index(2), 1, Life(5)});
  EXPECT_EQ(n1.raft().hard_state(), (HardState{Term(4), kN2}));
}

TEST(FollowedLeader, DoesNotChangeAVote) {
  Played n1(HardState{Term(4), kN3}, {Bootstrap(), Noop(1, 2)});
  n1.Hear(kN2, AppendEntries{Term(4), At(1, 2), {}, Index(2), 1, Life(5)});
  EXPECT_EQ(n1.raft().hard_state(), (HardState{Term(4), kN3}));
}

// --- Entries that cannot be ---------------------------------------------------------------------

EntryRef OtherNoop(uint64_t term, uint64_t index) {
  return std::make_shared<const Entry>(Entry{{Term(term), Index(index)}, TermStart{Stamp(77)}});
}

TEST_F(WentBackFollower, RefusesOtherBytesUnderOneTermAndIndex) {
  n1_.Hear(kN2, AppendEntries{Term(2), At(1, 2), {OtherNoop(2, 3)}, Index(2), 2, Life(5)});
  EXPECT_EQ(n1_.said(), 0u);
  ASSERT_EQ(n1_.last().notices.size(), 1u);
  EXPECT_EQ(n1_.last().notices.front().level, Notice::Level::kError);
  EXPECT_FALSE(n1_.last().contradicted);
  n1_.Hear(kN2, AppendEntries{Term(2), At(1, 2), {Noop(2, 3)}, Index(2), 2, Life(5)});
  EXPECT_EQ(n1_.Count<AppendReply>(), 1u);
}

TEST_F(WentBackFollower, IsContradictedByOtherBytesWhereItsEntryIsCommitted) {
  n1_.Hear(kN2, AppendEntries{Term(2), At(1, 1), {OtherNoop(1, 2)}, Index(2), 2, Life(5)});
  EXPECT_EQ(n1_.said(), 0u);
  EXPECT_EQ(n1_.last().contradicted, Index(2));
}

TEST_F(WentBackFollower, IsContradictedByAnotherTermThere) {
  n1_.Hear(kN3, AppendEntries{Term(3), At(1, 1), {Noop(3, 2)}, Index(2), 2, Life(5)});
  EXPECT_EQ(n1_.said(), 0u);
  EXPECT_EQ(n1_.last().contradicted, Index(2));
}

TEST_F(WentBackFollower, IsContradictedByWhatEntriesAreSaidToStandBehind) {
  n1_.Hear(kN3, AppendEntries{Term(3), At(3, 2), {}, Index(2), 2, Life(5)});
  EXPECT_EQ(n1_.said(), 0u) << "a conflict would make its log give way";
  EXPECT_EQ(n1_.last().contradicted, Index(2));
}

TEST_F(WentBackFollower, IsContradictedByASnapshot) {
  const Snapshot other{At(2, 2), *n1_.raft().log().configuration(), 10, 7};
  n1_.Hear(kN3, InstallSnapshot{Term(3), 2, {other, 0, {}}, Life(5)});
  EXPECT_EQ(n1_.said(), 0u) << "it must not acknowledge that";
  EXPECT_EQ(n1_.last().contradicted, Index(2));
}

}  // namespace
}  // namespace tidemark::raft
