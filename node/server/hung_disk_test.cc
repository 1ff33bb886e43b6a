// A leader whose disk hangs: another leads, and nothing that was acknowledged is lost.
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server {
namespace {

using testing::Cluster;
using testing::IndexOf;
using testing::ValueOf;

class ClusterWithHungDisk : public testing::Sessions {
 protected:
  bool AwaitAnotherLeader() {
    return cluster_.AdvanceUntil(
        [&] { return !cluster_.leader().empty() && cluster_.leader() != "n1"; }, 5'000);
  }
};

TEST_F(ClusterWithHungDisk, OfALeaderMakesAnotherLead) {
  cluster_.Hang("n1");
  const uint64_t index = IndexOf(cluster_.Write("n2", "x", "1"));
  EXPECT_NE(index, 0u);
  ASSERT_TRUE(AwaitAnotherLeader());
  for (int i = 2; i < 20; ++i) {
    EXPECT_GT(IndexOf(cluster_.Write("n3", "x", absl::StrCat(i))), index);
  }
  EXPECT_EQ(ValueOf(cluster_.Read("n2", "x")), "19");
  cluster_.Resume("n1");
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "19");
}

// There is no room either, until the disk has answered: whoever writes has to wait for a leader
// that can.
TEST_F(ClusterWithHungDisk, ThatMakesNoRoomKeepsNoWriteForLong) {
  cluster_.disk("n1").full = false;
  cluster_.disk("n1").room = 400;
  cluster_.Advance(200);
  cluster_.Hang("n1");
  for (int i = 0; i < 10; ++i) cluster_.Write("n2", "x", "1");
  EXPECT_NE(cluster_.leader(), "n1");
  EXPECT_LT(cluster_.now_ms(), 5'000);
}

TEST_F(ClusterWithHungDisk, ThatLosesWhatItHeldLosesNothingThatWasAcknowledged) {
  cluster_.Hang("n1");
  cluster_.Write("n2", "x", "1");
  ASSERT_TRUE(AwaitAnotherLeader());
  cluster_.Kill("n1");
  cluster_.Write("n2", "x", "2");
  cluster_.disk("n1").hangs = false;
  cluster_.Restart("n1");
  cluster_.Kill("n2");
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "2");
}

TEST(TwoWithHungDisk, IsWaitedFor) {
  Cluster cluster({.node_ids = {"n1", "n2"}});
  cluster.Write("n1", "x", "0");
  const uint64_t term = cluster.node("n1").raft().term().value();
  cluster.Hang("n1");
  const int64_t write = cluster.Send("n2", WriteRequest{kv::Write{"x", "1"}, {}});
  cluster.Advance(8'000);
  EXPECT_EQ(cluster.Answer(write), nullptr);
  EXPECT_EQ(cluster.leader(), "n1");
  cluster.Resume("n1");
  cluster.Advance(100);
  ASSERT_NE(cluster.Answer(write), nullptr);
  EXPECT_NE(IndexOf(*cluster.Answer(write)), 0u);
  EXPECT_EQ(cluster.node("n2").raft().term().value(), term);
}

TEST(OneWithHungDisk, IsWaitedFor) {
  Cluster cluster({.node_ids = {"n1"}});
  cluster.Write("n1", "x", "0");
  cluster.Hang("n1");
  const int64_t write = cluster.Send("n1", WriteRequest{kv::Write{"x", "1"}, {}});
  cluster.Advance(8'000);
  EXPECT_EQ(cluster.Answer(write), nullptr);
  EXPECT_EQ(cluster.leader(), "n1");
  cluster.Resume("n1");
  EXPECT_NE(IndexOf(*cluster.Answer(write)), 0u);
}

}  // namespace
}  // namespace tidemark::server
