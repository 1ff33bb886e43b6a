// What clients are told, byte for byte.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"
#include "node/base/time.h"
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

// What is told to one who asked within a session.
std::string ToldInSession(server::ReplyBody body, bool stock = false) {
  std::string text;
  server::Reply reply{{"c0", 1, true}, 0, std::move(body)};
  reply.session = kv::Session{0x9f3a1c20, 12, 2, 0x5be1c09a};
  AppendReply("n1", reply, stock, &text);
  EXPECT_TRUE(ParseJson(text).ok()) << text;
  return text;
}
constexpr std::string_view kSessionTold =
    R"(, "session": {"cluster": "9f3a1c20", "index": 12, "term": 2, "stamp": "5be1c09a"})";

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

TEST(Reply, SaysWhatWasProvedByTheSession) {
  server::ServedByFollower proved{"n2", Index(10), 0, Index(12)};
  EXPECT_EQ(Text(server::RywReadOk{"1", proved}),
            Expected("ryw_read_ok", R"(, "value": 1, "served_by": "n2", )"
                                    R"("follower_applied_index": 10, "proved_index": 12, )"
                                    R"("waited_ms": 0, "reason": "proved_by_token")"));
  EXPECT_EQ(ToldInSession(server::RywReadOk{"1", proved}),
            Expected("ryw_read_ok",
                     Concat(R"(, "value": 1, "served_by": "n2", )",
                            R"("follower_applied_index": 10, "proved_index": 12, )",
                            R"("waited_ms": 0, "reason": "proved_by_token")", kSessionTold)));
}

TEST(Reply, EndsWithTheSession) {
  EXPECT_EQ(ToldInSession(server::ReadOk{"1"}),
            Expected("read_ok", Concat(R"(, "value": 1)", kSessionTold)));
  EXPECT_EQ(ToldInSession(server::WriteOk{Index(12)}),
            Expected("write_ok", Concat(R"(, "commit_index": 12)", kSessionTold)));
  EXPECT_EQ(ToldInSession(server::TxnOk{{}, Index(12)}),
            Expected("txn_ok", Concat(R"(, "txn": [], "commit_index": 12)", kSessionTold)));
  server::Error error;
  error.code = ErrorCode::kKeyMissing;
  error.text = "why";
  EXPECT_EQ(ToldInSession(error),
            Expected("error", Concat(R"(, "code": 20, "text": "why")", kSessionTold)));
}

TEST(Reply, NamesTheClientThatWasOpened) {
  EXPECT_EQ(Text(server::OpenOk{37, 0xab}),
            Expected("open_ok", R"(, "client": 37, "key": "00000000000000ab")"));
}

TEST(Reply, TellsTheFateOfAWrite) {
  using Kind = kv::Fated::Kind;
  using Refusal = kv::Fated::Refusal;
  auto fate = [](kv::Fated fated) { return Text(server::FateOk{fated}); };
  EXPECT_EQ(fate({Kind::kCommitted, 12}),
            Expected("fate_ok", R"(, "outcome": "committed", "commit_index": 12)"));
  EXPECT_EQ(fate({Kind::kCancelled}), Expected("fate_ok", R"(, "outcome": "cancelled")"));
  EXPECT_EQ(fate({Kind::kUnknown}), Expected("fate_ok", R"(, "outcome": "unknown")"));
  for (const auto& [refusal, told] : std::vector<std::pair<Refusal, std::string_view>>{
           {Refusal::kKeyMissing, R"(20)"},
           {Refusal::kCasMismatch, R"(22)"},
           {Refusal::kNotAList, R"(22, "reason": "not_a_list")"},
           {Refusal::kOtherCluster, R"(22, "reason": "token_other_cluster")"},
           {Refusal::kLostHistory, R"(22, "reason": "token_lost_history")"},
           {Refusal::kFromFuture, R"(22, "reason": "token_from_future")"},
           {Refusal::kTooLarge, R"(22, "reason": "too_large")"},
       }) {
    EXPECT_EQ(fate({Kind::kRefused, 0, refusal}),
              Expected("fate_ok", Concat(R"(, "outcome": "refused", "code": )", told)));
  }
  EXPECT_EQ(ToldInSession(server::FateOk{{Kind::kCancelled}}),
            Expected("fate_ok", Concat(R"(, "outcome": "cancelled")", kSessionTold)));
}

server::Explanation SomeExplanation() {
  server::Explanation explanation;
  explanation.decision = server::Explanation::Decision::kWait;
  explanation.applied_index = Index(9);
  explanation.need = Index(12);
  explanation.last_index = Index(12);
  explanation.entry_in_log = true;
  return explanation;
}

std::string Explained(const server::Explanation& explanation, server::ReplyBody body,
                      std::optional<kv::Session> session = std::nullopt) {
  std::string text;
  AppendReply("n1", {{"c0", 1}, 0, std::move(body), session, explanation}, false, &text);
  EXPECT_TRUE(ParseJson(text).ok()) << text;
  return text;
}

