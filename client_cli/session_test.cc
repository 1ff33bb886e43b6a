#include "client_cli/session.h"

#include "gtest/gtest.h"

namespace tidemark::client {
namespace {

wire::Json Body(std::string_view text) { return *wire::ParseJson(text); }

TEST(Session, BeginsAtZero) { EXPECT_EQ(Session().last_write_index(), 0u); }

TEST(Session, KeepsTheMaximum) {
  Session session;
  session.Observe(Body(R"({"type": "write_ok", "commit_index": 7})"));
  EXPECT_EQ(session.last_write_index(), 7u);
  session.Observe(Body(R"({"type": "cas_ok", "commit_index": 5})"));
  EXPECT_EQ(session.last_write_index(), 7u);
  session.Observe(Body(R"({"type": "txn_ok", "commit_index": 9, "txn": []})"));
  EXPECT_EQ(session.last_write_index(), 9u);
}

TEST(Session, AnswersWithoutACommitIndexChangeNothing) {
  Session session;
  session.Set(3);
  session.Observe(Body(R"({"type": "ryw_read_ok", "value": 1, "follower_applied_index": 12})"));
  session.Observe(Body(R"({"type": "error", "code": 22, "need": 9})"));
  session.Observe(Body(R"({"type": "write_ok", "commit_index": "9"})"));
  session.Observe(Body(R"({"type": "write_ok", "commit_index": -9})"));
  EXPECT_EQ(session.last_write_index(), 3u);
}

TEST(Session, CanBeSetBack) {
  Session session;
  session.Observe(Body(R"({"commit_index": 7})"));
  session.Set(0);
  EXPECT_EQ(session.last_write_index(), 0u);
}

}  // namespace
}  // namespace tidemark::client
