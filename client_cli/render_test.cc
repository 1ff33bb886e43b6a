#include "client_cli/render.h"

#include <string>
#include <string_view>

#include "client_cli/body.h"
#include "client_cli/explanation.h"
#include "gtest/gtest.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

using wire::Json;

// As shown to one who asked n2 with last_write_index 7 and was answered after 3 ms.
std::string Shown(std::string_view body) { return RenderReply({"n2", 7, 3}, Body(body)); }

TEST(Render, Writes) {
  EXPECT_EQ(Shown(R"({"type": "write_ok", "commit_index": 7})"), "ok at index 7 (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "cas_ok", "commit_index": 8})"), "ok at index 8 (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "delete_ok", "commit_index": 9})"), "ok at index 9 (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "txn_ok", "txn": [["r", "x", null], ["append", "z", {"a": 1}]],
                     "commit_index": 9})"),
            R"(r "x" = null, append "z" {"a": 1}   ok at index 9 (n2, 3 ms))");
}

TEST(Render, WhoDidNotAnswerBefore) {
  EXPECT_EQ(RenderReply({"n2", 0, 3, "n1 ended"}, Body(R"({"type": "write_ok",
                                                        "commit_index": 7})")),
            "ok at index 7 (n2, 3 ms; n1 ended)");
}

TEST(Render, WhatCameOfAWrite) {
  EXPECT_EQ(Shown(R"({"type": "fate_ok", "outcome": "committed", "commit_index": 12})"),
            "it was committed at index 12 (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "fate_ok", "outcome": "refused", "code": 22})"),
            "it was refused: error 22, the value was another one (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "fate_ok", "outcome": "refused", "code": 20})"),
            "it was refused: error 20, the key did not exist (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "fate_ok", "outcome": "refused", "code": 22,
                     "reason": "token_lost_history"})"),
            "it was refused: error 22, token_lost_history (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "fate_ok", "outcome": "cancelled"})"),
            "it did not happen and will not (cancelled): safe to do again (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "fate_ok", "outcome": "unknown"})"),
            "not known any more: it may have happened; `read` shows what is there (n2, 3 ms)");
}

TEST(Render, LinearizableRead) {
  EXPECT_EQ(Shown(R"({"type": "read_ok", "value": {"a": 1}})"),
            R"({"a": 1}   linearizable, asked n2, 3 ms)");
}

TEST(Render, ReadServedByAFollower) {
  EXPECT_EQ(Shown(R"({"type": "ryw_read_ok", "value": "new", "served_by": "n2",
                     "follower_applied_index": 9, "waited_ms": 0})"),
            R"("new"   served by n2 at index 9, waited 0 ms)");
  EXPECT_EQ(Shown(R"({"type": "ryw_read_ok", "value": "new", "served_by": "n2",
                     "follower_applied_index": 9, "waited_ms": 50})"),
            R"("new"   served by n2 at index 9, waited 50 ms until it had index 7)");
  EXPECT_EQ(Shown(R"({"type": "ryw_read_ok", "value": "new", "served_by": "n2",
                     "follower_applied_index": 9, "proved_index": 12, "waited_ms": 0,
                     "reason": "proved_by_token"})"),
            R"("new"   served by n2, proved by the session's token at 12; applied there: 9)");
}

TEST(Render, TheNumbersBehindADecision) {
  EXPECT_EQ(Shown(R"({"type": "ryw_read_ok", "value": "new", "served_by": "n2",
                     "follower_applied_index": 12, "waited_ms": 2, "explain": {"decision": "wait",
                     "applied_index": 9, "need": 12, "last_index": 13, "entry_in_log": true,
                     "round_trip_us": 2150, "entries_per_second": 12000,
                     "expected_wait_us": 250, "expected_redirect_us": 2400}})"),
            "\"new\"   served by n2 at index 12, waited 2 ms until it had index 7\n"
            "  decision: wait, for what is missing is expected before the leader could answer\n"
            "  needed: index 12, which is in its log; applied: 9; end of its log: 13\n"
            "  measured: to the leader and back 2.1 ms; catching up 12000 entries a second\n"
            "  expected: waiting here 0.2 ms; asking the leader 2.4 ms");
  EXPECT_EQ(RenderExplanation(Body(R"({"decision": "no_leader", "applied_index": 9, "need": 12,
      "last_index": 9, "entry_in_log": false, "round_trip_us": null, "entries_per_second": null,
      "expected_wait_us": null, "expected_redirect_us": null})")),
            "  decision: no_leader, for it knows of no leader and waits for one\n"
            "  needed: index 12, not in its log; applied: 9; end of its log: 9\n"
            "  measured: to the leader and back not known; catching up not known\n"
            "  expected: waiting here not known; asking the leader not known");
}

