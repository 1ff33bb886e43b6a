// n2's founder, n1, asks in term 1, has n2's vote on its way, loses its disk, comes back as another
// incarnation and asks in term 1 again. With a second vote of n2 there could be two founders of
// term 1, with a history each.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(Vote, IsForANameTogetherWithItsMemory) {
  const Member emptied{"n1", Incarnation(99)};
  Played n2(HardState{}, {}, kN2);
  n2.Hear(kN1, RequestBootstrap{Term(1), {"n1", "n2", "n3"}});
  n2.Persist();
  ASSERT_NE(n2.Sent<Vote>(), nullptr);
  ASSERT_TRUE(n2.Sent<Vote>()->granted);

  n2.Hear(emptied, RequestBootstrap{Term(1), {"n1", "n2", "n3"}});
  n2.Persist();
  EXPECT_FALSE(n2.Sent<Vote>()->granted) << "n2 has voted for two founders in term 1";
}

}  // namespace
}  // namespace tidemark::raft
