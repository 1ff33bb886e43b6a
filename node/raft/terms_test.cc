// Which terms a node believes in (docs/design.md, terms). One node, n1, is real.
#include "node/raft/terms.h"

#include <cstdint>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

constexpr Term kTooHigh = Term((uint64_t{1} << 53) - (uint64_t{1} << 32) + 1);

const Snapshot kFile{At(2, 9), {kCluster, {kN1, kN2, kN3}}, 100, 7};

AppendEntries Heartbeat(Term term) { return {term, At(1, 1), {}, Index(1), 1, Life(0x2fe)}; }

// One of each kind that has a term.
std::vector<Body> AllOf(Term term) {
  const RoundEcho echo{kLife, term, 1};
  return {RequestVote{Ballot::kPreVote, term, At(1, 1)},
          RequestVote{Ballot::kElection, term, At(1, 1)},
          RequestFounding{term, {"n1", "n2", "n3"}},
          Vote{term, Ballot::kPreVote, Term(2), false},
          Vote{term, Ballot::kElection, Term(2), true},
          Heartbeat(term),
          AppendReply{term, echo, Appended{Index(1)}},
          InstallSnapshot{term, 1, {kFile, 0, ""}, Life(0x2fe)},
          InstallReply{term, echo, kFile.last_included, 100, 7, 0, 0},
          NewerTerm{term}};
}

// --- Terms that are too high --------------------------------------------------------------------

TEST(HighestTerm, IsBelievedAndNothingBeyondIt) {
  for (const Body& body : AllOf(kTooHigh)) {
    Played node(kTooHigh.value() - 10, {Founding()});
    node.Hear(kN2, body);
    EXPECT_EQ(node.raft().term(), Term(kTooHigh.value() - 10)) << body.index();
    EXPECT_TRUE(node.last().records.empty()) << body.index();
    EXPECT_EQ(node.said(), 0u) << body.index();
    EXPECT_EQ(node.last().notices.size(), 1u) << body.index();
  }
  Played node(kTooHigh.value() - 10, {Founding()});
  node.Hear(kN2, Heartbeat(Term(kTooHigh.value() - 1)));
  EXPECT_EQ(node.raft().term(), kHighestTerm);
}

TEST(HighestTerm, IsNotPassedByOneThatHasNothingEither) {
  Played node(0, {});
  node.Hear(kN2, Heartbeat(kTooHigh));
  EXPECT_EQ(node.raft().term(), Term());
}

TEST(HighestTerm, IsTheLastThatIsStoodIn) {
  Played node(kHighestTerm.value(), {Founding()});
  EXPECT_FALSE(node.last().notices.empty());
  node.Advance(10'000);
  EXPECT_EQ(node.said(), 0u);
  Played before(kHighestTerm.value() - 1, {Founding()});
  before.Advance(10'000);
  EXPECT_EQ(before.Count<RequestVote>(), 2u);
}

TEST(HighestTerm, OnADiskThatIsBeyondItOpensAndSaysSo) {
  Played node(uint64_t{1} << 62, {Founding()});
  EXPECT_EQ(node.last().notices.size(), 1u);
  node.Advance(10'000);
  node.Hear(kN2, Heartbeat(Term(3)));
  EXPECT_EQ(node.Count<RequestVote>(), 0u);
  EXPECT_EQ(node.raft().leader(), "");
}

TEST(HighestTerm, FoundsNothing) {
  Played node(kHighestTerm.value(), {});
  node.Do([](Raft* raft, Time) { raft->Found(); });
  EXPECT_EQ(node.said(), 0u);
  EXPECT_EQ(node.raft().term(), kHighestTerm);
}

constexpr uint64_t kFar = uint64_t{1} << 32;

TEST(FarTerm, IsNotBelievedByOneThatHasALog) {
  for (const Body& body : AllOf(Term(kFar + 2))) {
    Played node(1, {Founding()});
    node.Hear(kN2, body);
    EXPECT_EQ(node.raft().term(), Term(1)) << body.index();
    EXPECT_EQ(node.said(), 0u) << body.index();
    EXPECT_EQ(node.last().notices.size(), 1u) << body.index();
  }
  Played node(1, {Founding()});
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

}  // namespace
}  // namespace tidemark::raft
