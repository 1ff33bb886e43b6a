// A full disk: writes are refused before they are anywhere, reads go on, and all goes on by itself
// when there is room again.
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server {
namespace {

using testing::AsError;
using testing::Cluster;
using testing::IndexOf;
using testing::ValueOf;

class LittleRoom : public testing::Sessions {
 protected:
  void FillDisks() {
    for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).room = 0;
    cluster_.Advance(200);
  }
  void FreeDisks() {
    for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).room = 1'000'000;
    cluster_.Advance(1'000);
  }
};

TEST_F(LittleRoom, LackedByTheLeaderRefusesItsWrites) {
  FillDisks();
  const Error error = AsError(cluster_.Write("n1", "x", "1"));
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(error.reason, Reason::kNoRoom);
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "0");
  EXPECT_EQ(ValueOf(cluster_.Read("n2", "x")), "0");
  FreeDisks();
  EXPECT_NE(IndexOf(cluster_.Write("n1", "x", "2")), 0u);
  EXPECT_EQ(ValueOf(cluster_.Read("n3", "x")), "2") << "what was refused has not happened";
}

// n2 needs a writer first, which takes room too; its write has not left it.
TEST_F(LittleRoom, LackedByTheLeaderRefusesTheFirstWriteOfAnother) {
  FillDisks();
  EXPECT_EQ(AsError(cluster_.Write("n2", "x", "1")).reason, Reason::kNoRoom);
  FreeDisks();
  EXPECT_NE(IndexOf(cluster_.Write("n2", "x", "2")), 0u);
}

// The first write that is forwarded may arrive twice, so it waits; those that come now are refused.
TEST_F(LittleRoom, LackedByTheLeaderRefusesOthersWritesToo) {
  cluster_.Write("n2", "x", "0");
  FillDisks();
  const int64_t first = cluster_.Send("n2", WriteRequest{kv::Write{"x", "1"}, {}});
  cluster_.Advance(50);
  EXPECT_EQ(AsError(cluster_.Write("n2", "x", "2")).reason, Reason::kNoRoom);
  EXPECT_EQ(cluster_.Answer(first), nullptr);
  FreeDisks();
  ASSERT_NE(cluster_.Answer(first), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(first)), 0u);
}

// The disk is not full: more room is being made, and writes wait for it.
TEST_F(LittleRoom, ThatGrowsMakesWritesWait) {
  cluster_.Write("n2", "x", "0");
  for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).full = false;
  FillDisks();
  const int64_t own = cluster_.Send("n1", WriteRequest{kv::Write{"x", "1"}, {}});
  const int64_t other = cluster_.Send("n2", WriteRequest{kv::Write{"y", "2"}, {}});
  cluster_.Advance(1'000);
  EXPECT_EQ(cluster_.Answer(own), nullptr);
  EXPECT_EQ(cluster_.Answer(other), nullptr);
  FreeDisks();
  ASSERT_NE(cluster_.Answer(own), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(own)), 0u);
  ASSERT_NE(cluster_.Answer(other), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(other)), 0u);
}

// Nobody is there any more who could ask again.
TEST_F(LittleRoom, ThatGrowsIsWaitedForByWhatWasHandedIn) {
  cluster_.Write("n2", "x", "0");
  for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).full = false;
  FillDisks();
  cluster_.Send("n2", WriteRequest{kv::Write{"y", "2"}, {}});
  cluster_.Advance(50);
  cluster_.Kill("n2");
  FreeDisks();
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "y")), "2");
}

TEST_F(LittleRoom, LackedByAFollowerKeepsItBehindAndNothingElse) {
  cluster_.disk("n3").room = 0;
  cluster_.Advance(200);
  const uint64_t index = IndexOf(cluster_.Write("n1", "x", "1"));
  ASSERT_NE(index, 0u);
  cluster_.Advance(500);
  EXPECT_LT(cluster_.node("n3").raft().log().last_index().value(), index);
  cluster_.disk("n3").room = 1'000'000;
  cluster_.Advance(1'000);
  EXPECT_EQ(cluster_.node("n3").applied(), cluster_.node("n1").applied());
}

TEST_F(LittleRoom, LackedByAllStillLetsThemVote) {
  FillDisks();
  const uint64_t term = cluster_.node("n1").raft().term().value();
  cluster_.Restart("n1");
  cluster_.disk("n2").room = 1'000'000;
  cluster_.Advance(3'000);
  EXPECT_EQ(cluster_.leader(), "n2") << "only n2 has room for a term's first entry";
  EXPECT_GT(cluster_.node("n3").raft().term().value(), term);
}

}  // namespace
}  // namespace tidemark::server
