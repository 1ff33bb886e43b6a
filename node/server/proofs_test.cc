// What a session proves to a follower, and what it does not.
#include <cstdint>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"
#include "node/server/verdict.h"

namespace tidemark::server::testing {
namespace {

class Proofs : public Sessions {};

// n2 has the entry when the client's answer leaves n1, and hears only later that it is committed.
TEST_F(Proofs, AFollowerServesWhatTheTokenProves) {
  const Reply wrote = cluster_.AskInSession("n1", Put("1"));
  const uint64_t applied = cluster_.node("n2").applied().value();
  ASSERT_LT(applied, wrote.session->index) << "the schedule has no gap to speak of";
  const Reply read = cluster_.AskInSession("n2", GetOwn(), wrote.session);
  EXPECT_EQ(ValueOf(read.body), "1");
  const ServedByFollower* served = Follower(read.body);
  ASSERT_NE(served, nullptr);
  EXPECT_EQ(served->proved_index, raft::Index(wrote.session->index));
  EXPECT_EQ(served->follower_applied_index.value(), applied);
  EXPECT_EQ(served->waited_ms, 0);
  EXPECT_EQ(read.session, wrote.session);
  EXPECT_EQ(cluster_.node("n2").applied().value(), applied) << "nothing was applied for it";
}

TEST_F(Proofs, ABareIndexProvesNothing) {
  const Reply wrote = cluster_.AskInSession("n1", Put("1"));
  ASSERT_LT(cluster_.node("n2").applied().value(), wrote.session->index);
  const ReplyBody read = cluster_.Ask("n2", GetOwn(wrote.session->index));
  EXPECT_EQ(ValueOf(read), "1");
  const ServedByFollower* served = Follower(read);
  ASSERT_NE(served, nullptr);
  EXPECT_FALSE(served->proved_index);
}

// The entry is in n1's log alone and will be lost. Whoever makes up a token for it reads what never
// was; the others at that node do not, and nothing of the node has changed.
TEST_F(Proofs, AForgedTokenHurtsItsForgerOnly) {
  const Token before = cluster_.AskInSession("n1", Get()).session;
  CutOffLeader();
  cluster_.Send("n1", Put("666"));
  AwaitThatNobodyFollowsN1();
  const uint64_t state = cluster_.node("n1").machine().Hash();
  const raft::Index commit_index = cluster_.node("n1").raft().commit_index();
  kv::Session forged = *before;
  forged.index = cluster_.node("n1").raft().log().last_index().value();
  ASSERT_GT(forged.index, before->index);
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n1", GetOwn(), forged).body), "666");
  EXPECT_EQ(cluster_.node("n1").machine().Hash(), state);
  EXPECT_EQ(cluster_.node("n1").raft().commit_index(), commit_index);
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n1", GetOwn(), before).body), "0");
  EXPECT_EQ(ValueOf(cluster_.Ask("n1", GetOwn())), "0");
  EXPECT_EQ(ValueOf(cluster_.Ask("n2", GetOwn())), "0");
}

TEST_F(Proofs, ADeletionIsProvedToo) {
  const Token gone = cluster_.AskInSession("n1", WriteRequest{kv::Delete{"x"}, {}}).session;
  const Reply read = cluster_.AskInSession("n2", GetOwn(), gone);
  EXPECT_EQ(AsError(read.body).code, ErrorCode::kKeyMissing) << ValueOf(read.body);
  ASSERT_TRUE(AsError(read.body).served);
  EXPECT_TRUE(std::get<ServedByFollower>(*AsError(read.body).served).proved_index);
}

// n2 has two writes and has heard of neither that it is committed.
class TwoUnheardOf : public Proofs {
 protected:
  TwoUnheardOf() {
    const int64_t first = cluster_.Send("n1", Put("1"), std::nullopt);
    const int64_t second = cluster_.Send("n1", Put("2"), std::nullopt);
    cluster_.AdvanceUntil([&] { return cluster_.Answer(second) != nullptr; });
    first_ = *cluster_.WholeAnswer(first)->session;
    second_ = *cluster_.WholeAnswer(second)->session;
    EXPECT_LT(cluster_.node("n2").applied().value(), first_.index) << "there is no gap";
  }

