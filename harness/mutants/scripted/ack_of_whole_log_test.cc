// n1 holds a tail that n2, a leader of term 2, left uncommitted. A heartbeat of n3, which leads in
// term 3, matches before that tail: n1 acknowledges what it shares with n3, and no more. Otherwise
// n3 would count n1 for entries of its own at the tail's indexes.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(Acknowledgement, SpeaksOfWhatWasSent) {
  Played n1({Term(2), {}}, {Bootstrap(), Noop(2, 2), Noop(2, 3)});
  n1.Hear(kN3, AppendEntries{Term(3), At(1, 1), {}, Index(1), 1});
  n1.Persist();
  const auto* reply = n1.Sent<AppendReply>();
  ASSERT_NE(reply, nullptr);
  ASSERT_TRUE(std::holds_alternative<Appended>(reply->result));
  EXPECT_EQ(std::get<Appended>(reply->result).match_index, Index(1))
      << "n1 is counted for what n3 has never sent it";
}

}  // namespace
}  // namespace tidemark::raft
