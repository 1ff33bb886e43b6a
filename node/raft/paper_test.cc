// Sentences of the Raft paper and of the design, each with the message that puts it to the test.
// One node is real; its peers are played.
#include <cstdint>
#include <variant>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(Figure2, AFollowerTruncatesOnlyWhereTermsConflict) {
  Played node(2, {Bootstrap(), Noop(2, 2), Noop(2, 3)});
  node.Hear(kN2, Append(2, At(1, 1), {Noop(2, 2)}));  // an older message that comes late
  EXPECT_EQ(node.raft().log().last_index(), Index(3));
  node.Hear(kN2, Append(3, At(2, 2), {Noop(3, 3)}));
  EXPECT_EQ(node.raft().log().TermAt(Index(3)), Term(3));
}

TEST(Figure2, CommitsNoFurtherThanTheMessageReaches) {
  Played node(2, {Bootstrap(), Noop(2, 2), Noop(2, 3)});
  node.Hear(kN2, Append(3, At(1, 1), {}, /*commit=*/3));
  EXPECT_EQ(node.raft().commit_index(), Index(1));
}

TEST(Figure2, RefusesWhatALeaderOfAnOlderTermSends) {
  Played node(5, {Bootstrap()});
  node.Hear(kN2, Append(4, At(1, 1), {Noop(4, 2)}));
  EXPECT_EQ(node.raft().log().last_index(), Index(1));
  EXPECT_EQ(*node.Last<NewerTerm>(), NewerTerm{Term(5)});
  EXPECT_EQ(node.Count<AppendReply>(), 0u) << "it says nothing of the log, and no round";
}

TEST(Figure2, OneVoteATermAndItIsKeptForTheSameMemory) {
  Played node(1, {Bootstrap()});
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_TRUE(node.Last<Vote>()->granted);
  node.Hear(kN3, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  node.Hear({"n2", Incarnation(99)}, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_TRUE(node.Last<Vote>()->granted);
}

TEST(Figure2, AVoteWaitsForTheDisk) {
  Played node(1, {Bootstrap()});
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  ASSERT_EQ(node.last().send_durable.size(), 1u);
  EXPECT_TRUE(node.last().send_now.empty());
  EXPECT_FALSE(node.last().records.empty());
}

TEST(Section541, NoVoteForALogThatIsLessUpToDate) {
  Played node(2, {Bootstrap(), Noop(2, 2)});
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(3), At(1, 9)});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  node.Hear(kN3, RequestVote{Ballot::kElection, Term(3), At(2, 2)});
  EXPECT_TRUE(node.Last<Vote>()->granted);
}

TEST(Section542, OnlyEntriesOfItsOwnTermAreCommittedByCounting) {
  Played node(2, {Bootstrap(), Noop(2, 2)});
  node.Elect();
  node.Persist();
  node.Hear(kN2, Replied(node.raft().term(), 1, Appended{Index(2)}));
  EXPECT_EQ(node.raft().commit_index(), Index());
  node.Hear(kN2, Replied(node.raft().term(), 1, Appended{Index(3)}));
  EXPECT_EQ(node.raft().commit_index(), Index(3));
}

TEST(Leader, CountsItselfOnlyAfterItsOwnDisk) {
  Played node(1, {Bootstrap()});
  node.Elect();
  node.Hear(kN2, Replied(node.raft().term(), 1, Appended{Index(2)}));
  EXPECT_EQ(node.raft().commit_index(), Index());
  node.Persist();
  EXPECT_EQ(node.raft().commit_index(), Index(2));
}

TEST(Leader, TakesNoAcknowledgementOfAnOlderTerm) {
  Played node(3, {Bootstrap()});
  node.Elect();
  node.Persist();
  node.Hear(kN2, Replied(Term(3), 1, Appended{Index(2)}));
  EXPECT_EQ(node.raft().commit_index(), Index());
}

TEST(Leader, TakesNoAcknowledgementOfAnUnnamedIncarnation) {
  Played node(1, {Bootstrap()});
  node.Elect();
  node.Persist();
  node.Hear({"n2", Incarnation(99)}, Replied(node.raft().term(), 1, Appended{Index(2)}));
  EXPECT_EQ(node.raft().commit_index(), Index());
}

