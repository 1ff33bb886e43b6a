// A node that lost its memory gets rid of a term that nobody follows it into (docs/design.md,
// terms).
#include <cstdint>
#include <variant>

#include "gtest/gtest.h"
#include "node/server/testing/cluster.h"

namespace tidemark::server::testing {
namespace {

bool Written(const ReplyBody& body) { return std::holds_alternative<WriteOk>(body); }

class EmptiedFounder : public ::testing::Test {
 protected:
  EmptiedFounder() : cluster_({}) {
    EXPECT_TRUE(Written(cluster_.Write("n1", "x", "0")));
    cluster_.Advance(300);
  }
  // n1, emptied and cut off, bootstraps anew at each start, in vain.
  void StartThreeTimesCutOff() {
    cluster_.Partition({{"n1"}, {"n2", "n3"}});
    cluster_.Restart("n1", /*wipe=*/true);
    for (int i = 0; i < 5; ++i) {
      cluster_.Send("n1", WriteRequest{kv::Write{"x", "1"}});
      cluster_.Advance(500);
      cluster_.Restart("n1");
    }
  }
  const raft::Raft& Raft(const char* node) { return cluster_.node(node).raft(); }

  Cluster cluster_;
};

TEST_F(EmptiedFounder, LearnsAgain) {
  StartThreeTimesCutOff();
  const raft::Member before = Raft("n1").self();
  EXPECT_TRUE(Written(cluster_.Write("n2", "x", "2")));
  ASSERT_GT(Raft("n1").term(), Raft("n2").term());
  cluster_.Heal();
  ASSERT_TRUE(cluster_.AdvanceUntil(
      [&] { return Raft("n1").commit_index() == Raft("n2").commit_index(); }, 5'000));
  EXPECT_NE(Raft("n1").self(), before) << "it may vote again where it has voted";
  EXPECT_TRUE(Raft("n1").learner());
  EXPECT_TRUE(Written(cluster_.Write("n1", "x", "3")));
}

TEST_F(EmptiedFounder, IsTheNewIncarnationAfterAStartToo) {
  StartThreeTimesCutOff();
  cluster_.Heal();
  cluster_.Advance(2'000);
  const raft::Member anew = Raft("n1").self();
  cluster_.Restart("n1");
  EXPECT_EQ(Raft("n1").self(), anew);
  cluster_.Advance(2'000);
  EXPECT_EQ(Raft("n1").self(), anew);
  EXPECT_EQ(Raft("n1").commit_index(), Raft("n2").commit_index());
}

TEST_F(EmptiedFounder, DeposesNobody) {
  StartThreeTimesCutOff();
  EXPECT_TRUE(Written(cluster_.Write("n2", "x", "2")));
  const raft::Term term = Raft("n2").term();
  const raft::NodeId leader = Raft("n2").leader();
  cluster_.Heal();
  cluster_.Advance(3'000);
  EXPECT_EQ(Raft("n2").term(), term);
  EXPECT_EQ(Raft("n2").leader(), leader);
}

}  // namespace
}  // namespace tidemark::server::testing
