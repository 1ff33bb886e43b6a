// Which terms a node believes in, and what becomes of one that nobody believes (docs/design.md,
// terms). One node, n1, is real.
#include "node/raft/terms.h"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"
#include "node/raft/testing/snapshots.h"

namespace tidemark::raft {
namespace {

constexpr ClusterId kNone;
constexpr ClusterId kOther(0xdef);
const Member kStrangerAsN2{"n2", Incarnation(99)};
constexpr Term kTooHigh = Term((uint64_t{1} << 53) - (uint64_t{1} << 32) + 1);

AppendEntries Heartbeat(Term term) { return {term, At(1, 1), {}, Index(1), 1, Life(0x2fe)}; }

// One of each kind that has a term.
std::vector<Body> AllOf(Term term) {
  const RoundEcho echo{kLife, term, 1};
  return {RequestVote{Ballot::kPreVote, term, At(1, 1)},
          RequestVote{Ballot::kElection, term, At(1, 1)},
          RequestBootstrap{term, {"n1", "n2", "n3"}},
          Vote{term, Ballot::kPreVote, Term(2), false},
          Vote{term, Ballot::kElection, Term(2), true},
          Heartbeat(term),
          AppendReply{term, echo, Appended{Index(1)}},
          InstallSnapshot{term, 1, {Taken(2, 9), 0, ""}, Life(0x2fe)},
          InstallReply{term, echo, At(2, 9), 100, 7, 0, 0},
          NewerTerm{term},
          Unnamed{term}};
}

// --- Terms that are too high --------------------------------------------------------------------

TEST(HighestTerm, IsBelievedAndNothingBeyondIt) {
  for (const Body& body : AllOf(kTooHigh)) {
    Played node(kTooHigh.value() - 10, {Bootstrap()});
    node.Hear(kN2, body);
    EXPECT_EQ(node.raft().term(), Term(kTooHigh.value() - 10)) << body.index();
    EXPECT_TRUE(node.last().records.empty()) << body.index();
    EXPECT_EQ(node.said(), 0u) << body.index();
    EXPECT_EQ(node.last().notices.size(), 1u) << body.index();
  }
  Played node(kTooHigh.value() - 10, {Bootstrap()});
  node.Hear(kN2, Heartbeat(Term(kTooHigh.value() - 1)));
  EXPECT_EQ(node.raft().term(), kHighestTerm);
}

TEST(HighestTerm, IsNotPassedByOneThatHasNothingEither) {
  Played node(0, {});
  node.Hear(kN2, Heartbeat(kTooHigh));
  EXPECT_EQ(node.raft().term(), Term());
}

TEST(HighestTerm, IsToldOfOnce) {
  Played node(1, {Bootstrap()});
  node.Hear(kN2, NewerTerm{kTooHigh});
  EXPECT_EQ(node.last().notices.size(), 1u);
  node.Hear(kN2, NewerTerm{kTooHigh});
  EXPECT_TRUE(node.last().notices.empty());
}

TEST(HighestTerm, IsTheLastThatIsStoodIn) {
  Played node(kHighestTerm.value(), {Bootstrap()});
  EXPECT_FALSE(node.last().notices.empty());
  node.Advance(10'000);
  EXPECT_EQ(node.said(), 0u);
  Played before(kHighestTerm.value() - 1, {Bootstrap()});
  before.Advance(10'000);
  EXPECT_EQ(before.Count<RequestVote>(), 2u);
}

TEST(HighestTerm, OnADiskThatIsBeyondItOpensAndSaysSo) {
  Played node(uint64_t{1} << 62, {Bootstrap()});
  EXPECT_EQ(node.last().notices.size(), 1u);
  node.Advance(10'000);
  node.Hear(kN2, Heartbeat(Term(3)));
  EXPECT_EQ(node.Count<RequestVote>(), 0u);
  EXPECT_EQ(node.raft().leader(), "");
}

TEST(HighestTerm, BootstrapsNothing) {
  Played node(kHighestTerm.value(), {});
  node.Do([](Raft* raft, Time now) { raft->Bootstrap(now); });
  EXPECT_EQ(node.said(), 0u);
  EXPECT_EQ(node.raft().term(), kHighestTerm);
}

constexpr uint64_t kFar = uint64_t{1} << 32;

TEST(FarTerm, IsNotBelievedByOneThatHasALog) {
  for (const Body& body : AllOf(Term(kFar + 2))) {
    Played node(1, {Bootstrap()});
    node.Hear(kN2, body);
    EXPECT_EQ(node.raft().term(), Term(1)) << body.index();
    EXPECT_EQ(node.said(), 0u) << body.index();
    EXPECT_EQ(node.last().notices.size(), 1u) << body.index();
  }
  Played node(1, {Bootstrap()});
  node.Hear(kN2, Heartbeat(Term(kFar + 1)));
  EXPECT_EQ(node.raft().term(), Term(kFar + 1));
}

TEST(FarTerm, IsBelievedOfALeaderByOneThatHasNothing) {
  Played node(0, {});
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(kFar + 1), At(1, 1)});
  EXPECT_EQ(node.raft().term(), Term());
  node.Hear(kN2, Heartbeat(Term(kFar + 1)));
  EXPECT_EQ(node.raft().term(), Term(kFar + 1));
}

// --- Terms of those who name no cluster ---------------------------------------------------------

TEST(TermOfNoCluster, IsBelievedOfAnIncarnationThatIsNamed) {
  Played node(1, {Bootstrap()});
  node.Hear(kStrangerAsN2, NewerTerm{Term(2)}, kNone);
  node.Hear(kStrangerAsN2, Vote{Term(2), Ballot::kPreVote, Term(2), false}, kNone);
  EXPECT_EQ(node.raft().term(), Term(1));
  node.Hear(kN2, NewerTerm{Term(2)}, kNone);
  EXPECT_EQ(node.raft().term(), Term(2));
}

TEST(TermOfNoCluster, IsTakenWithItsClusterFromAnybody) {
  Played node(1, {Bootstrap()});
  node.Hear(kStrangerAsN2, NewerTerm{Term(2)});
  EXPECT_EQ(node.raft().term(), Term(2));
}

// n1 has entry 1; n2 bootstrapped, has lost it, and is in term 2 since it was asked to bootstrap
// again.
TEST(TermOfNoCluster, OfAFounderThatLostItsEntryIsLearned) {
  Played node(1, {Bootstrap()});
  node.Advance(1'000);
  EXPECT_EQ(node.Last<RequestVote>()->term, Term(2));
  node.Hear(kN2, Vote{Term(2), Ballot::kPreVote, Term(2), false}, kNone);
  EXPECT_EQ(node.raft().term(), Term(2));
  node.Persist();
  node.Advance(1'000);
  EXPECT_EQ(node.Last<RequestVote>()->term, Term(3));
}

TEST(TermOfNoCluster, IsBelievedInABootstrapOnly) {
  Played founder(0, {});
  founder.Do([](Raft* raft, Time now) { raft->Bootstrap(now); });
  founder.Hear(kN2, Vote{Term(5), Ballot::kElection, Term(1), false}, kNone);
  founder.Hear(kN2, NewerTerm{Term(5)}, kNone);
  EXPECT_EQ(founder.raft().term(), Term(1));
  founder.Hear(kN2, Vote{Term(5), Ballot::kBootstrap, Term(1), false}, kNone);
  EXPECT_EQ(founder.raft().term(), Term(5));
}

// --- One that nobody follows --------------------------------------------------------------------

TEST(Unnamed, IsToldToOneThatHasNothing) {
  Played leader(1, {Bootstrap()});
  leader.Elect();
  leader.Hear(kStrangerAsN2, NewerTerm{Term(7)}, kNone);
  EXPECT_TRUE(leader.raft().leads());
  ASSERT_EQ(leader.Count<Unnamed>(), 1u);
  EXPECT_EQ(leader.Last<Unnamed>()->term, Term(2));
  leader.Hear(kStrangerAsN2, NewerTerm{kTooHigh}, kNone);
  EXPECT_EQ(leader.Count<Unnamed>(), 2u);
  leader.Hear(kN2, NewerTerm{Term(7)}, kNone);
  EXPECT_EQ(leader.Count<Unnamed>(), 2u) << "its term is taken instead";
  EXPECT_EQ(leader.raft().term(), Term(7));
}

TEST(Unnamed, BeginsAnewWhereItHasNothing) {
  Played node(7, {});
  const Member before = node.raft().self();
  node.Hear(kN2, Unnamed{Term(2)});
  EXPECT_EQ(node.raft().term(), Term());
  EXPECT_EQ(node.raft().hard_state().voted_for, Member());
  EXPECT_NE(node.raft().self().incarnation, before.incarnation);
  ASSERT_EQ(node.last().records.size(), 1u);
  EXPECT_EQ(std::get<Rebirth>(node.last().records[0]), Rebirth{node.raft().self().incarnation});
}

TEST(Unnamed, FollowsThenAndAsTheOtherIncarnation) {
  Played node(7, {});
  node.Hear(kN2, Unnamed{Term(2)});
  node.Persist();
  node.Hear(kN2, Heartbeat(Term(2)));
  EXPECT_EQ(node.Count<AppendReply>(), 0u) << "it was meant for the former one";
  EXPECT_EQ(node.Count<WrongIncarnation>(), 1u);
}

TEST(Unnamed, IsNothingToOneThatHasALog) {
  Played node(7, {Bootstrap()});
  node.Hear(kN2, Unnamed{Term(2)});
  EXPECT_EQ(node.raft().term(), Term(7));
  EXPECT_EQ(node.raft().self(), kN1);
}

TEST(Unnamed, IsNothingToOneWhoseTermIsNotInTheWay) {
  Played node(7, {});
  node.Hear(kN2, Unnamed{Term(7)});
  EXPECT_EQ(node.raft().self(), kN1);
}

TEST(Unnamed, IsForTheIncarnationThatItNames) {
  Played node(7, {});
  const Header header{kN2, {"n1", Incarnation()}, kCluster};
  node.Do([&](Raft* raft, Time now) {
    const Body body = Unnamed{Term(2)};
    EXPECT_EQ(raft->Admit(now, header, &body), Admission::kTaken);
    raft->Receive(now, header, body);
  });
  EXPECT_EQ(node.raft().self(), kN1);
}

// --- Of another cluster -------------------------------------------------------------------------

TEST(OtherCluster, OfALeaderIsTakenByOneThatHasNothing) {
  Played node(0, {});
  node.Hear(kN3, RequestVote{Ballot::kPreVote, Term(1), At(1, 1)}, kOther);
  EXPECT_EQ(node.raft().cluster(), kOther);
  node.Hear(kN2, RequestVote{Ballot::kPreVote, Term(1), At(1, 1)});
  EXPECT_EQ(node.raft().cluster(), kOther) << "that is no leader";
  EXPECT_EQ(node.Count<WrongCluster>(), 1u);
  AppendEntries first{Term(1), {}, {Bootstrap()}, Index(1), 1, Life(0x2fe)};
  node.Hear(kN2, first);
  EXPECT_EQ(node.raft().cluster(), kCluster);
  EXPECT_EQ(node.raft().log().last_index(), Index(1));
}

TEST(OtherCluster, OfALeaderIsNotTakenByOneThatHasALog) {
  Played node(1, {Bootstrap()});
  node.Hear(kN2, Heartbeat(Term(2)), kOther);
  EXPECT_EQ(node.raft().cluster(), kCluster);
  EXPECT_EQ(node.raft().term(), Term(1));
}

}  // namespace
}  // namespace tidemark::raft
