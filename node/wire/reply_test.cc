// What clients are told, byte for byte.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/wire/gateway.h"
#include "node/wire/json.h"

namespace tidemark::wire {
namespace {

using raft::Index;
using server::ErrorCode;
using server::Reason;

std::string Text(server::ReplyBody body, bool stock = false) {
  std::string text;
  AppendReply("n1", {{"c0", 1}, 0, std::move(body)}, stock, &text);
  EXPECT_TRUE(ParseJson(text).ok()) << text;
  return text;
}

std::string Expected(std::string_view type, std::string_view fields) {
  return Concat(R"({"src": "n1", "dest": "c0", "body": {"type": ")", type,
                R"(", "in_reply_to": 1, "msg_id": 0)", fields, "}}");
}

TEST(Reply, IsSpelledAsTheDocumentsSpellIt) {
  EXPECT_EQ(
      Text(server::InitOk{}),
      R"({"src": "n1", "dest": "c0", "body": {"type": "init_ok", "in_reply_to": 1, "msg_id": 0}})");
  EXPECT_EQ(Text(server::EchoOk{R"({"a":[1,2]})"}),
            Expected("echo_ok", R"(, "echo": {"a": [1, 2]})"));
  EXPECT_EQ(Text(server::ReadOk{R"("a,b:c")"}), Expected("read_ok", R"(, "value": "a,b:c")"));
  EXPECT_EQ(Text(server::WriteOk{Index(10)}), Expected("write_ok", R"(, "commit_index": 10)"));
  EXPECT_EQ(Text(server::CasOk{Index(10)}), Expected("cas_ok", R"(, "commit_index": 10)"));
  EXPECT_EQ(Text(server::DeleteOk{Index(10)}), Expected("delete_ok", R"(, "commit_index": 10)"));
}

TEST(Reply, GivesTransactionsBackWithWhatTheyRead) {
  using Kind = kv::TxnOp::Kind;
  EXPECT_EQ(Text(server::TxnOk{{{Kind::kRead, "1", "null"},
                                {Kind::kRead, "2", "[3,4]"},
                                {Kind::kAppend, "2", "4"},
                                {Kind::kWrite, "1", "-0"}},
                               Index(10)}),
            Expected("txn_ok", R"(, "txn": [["r", 1, null], ["r", 2, [3, 4]], ["append", 2, 4], )"
                               R"(["w", 1, -0]], "commit_index": 10)"));
  EXPECT_EQ(Text(server::TxnOk{{}, Index(10)}),
            Expected("txn_ok", R"(, "txn": [], "commit_index": 10)"));
}

TEST(Reply, SaysHowARywReadWasServed) {
  EXPECT_EQ(Text(server::RywReadOk{"\"new\"", server::ServedByFollower{"n2", Index(10), 50}}),
            Expected("ryw_read_ok", R"(, "value": "new", "served_by": "n2", )"
                                    R"("follower_applied_index": 10, "waited_ms": 50)"));
  auto by_leader = [](Reason reason) {
    return Text(server::RywReadOk{"\"new\"", server::ServedByLeader{"n1", reason}});
  };
  EXPECT_EQ(by_leader(Reason::kFollowerBehind),
            Expected("ryw_read_ok", R"(, "value": "new", "served_by": "n1", )"
                                    R"("reason": "follower_behind_redirected_to_leader")"));
  EXPECT_EQ(by_leader(Reason::kLeaderPreferred),
            Expected("ryw_read_ok", R"(, "value": "new", "served_by": "n1", )"
                                    R"("reason": "leader_preferred")"));
  EXPECT_EQ(by_leader(Reason::kServedByLeader),
            Expected("ryw_read_ok", R"(, "value": "new", "served_by": "n1", )"
                                    R"("reason": "served_by_leader")"));
}

TEST(Reply, OfAStockWorkloadHasNoKeyThatMaelstromDoesNotKnow) {
  EXPECT_EQ(Text(server::WriteOk{Index(10)}, true), Expected("write_ok", ""));
  EXPECT_EQ(Text(server::CasOk{Index(10)}, true), Expected("cas_ok", ""));
  EXPECT_EQ(Text(server::DeleteOk{Index(10)}, true), Expected("delete_ok", ""));
  EXPECT_EQ(Text(server::TxnOk{{}, Index(10)}, true), Expected("txn_ok", R"(, "txn": [])"));
  EXPECT_EQ(Text(server::ReadOk{"1"}, true), Expected("read_ok", R"(, "value": 1)"));
}

TEST(Reply, EscapesWhatNamesContain) {
  std::string text;
  AppendReply("n\"1\"", {{"c\n0", -5}, 7, server::InitOk{}}, false, &text);
  EXPECT_EQ(text, R"({"src": "n\"1\"", "dest": "c\n0", "body": {"type": "init_ok", )"
                  R"("in_reply_to": -5, "msg_id": 7}})");
}