TEST(Explanation, SaysWhyThisNodeDecidedAsItDid) {
  server::Explanation explanation = SomeExplanation();
  EXPECT_EQ(
      Explained(explanation, server::ReadOk{"1"}),
      Expected("read_ok", R"(, "value": 1, "explain": {"decision": "wait", "applied_index": 9, )"
                          R"("need": 12, "last_index": 12, "entry_in_log": true, )"
                          R"("round_trip_us": null, "entries_per_second": null, )"
                          R"("expected_wait_us": null, "expected_redirect_us": null})"));
  explanation.round_trip = Duration{1500};
  explanation.entries_per_second = 100000;
  explanation.expected_wait = Duration{0};
  explanation.expected_redirect = Duration::Millis(2);
  explanation.entry_in_log = false;
  EXPECT_EQ(Explained(explanation, server::ReadOk{"1"}, kv::Session{0x9f3a1c20, 12, 2, 0x5be1c09a}),
            Expected("read_ok", Concat(R"(, "value": 1, "explain": {"decision": "wait", )",
                                       R"("applied_index": 9, "need": 12, "last_index": 12, )",
                                       R"("entry_in_log": false, "round_trip_us": 1500, )",
                                       R"("entries_per_second": 100000, "expected_wait_us": 0, )",
                                       R"("expected_redirect_us": 2000})", kSessionTold)));
}

TEST(Explanation, SpellsEveryDecision) {
  const std::vector<std::string_view> kSpelled = {
      "serve", "prove", "wait", "redirect", "leader_preferred", "lead", "no_leader"};
  for (size_t i = 0; i < kSpelled.size(); ++i) {
    server::Explanation explanation;
    explanation.decision = static_cast<server::Explanation::Decision>(i);
    EXPECT_NE(Explained(explanation, server::InitOk{})
                  .find(Concat(R"("explain": {"decision": ")", kSpelled[i], R"(", )")),
              std::string::npos);
  }
}

TEST(Reply, OfAStockWorkloadKeepsTheIndexWithinASession) {
  EXPECT_EQ(ToldInSession(server::WriteOk{Index(12)}, true),
            Expected("write_ok", Concat(R"(, "commit_index": 12)", kSessionTold)));
  EXPECT_EQ(ToldInSession(server::TxnOk{{}, Index(12)}, true),
            Expected("txn_ok", Concat(R"(, "txn": [], "commit_index": 12)", kSessionTold)));
  EXPECT_EQ(Text(server::FateOk{{kv::Fated::Kind::kCommitted, 12}}, true),
            Expected("fate_ok", R"(, "outcome": "committed", "commit_index": 12)"));
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

TEST(ErrorReply, OfAProvedReadHasOneReason) {
  server::Error error = ErrorOf(ErrorCode::kKeyMissing);
  error.served = server::ServedByFollower{"n2", Index(10), 3, Index(12)};
  error.reason = Reason::kNoLeader;
  EXPECT_EQ(
      ToldInSession(error),
      Expected("error", Concat(R"(, "code": 20, "text": "why", "served_by": "n2", )",
                               R"("follower_applied_index": 10, "proved_index": 12, )",
                               R"("waited_ms": 3, "reason": "proved_by_token")", kSessionTold)));
  error.served = server::ServedByFollower{"n2", Index(10), 3};
  EXPECT_EQ(Text(error), Expected("error", R"(, "code": 20, "text": "why", "served_by": "n2", )"
                                           R"("follower_applied_index": 10, "waited_ms": 3, )"
                                           R"("reason": "no_leader")"));
}

TEST(ErrorReply, NamesTheWriteWhoseOutcomeIsOpen) {
  server::Error error = ErrorOf(ErrorCode::kIndefinite);
  error.reason = Reason::kTimedOut;
  error.write_id = kv::ToldName{9, 0, 0xcd};
  EXPECT_EQ(Text(error), Expected("error", R"(, "code": 13, "text": "why", "reason": "timed_out", )"
                                           R"("write_id": {"writer": 9, "seq": 0, )"
                                           R"("tag": "00000000000000cd"})"));
}

TEST(ErrorReply, SaysWhenToTryAgain) {
  server::Error error = ErrorOf(ErrorCode::kUnavailable);
  error.reason = Reason::kOverloaded;
  error.retry_after_ms = 0;
  EXPECT_EQ(Text(error),
            Expected("error", R"(, "code": 11, "text": "why", "reason": "overloaded", )"
                              R"("retry_after_ms": 0)"));
}

TEST(ErrorReply, HasItsKeysInOneOrder) {
  server::Error error = ErrorOf(ErrorCode::kKeyMissing);
  error.served = server::ServedByFollower{"n2", Index(10), 3};
  error.reason = Reason::kOverloaded;
  error.limit = {Limit::kValue, 70};
  error.leader = "n3";
  error.applied_index = Index(4);
  error.need = Index(9);
  error.write_id = kv::ToldName{9, 3, 0xcd};
  error.retry_after_ms = 7;
  std::string text = Explained(SomeExplanation(), error, kv::Session{1, 2, 3, 4});
  size_t behind = 0;
  for (std::string_view key :
       {"type", "in_reply_to", "msg_id", "code", "text", "served_by", "follower_applied_index",
        "waited_ms", "reason", "limit", "limit_bytes", "leader", "applied_index", "need",
        "write_id", "retry_after_ms", "explain", "session"}) {
    size_t at = text.find(Concat("\"", key, "\": "), behind);
    ASSERT_NE(at, std::string::npos) << key << " in " << text;
    behind = at;
  }
}

TEST(Reason, IsSpelledForEveryOne) {
  const std::vector<std::string_view> kSpelled = {
      "follower_behind_redirected_to_leader",
      "leader_preferred",
      "served_by_leader",
      "proved_by_token",
      "token_other_cluster",
      "token_lost_history",
      "token_from_future",
      "no_leader",
      "not_bootstrapped",
      "timed_out",
      "overloaded",
      "not_initialized",
      "already_initialized",
      "outcome_forgotten",
      "seq_reused",
      "cancelled",
      "no_room",
      "state_diverged",
      "not_a_list",
      "too_large",
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
