// n1 bootstraps and leads, and its only entry is lost on the way to n2: what arrives is a heartbeat
// in the new cluster's name. n1 crashes before the entry is on any disk, and bootstraps again. n2
// has nothing of the first cluster, and must not hold its name against the second.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(Bootstrap, GivesUpTheNameOfAClusterThatNeverWas) {
  Played n2(HardState{}, {}, kN2);
  n2.Hear(kN1, AppendEntries{Term(1), At(1, 1), {}, Index(0), 1});
  ASSERT_EQ(n2.raft().cluster(), kCluster);
  n2.Hear(kN1, RequestBootstrap{Term(2), {"n1", "n2", "n3"}});
  n2.Persist();
  ASSERT_NE(n2.Sent<Vote>(), nullptr);
  EXPECT_TRUE(n2.Sent<Vote>()->granted);
  EXPECT_TRUE(n2.raft().unbootstrapped())
      << "n2 will refuse what the founder sends in the next name";
}

}  // namespace
}  // namespace tidemark::raft