std::string Decision(std::string_view decision, std::string_view wait, std::string_view redirect) {
  const std::string shown =
      RenderExplanation(Body(Concat(R"({"decision": ")", decision, R"(", "expected_wait_us": )",
                                    wait, R"(, "expected_redirect_us": )", redirect, "}")));
  return shown.substr(0, shown.find('\n'));
}

TEST(Render, WhatIsNotKnownIsNotSaidToBeExpected) {
  constexpr char kUnknown[] =
      "  decision: wait, for what is missing may come; nothing is known yet of when, or of how "
      "fast "
      "the leader would be";
  EXPECT_EQ(Decision("wait", "null", "null"), kUnknown);
  EXPECT_EQ(Decision("wait", "null", "2400"), kUnknown);
  EXPECT_EQ(Decision("redirect", "9000", "2400"),
            "  decision: redirect, for the leader is expected to answer before what is missing "
            "comes");
  for (const char* wait : {"null", "250"}) {
    EXPECT_EQ(Decision("redirect", wait, "2400"),
              "  decision: redirect, for what is missing has not come in time");
  }
}

TEST(Render, ReadServedByTheLeader) {
  EXPECT_EQ(Shown(R"({"type": "ryw_read_ok", "value": 1, "served_by": "n1",
                     "reason": "served_by_leader"})"),
            "1   served by n1 (the leader) at index 7 or later, 3 ms");
  EXPECT_EQ(Shown(R"({"type": "ryw_read_ok", "value": 1, "served_by": "n1",
                     "reason": "follower_behind_redirected_to_leader"})"),
            "1   served by n1 (the leader) at index 7 or later: n2 was behind and handed the read "
            "on, 3 ms");
  EXPECT_EQ(Shown(R"({"type": "ryw_read_ok", "value": 1, "served_by": "n1",
                     "reason": "leader_preferred"})"),
            "1   served by n1 (the leader) at index 7 or later: n2 was told to leave it to the "
            "leader, 3 ms");
  EXPECT_EQ(RenderReply({"n1", 0, 3}, Body(R"({"type": "ryw_read_ok", "value": 1,
                                             "served_by": "n1", "reason": "served_by_leader"})")),
            "1   served by n1 (the leader), 3 ms");
}

TEST(Render, ErrorsSayWhatToDo) {
  EXPECT_EQ(Shown(R"({"type": "error", "code": 22, "text": "key x holds 2, not 1"})"),
            "error 22: key x holds 2, not 1 (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 20, "text": "no x", "served_by": "n2",
                     "follower_applied_index": 9, "waited_ms": 0})"),
            "error 20: no x   served by n2 at index 9, waited 0 ms");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 13, "text": "late", "reason": "timed_out"})"),
            "error 13: late (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 13, "text": "late", "reason": "timed_out",
                     "write_id": {"writer": 9, "seq": 3, "tag": "00000000000000ab"}})"),
            "error 13: late; `fate 9 3 00000000000000ab` tells what came of it (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 13, "text": "old", "reason": "outcome_forgotten",
                     "write_id": {"writer": 9, "seq": 3}})"),
            "error 13: old; `read` shows what is there (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 11, "text": "full", "reason": "overloaded",
                     "retry_after_ms": 40})"),
            "error 11: full; try again in 40 ms (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 12, "text": "no", "reason": "seq_reused"})"),
            "error 12: no; `session reset` takes another client id (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 14, "text": "no", "reason": "cancelled"})"),
            "error 14: no; safe to do again (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 11, "text": "no leader", "reason": "no_leader"})"),
            "error 11: no leader; `status` shows who runs and who leads (n2, 3 ms)");
}