server::Error ErrorOf(ErrorCode code) {
  server::Error error;
  error.code = code;
  error.text = "why";
  return error;
}

TEST(ErrorReply, HasCodeAndText) {
  EXPECT_EQ(Text(ErrorOf(ErrorCode::kMalformed)),
            Expected("error", R"(, "code": 12, "text": "why")"));
}

TEST(ErrorReply, OfARywReadSaysHowItWasServed) {
  server::Error error = ErrorOf(ErrorCode::kKeyMissing);
  error.served = server::ServedByFollower{"n2", Index(10), 0};
  EXPECT_EQ(Text(error), Expected("error", R"(, "code": 20, "text": "why", "served_by": "n2", )"
                                           R"("follower_applied_index": 10, "waited_ms": 0)"));
  error.served = server::ServedByLeader{"n1", Reason::kLeaderPreferred};
  error.reason = Reason::kNoLeader;
  EXPECT_EQ(Text(error), Expected("error", R"(, "code": 20, "text": "why", "served_by": "n1", )"
                                           R"("reason": "leader_preferred")"));
}

TEST(ErrorReply, SaysWhatHelps) {
  server::Error error = ErrorOf(ErrorCode::kUnavailable);
  error.reason = Reason::kNoLeader;
  error.leader = "n3";
  error.applied_index = Index(4);
  error.need = Index(9);
  EXPECT_EQ(Text(error), Expected("error", R"(, "code": 11, "text": "why", "reason": "no_leader", )"
                                           R"("leader": "n3", "applied_index": 4, "need": 9)"));
}

TEST(Reason, IsSpelledForEveryOne) {
  const std::vector<std::string_view> kSpelled = {
      "follower_behind_redirected_to_leader",
      "leader_preferred",
      "served_by_leader",
      "token_from_future",
      "no_leader",
      "timed_out",
      "overloaded",
      "not_initialized",
      "already_initialized",
      "outcome_forgotten",
      "not_a_list",
      "line_too_long",
  };
  for (size_t i = 0; i < kSpelled.size(); ++i) {
    EXPECT_EQ(Spelled(static_cast<Reason>(i)), kSpelled[i]);
  }
}

TEST(Status, SaysEverythingAboutAFollowerOfNoCluster) {
  server::StatusOk status;
  status.node = {"n1", raft::Incarnation(0xa1)};
  EXPECT_EQ(Text(status),
            Expected("status_ok",
                     R"(, "node_id": "n1", "incarnation": "00000000000000a1", "cluster": null, )"
                     R"("role": "follower", "learner": false, "term": 0, "leader": null, )"
                     R"("last_index": 0, "commit_index": 0, "applied_index": 0, "peers": [], )"
                     R"("version": "0.1.0", "uptime_ms": 0, "rejected_messages": 0)"));
}

TEST(Status, SaysEverythingAboutALeader) {
  server::StatusOk status{
      {"n1", raft::Incarnation(0xfedcba9876543210)},
      raft::ClusterId(0x9f3a1c20),
      server::Role::kLeader,
      true,
      raft::Term(3),
      "n1",
      Index(12),
      Index(11),
      Index(10),
      {{{"n2", raft::Incarnation(2)}, Index(9), true}, {{"n3", {}}, Index(0), false}},
      12345,
      6};
  EXPECT_EQ(
      Text(status),
      Expected(
          "status_ok",
          R"(, "node_id": "n1", "incarnation": "fedcba9876543210", "cluster": "9f3a1c20", )"
          R"("role": "leader", "learner": true, "term": 3, "leader": "n1", )"
          R"("last_index": 12, "commit_index": 11, "applied_index": 10, "peers": [)"
          R"({"node_id": "n2", "incarnation": "0000000000000002", "match_index": 9, "counts": true}, )"
          R"({"node_id": "n3", "incarnation": null, "match_index": 0, "counts": false}], )"
          R"("version": "0.1.0", "uptime_ms": 12345, "rejected_messages": 6)"));
}

TEST(AdvanceOk, SaysTheTimeAndTheNextDeadline) {
  std::string text;
  AppendAdvanceOk("n1", {"harness", 7}, 50, 60, &text);
  EXPECT_EQ(text, R"({"src": "n1", "dest": "harness", "body": {"type": "advance_ok", )"
                  R"("in_reply_to": 7, "now_ms": 50, "next_ms": 60}})");
  text.clear();
  AppendAdvanceOk("n1", {"harness", 7}, 50, std::nullopt, &text);
  EXPECT_EQ(text, R"({"src": "n1", "dest": "harness", "body": {"type": "advance_ok", )"
                  R"("in_reply_to": 7, "now_ms": 50}})");
}

}  // namespace
}  // namespace tidemark::wire
