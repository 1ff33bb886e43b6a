// n1 has acknowledged index 2 of term 3 to n3, which may have committed it by now. What n2, the
// leader of term 2, sent for that index arrives late.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(AppendEntries, OfAnOlderTermIsRefused) {
  Played n1({Term(2), {}}, {Bootstrap()});
  n1.Hear(kN3, AppendEntries{Term(3), At(1, 1), {Noop(3, 2)}, Index(1), 1});
  n1.Persist();
  n1.Hear(kN2, AppendEntries{Term(2), At(1, 1), {Noop(2, 2)}, Index(1), 5});
  n1.Persist();
  EXPECT_EQ(n1.raft().log().last(), At(3, 2)) << "an acknowledged entry is gone";
  EXPECT_EQ(n1.raft().leader(), "n3");
  const auto* reply = n1.Sent<NewerTerm>();
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(reply->term, Term(3));
}

}  // namespace
}  // namespace tidemark::raft
