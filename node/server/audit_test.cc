// Nodes compare their states, and the odd one serves nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server {
namespace {

using testing::AsError;
using testing::Cluster;
using testing::ValueOf;

class Audits : public ::testing::Test {
 protected:
  Audits() : cluster_({}) {
    cluster_.Write("n1", "x", "0");
    for (int i = 0; i < 10; ++i) cluster_.Write("n1", "x", std::to_string(i));
    cluster_.Advance(2'500);
  }

  // The node comes back with another last write of x in its log.
  void Tamper(const char* node, const char* value) {
    cluster_.Kill(node);
    cluster_.disk(node).Forge(value);
    cluster_.Restart(node);
  }
  // Writes something, and gives the nodes the time to compare.
  void Compare() {
    for (int i = 0; i < 3; ++i) {
      cluster_.Send("n1", WriteRequest{kv::Write{"y", std::to_string(i)}, {}});
      cluster_.Advance(1'500);
    }
  }
  std::string ReadAt(const char* node) { return ValueOf(cluster_.RywRead(node, "x", 0)); }
  bool Serves(const char* node) {
    return AsError(cluster_.RywRead(node, "x", 0)).reason != Reason::kStateDiverged;
  }

  Cluster cluster_;
};

TEST_F(Audits, FindNothingWhereAllIsWell) {
  Compare();
  for (const char* node : {"n1", "n2", "n3"}) EXPECT_TRUE(cluster_.node(node).sound()) << node;
}

TEST_F(Audits, PutAFollowerThatDiffersUnderQuarantine) {
  Tamper("n3", "666");
  Compare();
  EXPECT_FALSE(Serves("n3"));
  EXPECT_TRUE(cluster_.node("n3").raft().quarantined());
  EXPECT_TRUE(Serves("n1"));
  EXPECT_TRUE(Serves("n2"));
  EXPECT_EQ(AsError(cluster_.Read("n3", "x")).reason, Reason::kStateDiverged);
  EXPECT_EQ(AsError(cluster_.Write("n3", "x", "1")).reason, Reason::kStateDiverged);
  // Nor after a start.
  cluster_.Restart("n3");
  EXPECT_FALSE(Serves("n3"));
  // It never leads, and the others go on without it.
  cluster_.Kill(cluster_.leader());
  cluster_.Advance(5'000);
  EXPECT_FALSE(cluster_.node("n3").raft().leads());
}

TEST_F(Audits, MakeALeaderThatDiffersStepDown) {
  const std::string leader = cluster_.leader();
  // All come back, and the odd one is made to lead again: nobody else can be heard.
  Tamper(leader.c_str(), "666");
  for (const char* node : {"n1", "n2", "n3"}) {
    if (node != leader) cluster_.Restart(node);
  }
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return !cluster_.leader().empty(); }));
  Compare();
  EXPECT_TRUE(cluster_.node(leader).raft().quarantined());
  EXPECT_FALSE(cluster_.node(leader).raft().leads());
  EXPECT_NE(cluster_.leader(), leader);
  EXPECT_NE(ValueOf(cluster_.Read(cluster_.leader(), "x")), "666");
}

TEST_F(Audits, StopAllWhereNoMajorityAgrees) {
  Tamper("n2", "666");
  Tamper("n3", "777");
  Compare();
  for (const char* node : {"n1", "n2", "n3"}) EXPECT_FALSE(Serves(node)) << node;
}

// Two nodes that differ, with the third down: either may be the odd one.
TEST_F(Audits, StopTwoThatDifferUntilAThirdDecides) {
  cluster_.Kill("n2");
  Tamper("n3", "666");
  Compare();
  EXPECT_FALSE(Serves("n1"));
  EXPECT_FALSE(Serves("n3"));
  cluster_.Restart("n2");
  cluster_.Advance(10'000);
  EXPECT_TRUE(Serves("n1"));
  EXPECT_TRUE(Serves("n2"));
  EXPECT_FALSE(Serves("n3"));
}

// Messages come late and twice: what is said of a round that is over must not begin it anew, or
// copies are answered by more copies.
TEST_F(Audits, SayNothingMoreOfWhatIsOver) {
  std::optional<PeerMessage> early;
  cluster_.on_send = [&](const PeerMessage& message) {
    if (!early && std::holds_alternative<StateHash>(message.body)) early = message;
  };
  for (int i = 0; i < 7; ++i) Compare();
  ASSERT_TRUE(early);
  int64_t said = 0;
  cluster_.on_send = [&](const PeerMessage& message) {
    said += std::holds_alternative<StateHash>(message.body);
  };
  cluster_.Deliver(early->header.to.id, *early);
  cluster_.Advance(10);
  EXPECT_EQ(said, 0);
}

TEST_F(Audits, AnswerThoseWhoWaitWithNothingFromTheState) {
  Tamper("n3", "666");
  // They wait at n3 for an index that is not there yet, when n3 learns what it is.
  const uint64_t ahead = cluster_.node("n1").applied().value() + 3;
  const int64_t read =
      cluster_.Send("n3", RywReadRequest{"x", raft::Index(ahead), true, Duration::Millis(60'000)});
  Compare();
  ASSERT_NE(cluster_.Answer(read), nullptr);
  EXPECT_NE(ValueOf(*cluster_.Answer(read)), "666");
}

}  // namespace
}  // namespace tidemark::server
