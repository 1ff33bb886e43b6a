#include "client_cli/session.h"

#include <string>

#include "client_cli/body.h"
#include "gtest/gtest.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

constexpr uint32_t kHere = 0x9f3a1c20;
constexpr uint32_t kThere = 0x11111111;

Token At(uint64_t index, uint32_t cluster = kHere, uint64_t term = 2) {
  return {cluster, index, term, 0x5be1c09a};
}

// A reply that brings `token`.
wire::Json Ok(const Token& token, std::string_view members = R"("type": "read_ok")") {
  return Body(Concat("{", members, R"(, "session": )", ToJson(token).Spaced(), "}"));
}

TEST(Session, BeginsWithNothing) {
  const Session session;
  EXPECT_EQ(session.token(), std::nullopt);
  EXPECT_EQ(session.last_write_index(), 0u);
  EXPECT_EQ(session.index(), 0u);
  EXPECT_EQ(session.ToJson().Spaced(), "{}");
}

TEST(Session, KeepsTheLargestCommitIndex) {
  Session session;
  session.Observe(Body(R"({"type": "write_ok", "commit_index": 7})"));
  EXPECT_EQ(session.last_write_index(), 7u);
  session.Observe(Body(R"({"type": "cas_ok", "commit_index": 5})"));
  EXPECT_EQ(session.last_write_index(), 7u);
  session.Observe(Body(R"({"type": "txn_ok", "commit_index": 9, "txn": []})"));
  EXPECT_EQ(session.last_write_index(), 9u);
}

TEST(Session, KeepsTheNewestToken) {
  Session session;
  session.Observe(Ok(At(7)));
  EXPECT_EQ(session.token(), At(7));
  session.Observe(Ok(At(5)));
  EXPECT_EQ(session.token(), At(7));
  session.Observe(Ok(At(9)));
  EXPECT_EQ(session.token(), At(9));
  EXPECT_EQ(session.ToJson().Spaced(),
            R"({"cluster": "9f3a1c20", "index": 9, "term": 2, "stamp": "5be1c09a"})");
}

TEST(Session, OfTwoTokensOfOneIndexTheFirstStays) {
  Session session;
  session.Observe(Ok(At(7, kHere, 2)));
  session.Observe(Ok(At(7, kHere, 3)));
  EXPECT_EQ(session.token(), At(7, kHere, 2));
}

TEST(Session, AReadNeedsTheLargerOfBoth) {
  Session session;
  session.Observe(Ok(At(7)));
  EXPECT_EQ(session.index(), 7u);
  session.Observe(Body(R"({"type": "write_ok", "commit_index": 9})"));
  EXPECT_EQ(session.index(), 9u);
  EXPECT_EQ(session.token(), At(7));
}

TEST(Session, WhatFindsNothingHasSeenAsMuch) {
  Session session;
  session.Observe(Ok(At(7), R"("type": "error", "code": 20, "text": "no x")"));
  EXPECT_EQ(session.index(), 7u);
  session.Observe(Ok(At(8), R"("type": "error", "code": 22, "text": "holds 2")"));
  EXPECT_EQ(session.index(), 8u);
  session.Observe(Ok(At(9), R"("type": "error", "code": 22, "text": "", "reason": "not_a_list")"));
  EXPECT_EQ(session.index(), 9u);
}

// Who is refused must not come to hold the history that refused it.
TEST(Session, ARefusalChangesNothing) {
  Session session;
  session.Observe(Ok(At(3)));
  for (const char* refusal : {
           R"("type": "error", "code": 22, "reason": "token_other_cluster", "commit_index": 9)",
           R"("type": "error", "code": 22, "reason": "token_lost_history", "commit_index": 9)",
           R"("type": "error", "code": 22, "reason": "token_from_future", "commit_index": 9)",
           R"("type": "error", "code": 11, "reason": "no_leader", "commit_index": 9)",
           R"("type": "error", "code": 13, "reason": "timed_out", "commit_index": 9)",
           R"("type": "error", "code": 14, "reason": "cancelled", "commit_index": 9)",
       }) {
    session.Observe(Ok(At(9), refusal));
    session.Observe(Ok(At(9, kThere), refusal));
    EXPECT_EQ(session.token(), At(3)) << refusal;
    EXPECT_EQ(session.index(), 3u) << refusal;
  }
  EXPECT_TRUE(session.TakeOver(At(1, kThere))) << "nothing was kept of that cluster either";
}

TEST(Session, AnswersThatSayNothingOfItChangeNothing) {
  Session session;
  session.SetIndex(3);
  session.Observe(Body(R"({"type": "ryw_read_ok", "value": 1, "follower_applied_index": 12})"));
  session.Observe(Body(R"({"type": "write_ok", "commit_index": "9"})"));
  session.Observe(Body(R"({"type": "write_ok", "commit_index": -9})"));
  session.Observe(Body(R"({"type": "write_ok", "session": {"cluster": "9f3a1c20", "index": 9}})"));
  EXPECT_EQ(session.index(), 3u);
  EXPECT_EQ(session.token(), std::nullopt);
}

// --- Other clusters ---

TEST(Session, AnAnswerOfAnotherClusterIsKeptBeside) {
  Session session;
  session.Observe(Ok(At(7)));
  session.Observe(Ok(At(20, kThere), R"("type": "write_ok", "commit_index": 20)"));
  EXPECT_EQ(session.token(), At(7));
  EXPECT_EQ(session.last_write_index(), 0u);
  EXPECT_FALSE(session.TakeOver(At(5, kThere)));
  EXPECT_EQ(session.token(), At(20, kThere));
  EXPECT_EQ(session.last_write_index(), 20u);
}

TEST(Session, TakesOverATokenAndComesBack) {
  Session session;
  session.Observe(Ok(At(7), R"("type": "write_ok", "commit_index": 7)"));
  EXPECT_TRUE(session.TakeOver(At(4, kThere)));
  EXPECT_EQ(session.token(), At(4, kThere));
  EXPECT_EQ(session.last_write_index(), 0u) << "that write was in the other cluster";
  EXPECT_FALSE(session.TakeOver(At(6)));
  EXPECT_EQ(session.token(), At(7));
  EXPECT_EQ(session.last_write_index(), 7u);
}

TEST(Session, TakingOverNeverWeakensIt) {
  Session session;
  EXPECT_TRUE(session.TakeOver(At(7)));
  EXPECT_FALSE(session.TakeOver(At(5)));
  EXPECT_FALSE(session.TakeOver(At(7, kHere, 3)));
  EXPECT_EQ(session.token(), At(7));
  EXPECT_TRUE(session.TakeOver(At(8)));
  EXPECT_EQ(session.token(), At(8));
  session.SetIndex(9);
  EXPECT_TRUE(session.TakeOver(At(8)));
  EXPECT_EQ(session.last_write_index(), 9u);
}

TEST(Session, BeginsAnew) {
  Session session;
  session.Observe(Ok(At(7), R"("type": "write_ok", "commit_index": 7)"));
  session.TakeOver(At(4, kThere));
  session.Reset();
  EXPECT_EQ(session.ToJson().Spaced(), "{}");
  EXPECT_EQ(session.index(), 0u);
  for (uint32_t cluster : {kHere, kThere}) {
    EXPECT_TRUE(session.TakeOver(At(1, cluster))) << "of no cluster anything is left";
    EXPECT_EQ(session.index(), 1u);
  }
  session.SetIndex(5);
  EXPECT_EQ(session.token(), std::nullopt);
  EXPECT_EQ(session.index(), 5u);
}

}  // namespace
}  // namespace tidemark::client
