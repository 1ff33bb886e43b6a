// n1 leads and begins a round. n2 and n3 answer it, and the answers are slow; then their clocks
// jump, n2 is elected by n3 and commits a write. Now a client reads at n1, and the answers arrive:
// they are older than the read, and prove nothing about it.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(ReadIndex, IsNotConfirmedByARoundThatWasUnderWay) {
  Played n1({Term(1), {}}, {Bootstrap()});
  n1.Elect();
  n1.Persist();
  ASSERT_TRUE(n1.raft().leads());
  const uint64_t round = n1.Sent<AppendEntries>()->round;
  n1.Hear(kN2, Replied(Term(2), round, Appended{Index(2)}));
  ASSERT_EQ(n1.raft().commit_index(), Index(2));

  n1.Advance(50);
  const uint64_t under_way = n1.Sent<AppendEntries>()->round;
  ASSERT_GT(under_way, round);
  const uint64_t read = n1.StartRead();
  n1.Hear(kN2, Replied(Term(2), under_way, Appended{Index(2)}));
  EXPECT_FALSE(n1.Confirmed(read)) << "by an answer that may be older than another leader's write";

  const uint64_t next = n1.Sent<AppendEntries>()->round;
  ASSERT_GT(next, under_way);
  n1.Hear(kN2, Replied(Term(2), next, Appended{Index(2)}));
  EXPECT_TRUE(n1.Confirmed(read));
}

}  // namespace
}  // namespace tidemark::raft