  kv::Session first_;
  kv::Session second_;
};

TEST_F(TwoUnheardOf, EachTokenProvesWhatItNamesAndNoMore) {
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n2", GetOwn(), second_).body), "2");
  const Reply read = cluster_.AskInSession("n2", GetOwn(), first_);
  ASSERT_NE(Follower(read.body), nullptr);
  EXPECT_EQ(Follower(read.body)->proved_index, raft::Index(first_.index));
  EXPECT_EQ(ValueOf(read.body), "1") << "as of the index that it was proved for";
}

TEST_F(TwoUnheardOf, ATokenDoesNotProveTheWriteBehindIt) {
  const Reply read = cluster_.AskInSession("n2", GetOwn(second_.index), first_);
  EXPECT_EQ(ValueOf(read.body), "2");
}

// A new leader's first entry has come to a follower behind the one in question.
TEST_F(TwoUnheardOf, TheTermInWhichALogEndsProvesNothingOfWhatStandsBefore) {
  CutOffLeader();
  const raft::NodeId leader = AwaitSuccessor();
  const raft::NodeId node = leader == "n2" ? "n3" : "n2";
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return Log(node).last().term.value() > first_.term; }));
  ASSERT_LT(cluster_.node(node).applied().value(), first_.index);
  kv::Session forged = NameOf(node, Log(node).last_index());
  forged.index = first_.index;
  ExpectRefused(cluster_.AskInSession(node, GetOwn(), forged), Reason::kTokenLostHistory);
}

// n1 looks at its own entry for one who made up a token. Then the new leader's stands in its place,
// before n1 has heard that it is committed.
TEST_F(Proofs, WhatWasLookedAtAndIsLostIsNotSeenAgain) {
  const kv::Session forged = MakeUpTokenOfN1sOwn();
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n1", GetOwn(), forged).body), "666");
  CutOffLeader();
  const raft::NodeId leader = AwaitSuccessor();
  cluster_.Partition({{"n1", leader}, {leader == "n2" ? "n3" : "n2"}});
  const raft::Index index(forged.index);
  ASSERT_TRUE(
      cluster_.AdvanceUntil([&] { return cluster_.node(leader).raft().commit_index() >= index; }));
  ASSERT_LT(cluster_.node("n1").applied(), index) << "it has heard of it already";
  const Reply read = cluster_.AskInSession("n1", GetOwn(), NameOf(leader, index));
  ASSERT_NE(Follower(read.body), nullptr);
  EXPECT_EQ(Follower(read.body)->proved_index, index);
  EXPECT_EQ(ValueOf(read.body), "0");
}

TEST(ProvedReads, AreServedAsSoonAsTheEntryComes) {
  bool slow = false;
  bool to_n2 = false;
  Cluster cluster({.options = {.pull = false}, .fate = [&](Random*) {
                     return std::vector{Duration::Millis(slow && to_n2 ? 5 : 0)};
                   }});
  cluster.on_send = [&](const PeerMessage& message) { to_n2 = message.header.to.id == "n2"; };
  cluster.Write("n1", "x", "0");
  cluster.Advance(200);
  slow = true;
  const Token token = cluster.AskInSession("n1", Put("1")).session;
  ASSERT_LT(cluster.node("n2").raft().log().last_index().value(), token->index);
  const Reply read = cluster.AskInSession("n2", GetOwn(), token);
  ASSERT_NE(Follower(read.body), nullptr);
  EXPECT_EQ(Follower(read.body)->proved_index, raft::Index(token->index));
  EXPECT_LE(Follower(read.body)->waited_ms, 5);
}

// n1 has entries of its own at the token's index and beyond. What it gets in their place ends below
// where its log had ended.
TEST_F(Proofs, ALogThatWasReplacedIsLookedAtAgain) {
  CutOffLeader();
  for (int i = 0; i < 5; ++i) cluster_.Send("n1", Put("666"));
  const raft::NodeId leader = AwaitSuccessor();
  const raft::Index index = Log(leader).last_index();
  ASSERT_TRUE(
      cluster_.AdvanceUntil([&] { return cluster_.node(leader).raft().commit_index() >= index; }));
  const Token token = NameOf(leader, index);
  cluster_.Partition({{leader}, {"n1", leader == "n2" ? "n3" : "n2"}});
  const RywReadRequest patient{"x", raft::Index(), true, Duration::Millis(10'000)};
  const Reply read = cluster_.AskInSession("n1", patient, token);
  ASSERT_NE(Follower(read.body), nullptr) << ValueOf(read.body);
  EXPECT_EQ(Follower(read.body)->proved_index, index);
  EXPECT_EQ(ValueOf(read.body), "0");
}

TEST_F(Proofs, AnotherClustersTokenProvesNothing) {
  kv::Session forged = MakeUpTokenOfN1sOwn();
  ++forged.cluster;
  const int64_t asked = cluster_.Send("n1", GetOwn(), forged);
  cluster_.Advance(200);
  EXPECT_EQ(cluster_.Answer(asked), nullptr);
}

TEST_F(Proofs, AWrongStampProvesNothing) {
  kv::Session forged = MakeUpTokenOfN1sOwn();
  ++forged.stamp;
  const int64_t asked = cluster_.Send("n1", GetOwn(), forged);
  cluster_.Advance(200);
  EXPECT_EQ(cluster_.Answer(asked), nullptr) << "an uncommitted entry gives no verdict either";
  cluster_.Heal();
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
  EXPECT_EQ(AsError(*cluster_.Answer(asked)).code, ErrorCode::kPreconditionFailed);
}

}  // namespace
}  // namespace tidemark::server::testing