TEST(Leader, IsNotElectedByAnUnnamedIncarnation) {
  Played node(1, {Bootstrap()});
  node.Advance(1'000);
  node.Hear({"n2", Incarnation(99)}, Vote{Term(1), Ballot::kPreVote, Term(2), true});
  EXPECT_EQ(node.raft().term(), Term(1));
  node.Hear(kN3, Vote{Term(1), Ballot::kPreVote, Term(2), true});
  EXPECT_EQ(node.raft().term(), Term(2));
  node.Persist();
  node.Hear({"n2", Incarnation(99)}, Vote{Term(2), Ballot::kElection, Term(2), true});
  EXPECT_FALSE(node.raft().leads());
}

TEST(Leader, WithASilentMajorityStepsDown) {
  Played node(1, {Bootstrap()});
  node.Elect();
  for (int i = 0; i < 12 && node.raft().leads(); ++i) node.Advance(50);
  EXPECT_FALSE(node.raft().leads());
}

TEST(Leader, SendsNoMoreThanItsWindow) {
  Played node(1, {Bootstrap()});
  node.Elect();
  node.Forget();
  for (int i = 0; i < 100; ++i) node.Propose();
  // Two peers, each with one message unanswered from the election.
  EXPECT_EQ(node.said(), 2 * (Options().max_inflight_messages - 1));
}

TEST(ReadIndex, IsNotConfirmedByAnAcknowledgementOfAnEarlierRound) {
  Played node(1, {Bootstrap()});
  node.Elect();
  node.Persist();
  const Term term = node.raft().term();
  node.Hear(kN2, Replied(term, 1, Appended{Index(2)}));
  node.StartRead();
  const uint64_t round = node.Last<AppendEntries>()->round;
  node.Hear(kN3, Replied(term, round - 1, Appended{Index(2)}));
  EXPECT_TRUE(node.last().confirmed_reads.empty());
  node.Hear(kN3, Replied(term, round, Appended{Index(2)}));
  ASSERT_EQ(node.last().confirmed_reads.size(), 1u);
  EXPECT_EQ(node.last().confirmed_reads[0].read_index, Index(2));
}

TEST(ReadIndex, OfALeaderThatLosesItsTermIsLost) {
  Played node(1, {Bootstrap()});
  node.Elect();
  const uint64_t read = node.StartRead();
  node.Hear(kN2, Replied(Term(9), 1, Appended{Index(2)}));
  ASSERT_EQ(node.last().lost_reads.size(), 1u);
  EXPECT_EQ(node.last().lost_reads[0], read);
}

TEST(LeaderStickiness, WhoHearsALeaderNeitherVotesNorTakesTheTermOver) {
  Played node(2, {Bootstrap()});
  node.Hear(kN2, Append(2, At(1, 1), {}));
  node.Hear(kN3, RequestVote{Ballot::kElection, Term(9), At(8, 8)});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  EXPECT_EQ(node.raft().term(), Term(2));
}

TEST(PreVote, ChangesNothingAtTheVoter) {
  Played node(2, {Bootstrap()});
  node.Hear(kN3, RequestVote{Ballot::kPreVote, Term(9), At(8, 8)});
  EXPECT_TRUE(node.Last<Vote>()->granted);
  EXPECT_EQ(node.raft().term(), Term(2));
  EXPECT_TRUE(node.last().records.empty());
}

TEST(Bootstrap, ANodeWithALogRefusesAndKeepsItsTerm) {
  Played node(2, {Bootstrap()});
  node.Hear(kN2, RequestBootstrap{Term(9), {"n1", "n2", "n3"}});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  EXPECT_EQ(node.raft().term(), Term(2));
}

TEST(Bootstrap, AMajorityDoesNotBootstrap) {
  Played node(0, {});
  node.Do([](Raft* raft, Time now) { raft->Bootstrap(now); });
  node.Persist();
  node.Hear(kN2, Vote{Term(1), Ballot::kBootstrap, Term(1), true});
  EXPECT_FALSE(node.raft().leads());
}

TEST(Incarnation, WhatIsMeantForAFormerLifeIsDroppedAndSaidSo) {
  Played node(2, {Bootstrap()});
  const Header header{kN2, {"n1", Incarnation(10)}, kCluster};
  EXPECT_EQ(node.raft().Admit(Time(), header, nullptr), Admission::kRefused);
  node.Advance(0);
  EXPECT_NE(node.Last<WrongIncarnation>(), nullptr);
}

TEST(Cluster, AStrangersMessageIsRefusedAndBothSaySo) {
  Played node(2, {Bootstrap()});
  EXPECT_EQ(node.raft().Admit(Time(), {kN2, kN1, ClusterId(0xdef)}, nullptr), Admission::kRefused);
  node.Advance(0);
  EXPECT_NE(node.Last<WrongCluster>(), nullptr);
  EXPECT_FALSE(node.last().notices.empty());
}

TEST(Conflict, BacksUpAWholeTermAtATime) {
  Played node(4, {Bootstrap(), Noop(2, 2), Noop(2, 3), Noop(2, 4), Noop(4, 5)});
  node.Hear(kN2, Append(9, At(8, 9), {}));
  const auto* shorter = std::get_if<Conflict>(&node.Last<AppendReply>()->result);
  ASSERT_NE(shorter, nullptr);
  EXPECT_EQ(*shorter, (Conflict{Index(9), Term(), Index(6)}));
  node.Hear(kN2, Append(9, At(3, 4), {}));
  EXPECT_EQ(std::get<Conflict>(node.Last<AppendReply>()->result),
            (Conflict{Index(4), Term(2), Index(2)}));
}

}  // namespace
}  // namespace tidemark::raft
