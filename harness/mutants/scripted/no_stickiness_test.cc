// n3 is cut off from n2, which leads, and not from n1. It stands, and would depose n2 through n1
// each time.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

class Stickiness : public testing::Test {
 protected:
  Stickiness() : n1_({Term(2), {}}, {Bootstrap()}) {
    n1_.Hear(kN2, AppendEntries{Term(2), At(1, 1), {}, Index(1), 1});
  }
  Played n1_;
};

TEST_F(Stickiness, RefusesAVote) {
  n1_.Hear(kN3, RequestVote{Ballot::kElection, Term(3), At(1, 1)});
  n1_.Persist();
  EXPECT_EQ(n1_.raft().term(), Term(2)) << "n3 has deposed the leader that n1 hears";
  ASSERT_NE(n1_.Sent<Vote>(), nullptr);
  EXPECT_FALSE(n1_.Sent<Vote>()->granted);
}

TEST_F(Stickiness, RefusesAPreVote) {
  n1_.Hear(kN3, RequestVote{Ballot::kPreVote, Term(3), At(1, 1)});
  n1_.Persist();
  ASSERT_NE(n1_.Sent<Vote>(), nullptr);
  EXPECT_FALSE(n1_.Sent<Vote>()->granted) << "n1 would vote though it hears a leader";
}

TEST_F(Stickiness, EndsWithTheLeadersSilence) {
  n1_.Advance(300);
  n1_.Hear(kN3, RequestVote{Ballot::kElection, Term(3), At(1, 1)});
  n1_.Persist();
  ASSERT_NE(n1_.Sent<Vote>(), nullptr);
  EXPECT_TRUE(n1_.Sent<Vote>()->granted);
}

}  // namespace
}  // namespace tidemark::raft
