// A cluster's life, told in the words of the protocol.
#include "node/server/testing/cluster.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/server/requests.h"

namespace tidemark::server {
namespace {

using testing::Cluster;

uint64_t CommitIndex(const ReplyBody& reply) {
  const auto* ok = std::get_if<WriteOk>(&reply);
  return ok != nullptr ? ok->commit_index.value() : 0;
}

std::string Value(const ReplyBody& reply) {
  if (const auto* ok = std::get_if<ReadOk>(&reply)) return ok->value;
  if (const auto* ok = std::get_if<RywReadOk>(&reply)) return ok->value;
  if (const auto* error = std::get_if<Error>(&reply)) return "error: " + error->text;
  return "";
}

int Code(const ReplyBody& reply) {
  const auto* error = std::get_if<Error>(&reply);
  return error != nullptr ? static_cast<int>(error->code) : 0;
}

TEST(Bootstrap, IsSilentUntilSomebodyNeedsALeader) {
  Cluster cluster({});
  EXPECT_EQ(Code(cluster.RywRead("n2", "x", 0)), 20);
  cluster.Advance(60'000);
  EXPECT_EQ(cluster.messages_sent(), 0);
  EXPECT_EQ(cluster.leader(), "");
}

TEST(Bootstrap, FirstWriteAtTheFounderTakesSixDelays) {
  Cluster cluster({.delay = Duration::Millis(10)});
  EXPECT_EQ(CommitIndex(cluster.Write("n1", "x", "1")), 3u);
  EXPECT_LE(cluster.now_ms(), 60 + 6 * 10);
}

TEST(Bootstrap, FirstWriteElsewhereTakesTwelveDelays) {
  Cluster cluster({.delay = Duration::Millis(10)});
  EXPECT_EQ(CommitIndex(cluster.Write("n3", "x", "1")), 3u);
  EXPECT_LE(cluster.now_ms(), 60 + 12 * 10);
}

TEST(Bootstrap, NeedsEveryNode) {
  Cluster cluster({});
  cluster.Kill("n3");
  EXPECT_EQ(Code(cluster.Write("n1", "x", "1")), 11);
  cluster.Restart("n3");
  EXPECT_NE(CommitIndex(cluster.Write("n1", "x", "1")), 0u);
}

// n2 has voted in term 1 for a founder that is no more. Its successor, which knows of no term, asks
// in term 1 as well, and has to go on to the next.
TEST(Bootstrap, SucceedsAfterTheFounderHasLostItsMemory) {
  Cluster cluster({});
  cluster.Kill("n3");
  cluster.Send("n1", WriteRequest{kv::Write{"x", "0"}});
  cluster.Advance(100);
  cluster.Kill("n1");
  cluster.Restart("n1", /*wipe=*/true);
  cluster.Restart("n3");
  EXPECT_NE(CommitIndex(cluster.Write("n1", "x", "1")), 0u);
}

TEST(OneNode, LeadsAtOnce) {
  Cluster cluster({.node_ids = {"n1"}});
  EXPECT_EQ(cluster.leader(), "n1");
  EXPECT_EQ(CommitIndex(cluster.Write("n1", "x", "1")), 3u);
  EXPECT_EQ(Value(cluster.Read("n1", "x")), "1");
  EXPECT_EQ(cluster.now_ms(), 0);
}

TEST(RywRead, IsServedByTheFollowerThatHasTheWrite) {
  Cluster cluster({});
  const uint64_t index = CommitIndex(cluster.Write("n1", "x", "1"));
  const ReplyBody reply = cluster.RywRead("n2", "x", index);
  ASSERT_EQ(Value(reply), "1");
  const auto& served = std::get<ServedByFollower>(std::get<RywReadOk>(reply).served);
  EXPECT_EQ(served.served_by, "n2");
  EXPECT_GE(served.follower_applied_index.value(), index);
}

TEST(RywRead, BehindAPartitionWaitsThenGoesToTheLeader) {
  Cluster cluster({});
  cluster.Write("n1", "x", "0");
  cluster.Partition({{"n1", "n3"}, {"n2"}});
  const uint64_t index = CommitIndex(cluster.Write("n1", "x", "1"));
  const int64_t read =
      cluster.Send("n2", RywReadRequest{"x", raft::Index(index), true, Duration::Millis(100)});
  cluster.Advance(90);
  EXPECT_EQ(cluster.Answer(read), nullptr);
  cluster.Heal();
  ASSERT_TRUE(cluster.AdvanceUntil([&] { return cluster.Answer(read) != nullptr; }));
  EXPECT_EQ(Value(*cluster.Answer(read)), "1");
}

TEST(RywRead, FromTheFutureIsRefusedByAConfirmedLeader) {
  Cluster cluster({});
  cluster.Write("n1", "x", "0");
  for (const char* node : {"n1", "n2", "n3"}) {
    const ReplyBody reply = cluster.RywRead(node, "x", 999);
    ASSERT_EQ(Code(reply), 22) << node;
    EXPECT_EQ(std::get<Error>(reply).reason, Reason::kTokenFromFuture);
  }
  EXPECT_LE(cluster.now_ms(), 100);
}

TEST(RywRead, OfACutOffLeaderIsNotCalledFromTheFuture) {
  Cluster cluster({});
  cluster.Write("n1", "x", "0");
  cluster.Partition({{"n1"}, {"n2", "n3"}});
  const uint64_t index = CommitIndex(cluster.Write("n2", "x", "1"));
  const int64_t read = cluster.Send("n1", RywReadRequest{"x", raft::Index(index), true, {}});
  cluster.Advance(3'000);
  EXPECT_EQ(cluster.Answer(read), nullptr);
  cluster.Heal();
  ASSERT_TRUE(cluster.AdvanceUntil([&] { return cluster.Answer(read) != nullptr; }));
  EXPECT_EQ(Value(*cluster.Answer(read)), "1");
}

TEST(RywRead, PreferringTheLeaderGoesThere) {
  Cluster cluster({});
  const uint64_t index = CommitIndex(cluster.Write("n1", "x", "1"));
  const ReplyBody reply = cluster.RywRead("n2", "x", index, /*prefer_follower=*/false);
  ASSERT_EQ(Value(reply), "1");
  EXPECT_EQ(std::get<ServedByLeader>(std::get<RywReadOk>(reply).served),
            (ServedByLeader{"n1", Reason::kLeaderPreferred}));
}

TEST(Read, IsLinearizableAtEveryNode) {
  Cluster cluster({});
  cluster.Write("n1", "x", "0");
  for (int i = 1; i <= 20; ++i) {
    const std::string value = std::to_string(i);
    ASSERT_NE(CommitIndex(cluster.Write(i % 2 == 0 ? "n2" : "n3", "x", value)), 0u);
    EXPECT_EQ(Value(cluster.Read(i % 3 == 0 ? "n1" : "n2", "x")), value);
  }
}

TEST(Read, OfADeposedLeaderWaitsForTheNewOne) {
  Cluster cluster({});
  cluster.Write("n1", "x", "0");
  cluster.Partition({{"n1"}, {"n2", "n3"}});
  const int64_t read = cluster.Send("n1", ReadRequest{"x"});
  ASSERT_NE(CommitIndex(cluster.Write("n3", "x", "1")), 0u);
  EXPECT_EQ(cluster.Answer(read), nullptr);
  cluster.Heal();
  ASSERT_TRUE(cluster.AdvanceUntil([&] { return cluster.Answer(read) != nullptr; }));
  EXPECT_EQ(Value(*cluster.Answer(read)), "1");
}

TEST(Failover, TheNextWriteSucceedsWithinASecond) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Cluster cluster({.seed = seed});
    cluster.Write("n1", "x", "0");
    cluster.Kill("n1");
    const int64_t before = cluster.now_ms();
    ASSERT_NE(CommitIndex(cluster.Write("n2", "x", "1")), 0u);
    EXPECT_LE(cluster.now_ms() - before, 1'000) << "seed " << seed;
  }
}

TEST(Failover, AWriteWhoseLeaderDiesHappensOnceAndIsAcknowledged) {
  Cluster cluster({});
  cluster.Write("n2", "list", "[]");
  kv::Txn append{{{kv::TxnOp::Kind::kAppend, "list", "1"}}};
  const int64_t write = cluster.Send("n2", WriteRequest{append});
  cluster.Advance(2);  // replicated, not yet known to be committed
  cluster.Kill("n1");
  ASSERT_TRUE(cluster.AdvanceUntil([&] { return cluster.Answer(write) != nullptr; }));
  EXPECT_TRUE(std::holds_alternative<TxnOk>(*cluster.Answer(write)));
  EXPECT_EQ(Value(cluster.Read("n3", "list")), "[1]");
}

// A question that is lost is asked again one interval after it was asked, not after some sweep.
TEST(Forwarding, ALostQuestionIsAskedAgainOneIntervalLater) {
  int64_t lost_at = -1;
  Cluster cluster({});
  cluster.Write("n2", "x", "0");  // n2 has its writer
  cluster.Advance(100);
  std::vector<int64_t> asked_at;
  cluster.on_send = [&](const PeerMessage& message) {
    const auto* question = std::get_if<Question>(&message.body);
    if (question != nullptr) asked_at.push_back(cluster.now_ms());
  };
  cluster.Send("n2", WriteRequest{kv::Write{"x", "1"}});
  cluster.Partition({{"n1", "n3"}, {"n2"}});
  lost_at = cluster.now_ms();
  cluster.Advance(20);
  cluster.Heal();
  cluster.Advance(2'000);
  ASSERT_EQ(asked_at.size(), 2u);
  EXPECT_EQ(asked_at[1] - lost_at, 250);
}

// Where followers are slow, every asker asks again, and copies would come in faster than they are
// committed: the log grows, and the more it grows the slower it is.
TEST(Forwarding, AWriteUnderWayIsNotAppendedAgain) {
  Cluster cluster({});
  cluster.Write("n2", "x", "0");
  ASSERT_EQ(cluster.leader(), "n1");
  PeerMessage asked;
  cluster.on_send = [&](const PeerMessage& message) {
    if (std::holds_alternative<Question>(message.body)) asked = message;
  };
  cluster.Send("n2", WriteRequest{kv::Write{"x", "1"}});
  ASSERT_TRUE(std::holds_alternative<Question>(asked.body));
  cluster.on_send = nullptr;
  cluster.Partition({{"n1"}, {"n2"}, {"n3"}});
  const uint64_t before = cluster.node("n1").raft().log().last_index().value();
  for (int i = 0; i < 3; ++i) cluster.Deliver("n1", asked);
  EXPECT_EQ(cluster.node("n1").raft().log().last_index().value(), before + 1);
  // Another leader has not heard of it: there it is appended.
  cluster.Partition({{"n1"}, {"n2", "n3"}});
  cluster.AdvanceUntil([&] { return cluster.leader() != "n1"; });
  cluster.Heal();
  cluster.Advance(2'000);
  EXPECT_EQ(Value(cluster.Read("n3", "x")), "1");
}

TEST(Restart, KeepsWhatWasDurable) {
  Cluster cluster({});
  const uint64_t index = CommitIndex(cluster.Write("n1", "x", "1"));
  for (const char* node : {"n1", "n2", "n3"}) cluster.Kill(node);
  for (const char* node : {"n1", "n2", "n3"}) cluster.Restart(node);
  EXPECT_EQ(Value(cluster.RywRead("n3", "x", index)), "1");
  EXPECT_NE(CommitIndex(cluster.Write("n3", "x", "2")), 0u);
}

TEST(EmptyMemory, IsALearnerThatCountsForNothing) {
  Cluster cluster({});
  const uint64_t index = CommitIndex(cluster.Write("n1", "x", "1"));
  cluster.Restart("n3", /*wipe=*/true);
  cluster.Advance(500);
  EXPECT_TRUE(cluster.node("n3").raft().learner());
  EXPECT_EQ(Value(cluster.RywRead("n3", "x", index)), "1");
  cluster.Kill("n2");
  // n1 and the learner are no majority.
  EXPECT_EQ(Code(cluster.Write("n1", "x", "2")), 13);
  cluster.Restart("n2");
  EXPECT_NE(CommitIndex(cluster.Write("n3", "x", "3")), 0u);
}

TEST(EmptyMemory, OfAMajorityBootstrapsNoSecondHistory) {
  Cluster cluster({});
  cluster.Write("n1", "x", "1");
  cluster.Restart("n1", /*wipe=*/true);
  cluster.Restart("n2", /*wipe=*/true);
  EXPECT_EQ(Code(cluster.Write("n1", "x", "2")), 11);
  EXPECT_EQ(cluster.leader(), "");
}

}  // namespace
}  // namespace tidemark::server
