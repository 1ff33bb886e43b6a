// n1 leads in term 2, and n2 has its entries up to index 5; the acknowledgement is slow. n3 leads
// in term 3 and overwrites them at both. n1 leads again, in term 4, with others up to index 5,
// which n2 has not seen: the old acknowledgement says nothing of them.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(AppendReply, OfAnOlderTermCountsForNothing) {
  Played n1({Term(1), {}}, {Bootstrap()});
  n1.Elect();
  n1.Persist();
  for (int i = 0; i < 3; ++i) n1.Propose();
  n1.Persist();
  ASSERT_EQ(n1.raft().log().last(), At(2, 5));
  const AppendReply late = Replied(Term(2), 1, Appended{Index(5)});

  n1.Hear(kN3, AppendEntries{Term(3), At(1, 1), {Noop(3, 2)}, Index(1), 1});
  n1.Persist();
  ASSERT_EQ(n1.raft().log().last(), At(3, 2));

  n1.Elect();

  n1.Persist();
  for (int i = 0; i < 2; ++i) n1.Propose();
  n1.Persist();
  ASSERT_EQ(n1.raft().log().last(), At(4, 5));
  n1.Hear(kN2, late);
  EXPECT_EQ(n1.raft().commit_index(), Index(1)) << "n1 commits what n2 does not have";
}

}  // namespace
}  // namespace tidemark::raft
