// What a node knows to be committed when it starts, and what it says of that.
#include <string>

#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server {
namespace {

using testing::AsError;
using testing::ValueOf;

class Committed : public testing::Sessions {
 protected:
  // Everybody, and n1 comes back alone.
  void RestartAlone() {
    for (const char* node : {"n1", "n2", "n3"}) cluster_.Kill(node);
    cluster_.Restart("n1");
  }
};

TEST_F(Committed, EntriesAreServedBeforeThereIsALeader) {
  cluster_.disk("n1").hints = true;
  cluster_.Write("n1", "x", "1");
  cluster_.Advance(200);
  const raft::Index applied = cluster_.node("n1").applied();
  RestartAlone();
  EXPECT_GE(cluster_.node("n1").applied().Next(), applied);
  EXPECT_EQ(ValueOf(cluster_.RywRead("n1", "x", 0)), "1");
}

TEST_F(Committed, EntriesAreNotKnownWithoutAHint) {
  cluster_.Write("n1", "x", "1");
  cluster_.Advance(200);
  RestartAlone();
  EXPECT_EQ(cluster_.node("n1").applied(), raft::Index());
}

// What others have of the leader's log is more than what it has on disk itself.
TEST_F(Committed, EntriesThatAreNotOnDiskAreNotSpokenOf) {
  cluster_.Hang("n1");
  cluster_.Write("n1", "x", "1");
  EXPECT_GT(cluster_.node("n1").raft().commit_index(), cluster_.node("n1").raft().durable_index());
}

}  // namespace
}  // namespace tidemark::server
