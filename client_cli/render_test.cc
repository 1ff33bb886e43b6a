#include "client_cli/render.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace tidemark::client {
namespace {

using wire::Json;

Json Body(std::string_view text) { return *wire::ParseJson(text); }

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
                     "follower_applied_index": 5, "waited_ms": 0, "reason": "proved_by_token"})"),
            R"("new"   served by n2 at index 5, waited 0 ms (proved_by_token))");
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
            "error 13: late; `read` shows whether it has happened (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 22, "text": "no", "reason": "token_from_future"})"),
            "error 22: no; `session reset` begins anew (n2, 3 ms)");
  EXPECT_EQ(Shown(R"({"type": "error", "code": 11, "text": "no leader", "reason": "no_leader"})"),
            "error 11: no leader; `status` shows who runs and who leads; `restart` and `heal` "
            "bring back a majority (n2, 3 ms)");
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