TEST(Render, WhatWouldBringBackALeaderIsTheClientsToSay) {
  const Json error = Body(R"({"type": "error", "code": 11, "text": "no leader"})");
  Asked asked{"n2", 7, 3};
  asked.remedy = "`heal` ends the partition";
  EXPECT_EQ(RenderReply(asked, error), "error 11: no leader; `heal` ends the partition (n2, 3 ms)");
}

TEST(Render, RefusalsOfASessionSayWhatToDo) {
  EXPECT_EQ(Shown(R"({"type": "error", "code": 22, "text": "no", "reason": "token_lost_history"})"),
            "error 22: no; what was written there is not here; `session reset` adopts this history "
            "(n2, 3 ms)");
  EXPECT_EQ(
      Shown(R"({"type": "error", "code": 22, "text": "no", "reason": "token_other_cluster"})"),
      "error 22: no; `session reset` begins anew here, `session TOKEN` goes on with a session of "
      "this cluster (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 22, "text": "no", "reason": "token_from_future"})"),
            "error 22: no; `session reset` begins anew (n2, 3 ms)");
}

TEST(Render, Sessions) {
  EXPECT_EQ(RenderSession(Token{0x9f3a1c20, 12, 2, 0x5be1c09a}, 10),
            "9f3a1c20:12:2:5be1c09a   cluster 9f3a1c20 up to index 12, term 2");
  EXPECT_EQ(RenderSession(std::nullopt, 0), "no token yet: the first answer brings one");
  EXPECT_EQ(RenderSession(std::nullopt, 5),
            "no token, only an index: reads wait for it, but it names no history and proves "
            "nothing");
}

TEST(Render, WhatItDoesNotKnowItShowsAsItIs) {
  EXPECT_EQ(Shown(R"({"type":"news","a":1})"), R"({"type": "news", "a": 1})");
  EXPECT_EQ(Shown(R"({"type": "write_ok"})"), "ok at index ? (n2, 3 ms)");
  EXPECT_EQ(Shown("[]"), "[]");
}

constexpr std::string_view kLeader = R"({"type": "status_ok", "node_id": "n1", "role": "leader",
    "learner": false, "term": 2, "leader": "n1", "last_index": 12, "commit_index": 7,
    "applied_index": 7, "uptime_ms": 12345, "peers": [
      {"node_id": "n2", "match_index": 7, "counts": true},
      {"node_id": "n3", "match_index": 0, "counts": false}]})";
constexpr std::string_view kFollower = R"({"type": "status_ok", "node_id": "n2",
    "role": "follower", "learner": false, "term": 2, "leader": "n1", "last_index": 7,
    "commit_index": 7, "applied_index": 7, "uptime_ms": 50, "peers": []})";
constexpr std::string_view kLearner = R"({"type": "status_ok", "node_id": "n2",
    "role": "follower", "learner": true, "term": 2, "leader": null, "last_index": 7,
    "commit_index": 7, "applied_index": 7, "uptime_ms": 50, "peers": []})";

TEST(Render, StatusInColumns) {
  EXPECT_EQ(
      RenderStatus({{"n1", Body(kLeader), ""}, {"n2", Body(kFollower), ""}, {"n3", {}, "dead"}}),
      "n1  leader    term 2  last 12  commit 7  applied 7  up 12.3 s  peers n2 at 7, n3 at 0 "
      "(learner)\n"
      "n2  follower  term 2  last 7   commit 7  applied 7  up 0.0 s   leader n1\n"
      "n3  dead");
  EXPECT_EQ(RenderStatus({{"n2", Body(kLearner), ""}}),
            "n2  learner  term 2  last 7  commit 7  applied 7  up 0.0 s  knows no leader");
  EXPECT_EQ(RenderStatus({}), "");
}

TEST(Render, Groups) {
  EXPECT_EQ(RenderGroups({{"n1"}, {"n2", "n3"}}), "n1 | n2 n3");
  EXPECT_EQ(RenderGroups({{"n1"}}), "n1");
}

TEST(Render, TheClientsOwn) {
  EXPECT_EQ(RenderOwn({{"type", Json::String("use_ok")}, {"node", Json::String("n2")}}),
            R"({"type": "use_ok", "node": "n2"})");
}

}  // namespace
}  // namespace tidemark::client
