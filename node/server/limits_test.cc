// What is too much for a node, and for its cluster: refused with an error that says so, whoever
// asks and however much at once.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "node/server/server.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server::testing {
namespace {

constexpr Limits kSmall{.line = 1000, .key = 20, .value = 100, .answer = 300};

std::string Of(size_t bytes) { return std::string(bytes, '1'); }
kv::TxnOp R(std::string key) { return {kv::TxnOp::Kind::kRead, std::move(key), ""}; }
kv::TxnOp A(std::string key, std::string value) {
  return {kv::TxnOp::Kind::kAppend, std::move(key), std::move(value)};
}
RequestBody TxnOf(std::vector<kv::TxnOp> ops) { return WriteRequest{kv::Txn{std::move(ops)}, {}}; }

void ExpectTooLarge(const ReplyBody& body, ErrorCode code, Limit limit) {
  const Error& error = AsError(body);
  EXPECT_EQ(error.code, code) << error.text;
  EXPECT_EQ(error.reason, Reason::kTooLarge);
  EXPECT_EQ(error.limit, (kv::TooLarge{limit, kSmall.Of(limit)}));
}

// --- The cluster's ------------------------------------------------------------------------------

Cluster::Setup SmallLimits() {
  Cluster::Setup setup;
  setup.options.raft.limits = kSmall;
  return setup;
}

class ClusterLimits : public Sessions {
 protected:
  ClusterLimits() : Sessions(SmallLimits()) {}
};

TEST_F(ClusterLimits, StandInTheEntryThatBeginsIt) {
  for (const char* node : {"n1", "n2", "n3"}) {
    EXPECT_EQ(cluster_.node(node).machine().limits(), kSmall) << node;
    EXPECT_EQ(Log(node).configuration()->limits, kSmall) << node;
  }
}

TEST_F(ClusterLimits, WhatTheRequestShowsIsInNoLog) {
  const raft::Index before = Log("n1").last_index();
  for (const char* node : {"n1", "n2", "n3"}) {
    ExpectTooLarge(cluster_.Write(node, "x", Of(101)), ErrorCode::kMalformed, Limit::kValue);
    ExpectTooLarge(cluster_.Write(node, Of(21), "1"), ErrorCode::kMalformed, Limit::kKey);
    ExpectTooLarge(cluster_.Ask(node, TxnOf({A("l", Of(99))})), ErrorCode::kMalformed,
                   Limit::kValue);
    const std::vector<kv::TxnOp> many(20, R("x"));  // each is 17 bytes at least
    ExpectTooLarge(cluster_.Ask(node, TxnOf(many)), ErrorCode::kMalformed, Limit::kAnswer);
  }
  EXPECT_EQ(Log("n1").last_index(), before);
}

TEST_F(ClusterLimits, WhatTheStateShowsIsDecidedWhereItStands) {
  cluster_.Ask("n1", TxnOf({A("l", Of(90))}));
  for (const char* node : {"n1", "n2", "n3"}) {
    ExpectTooLarge(cluster_.Ask(node, TxnOf({A("l", Of(10))})), ErrorCode::kPreconditionFailed,
                   Limit::kValue);
    ExpectTooLarge(cluster_.Ask(node, TxnOf({A("m", "1"), R("l"), R("l"), R("l")})),
                   ErrorCode::kPreconditionFailed, Limit::kAnswer);
    EXPECT_EQ(AsError(cluster_.Read(node, "m")).code, ErrorCode::kKeyMissing) << "it is undone";
  }
  cluster_.Advance(200);
  for (const char* node : {"n2", "n3"}) {
    EXPECT_EQ(cluster_.node(node).machine().Hash(), cluster_.node("n1").machine().Hash()) << node;
  }
}

TEST_F(ClusterLimits, ARefusalByTheLogIsAFate) {
  const Client client = Open("n2");
  cluster_.Ask("n1", TxnOf({A("l", Of(90))}));
  const kv::Txn append{{A("l", Of(10))}};
  for (int i = 0; i < 2; ++i) {
    ExpectTooLarge(cluster_.Ask("n2", WriteRequest{append, client.Id(1)}),
                   ErrorCode::kPreconditionFailed, Limit::kValue);
  }
  const kv::Fated fated = FateIn(cluster_.Ask("n3", FateOf(client.Name(1))));
  EXPECT_EQ(fated, (kv::Fated{kv::Fated::Kind::kRefused, 0, kv::Fated::Refusal::kTooLarge}));
}

TEST_F(ClusterLimits, AreThereAfterAStart) {
  for (const char* node : {"n1", "n2", "n3"}) cluster_.Kill(node);
  for (const char* node : {"n1", "n2", "n3"}) cluster_.Restart(node);
  ASSERT_GT(IndexOf(cluster_.Write("n2", "x", "1")), 0u);
  ExpectTooLarge(cluster_.Write("n2", "x", Of(101)), ErrorCode::kMalformed, Limit::kValue);
}

Recovered WithLimits(const Limits& limits) {
  const raft::Member self{"n1", raft::Incarnation(1)};
  const raft::ConfigurationEntry entry{{raft::ClusterId(9), {self}, limits}, raft::Stamp(7)};
  Recovered recovered;
  recovered.hard_state = {raft::Term(1), self};
  recovered.log.push_back(
      std::make_shared<raft::Entry>(raft::Entry{{raft::Term(1), raft::Index(1)}, entry}));
  return recovered;
}

// --- Openings -----------------------------------------------------------------------------------

int OpeningsOf(const raft::Log& log, const raft::NodeId& node) {
  int count = 0;
  for (raft::Index at = log.first_index(); at <= log.last_index(); at = at.Next()) {
    const auto* body = std::get_if<raft::CommandRef>(&log.At(at)->body);
    if (body == nullptr) continue;
    const auto* opening = std::get_if<kv::OpenWriter>(&LogCommand::Of(*body).operation);
    count += opening != nullptr && opening->node == node ? 1 : 0;
  }
  return count;
}

class Openings : public Sessions {};

// What n1 sends takes 3 s to n3, which asks every 250 ms.
TEST_F(Openings, AreAppendedOnceHoweverOftenTheyAreAskedFor) {
  cluster_.route = [&](const PeerMessage& message) -> std::vector<Duration> {
    const bool slow = message.header.from.id == "n1" && message.header.to.id == "n3";
    return {slow ? Duration::Millis(cluster_.now_ms() / 2) : Duration()};
  };
  cluster_.Advance(4'000);
  ASSERT_EQ(cluster_.node("n3").raft().leader(), "n1");
  const int64_t asked = cluster_.Send("n3", Put("1"));
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
  EXPECT_GT(IndexOf(*cluster_.Answer(asked)), 0u);
  EXPECT_EQ(OpeningsOf(Log("n1"), "n3"), 1);
}

// n3 learns of its opening by a snapshot, and of no entry with it.
TEST(OpeningsInASnapshot, AreUsed) {
  Cluster::Setup setup;
  setup.options.snapshot_log_bytes = 2'000;
  setup.options.raft.keep_log_bytes = 500;
  setup.options.raft.max_log_bytes = 1'000;
  setup.options.request_timeout = Duration::Millis(60'000);
  Cluster cluster(setup);
  cluster.Write("n1", "x", "0");
  cluster.Advance(200);
  cluster.lose = [](const PeerMessage& message) { return message.header.to.id == "n3"; };
  const int64_t asked = cluster.Send("n3", Put("1"));
  cluster.Advance(50);
  for (int i = 0; i < 200; ++i) cluster.Write("n1", "\"k\"", Of(20));
  ASSERT_EQ(OpeningsOf(cluster.node("n1").raft().log(), "n3"), 0) << "it is in the snapshot";
  EXPECT_EQ(cluster.Answer(asked), nullptr);
  cluster.lose = nullptr;
  ASSERT_TRUE(cluster.AdvanceUntil([&] { return cluster.Answer(asked) != nullptr; }));
  EXPECT_GT(IndexOf(*cluster.Answer(asked)), 0u);
  EXPECT_EQ(OpeningsOf(cluster.node("n1").raft().log(), "n3"), 0) << "none was needed again";
}

// Its number is not on the disk, and that it was used is in the snapshot: an older copy has taken
// the disk's place.
TEST(OpeningsInASnapshot, AreNotDoneAgainByANodeWhoseDiskForgotThem) {
  Recovered recovered = WithLimits(Limits());
  const auto& founding = std::get<raft::ConfigurationEntry>(recovered.log[0]->body);
  recovered.machine = std::make_shared<kv::StateMachine>();
  recovered.machine->Configure(1, 9, Limits());
  recovered.machine->BeginTerm(1, 1, 7);
  recovered.machine->Apply(2, kv::Command{{}, kv::OpenWriter{"n1", 1, 5, 0xb5}});
  recovered.log_base = {raft::Term(1), raft::Index(2)};
  recovered.snapshot = raft::Snapshot{recovered.log_base, founding.configuration, 1, 1};
  recovered.log.clear();
  Server server({}, {{{"n1", raft::Incarnation(1)}, {"n1"}, raft::Life(1)}, 1, 1},
                std::move(recovered), Time{});
  std::vector<Input> inputs;
  Output out = server.Step(Time{1}, absl::MakeSpan(inputs));
  inputs.emplace_back(Persisted{out.sequence});
  inputs.emplace_back(ClientRequest{{"c1", 1}, Put("1"), {}});
  out = server.Step(Time{1}, absl::MakeSpan(inputs));
  ASSERT_FALSE(out.gone_back) << "it has not looked yet";
  inputs.clear();
  inputs.emplace_back(Persisted{out.sequence});
  out = server.Step(Time{2}, absl::MakeSpan(inputs));
  EXPECT_TRUE(out.gone_back);
  EXPECT_EQ(server.machine().writers().nodes().size(), 1u) << "it opens no other";
}

}  // namespace
}  // namespace tidemark::server::testing
