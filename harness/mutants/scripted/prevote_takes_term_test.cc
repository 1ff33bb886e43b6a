// n3, whose term a partition has driven up, asks whether it would be elected. It would not: its log
// is old. Nothing must have come of the question.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(PreVote, ChangesNothing) {
  Played n1({Term(2), {}}, {Bootstrap(), Noop(2, 2)});
  n1.Hear(kN3, RequestVote{Ballot::kPreVote, Term(9), At(1, 1)});
  n1.Persist();
  EXPECT_EQ(n1.raft().term(), Term(2)) << "a question has moved the term";
  ASSERT_NE(n1.Sent<Vote>(), nullptr);
  EXPECT_EQ(n1.Sent<Vote>()->term, Term(2));
  EXPECT_FALSE(n1.Sent<Vote>()->granted);
}

}  // namespace
}  // namespace tidemark::raft
