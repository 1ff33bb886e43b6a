// The founder has lost its memory and bootstraps anew. n2 holds the history of before.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(Bootstrap, IsRefusedByANodeWithALog) {
  const Member emptied{"n1", Incarnation(99)};
  Played n2({Term(1), {}}, {Bootstrap()}, kN2);
  n2.Hear(emptied, RequestBootstrap{Term(2), {"n1", "n2", "n3"}});
  n2.Persist();
  ASSERT_NE(n2.Sent<Vote>(), nullptr);
  EXPECT_FALSE(n2.Sent<Vote>()->granted) << "n2 votes for a second history";
  EXPECT_EQ(n2.raft().term(), Term(1));
}

}  // namespace
}  // namespace tidemark::raft
