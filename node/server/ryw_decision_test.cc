#include "node/server/ryw_decision.h"

#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace tidemark::server {
namespace {

constexpr raft::Index kSeen(10);
constexpr raft::Index kBehind(9);

struct Row {
  const char* what;
  RywSituation situation;
  RywDecision expected;
};

TEST(RywDecision, FollowsTheTable) {
  const std::vector<Row> rows = {
      {"row 2: a follower that has it serves",
       {.applied = kSeen, .need = kSeen, .prefer_follower = true},
       RywDecision::kServeAsFollower},
      {"row 2 also when the wait is over and a leader is known",
       {.applied = kSeen,
        .need = kSeen,
        .prefer_follower = true,
        .wait_over = true,
        .leader_known = true},
       RywDecision::kServeAsFollower},
      {"row 1 before all others",
       {.refused = true, .applied = kSeen, .need = kSeen, .prefer_follower = true},
       RywDecision::kRefuse},
      {"row 1 at a leader too",
       {.refused = true, .leads = true, .applied = kSeen, .need = kSeen},
       RywDecision::kRefuse},
      {"row 3: the token proves what is not applied yet",
       {.applied = kBehind, .need = kSeen, .prefer_follower = true, .proved = true},
       RywDecision::kServeProved},
      {"row 3 also when the wait is over",
       {.applied = kBehind,
        .need = kSeen,
        .prefer_follower = true,
        .proved = true,
        .wait_over = true,
        .leader_known = true},
       RywDecision::kServeProved},
      {"row 3 is for those who want a follower",
       {.applied = kBehind, .need = kSeen, .proved = true, .leader_known = true},
       RywDecision::kForwardPreferred},
      {"row 4: one index short is behind",
       {.applied = kBehind, .need = kSeen, .prefer_follower = true, .leader_known = true},
       RywDecision::kWaitForEntries},
      {"row 4 without a leader: one may come",
       {.applied = kBehind, .need = kSeen, .prefer_follower = true},
       RywDecision::kWaitForEntries},
      {"row 4 without a leader who could be faster",
       {.applied = kBehind, .need = kSeen, .prefer_follower = true, .waiting_helps = false},
       RywDecision::kWaitForEntries},
      {"row 5: the leader is faster",
       {.applied = kBehind,
        .need = kSeen,
        .prefer_follower = true,
        .waiting_helps = false,
        .leader_known = true},
       RywDecision::kForwardBehind},
      {"row 5: waited long enough",
       {.applied = kBehind,
        .need = kSeen,
        .prefer_follower = true,
        .wait_over = true,
        .leader_known = true},
       RywDecision::kForwardBehind},
      {"row 6: the leader is preferred, even where this node has it",
       {.applied = kSeen, .need = kSeen, .leader_known = true},
       RywDecision::kForwardPreferred},
      {"row 7", {.leads = true, .applied = kSeen, .need = kSeen}, RywDecision::kServeAsLeader},
      {"row 7 whatever is preferred",
       {.leads = true, .applied = kSeen, .need = kSeen, .prefer_follower = true},
       RywDecision::kServeAsLeader},
      {"row 8: a leader that is behind makes sure first",
       {.leads = true, .applied = kBehind, .need = kSeen, .prefer_follower = true},
       RywDecision::kConfirm},
      {"row 9: nobody to ask",
       {.applied = kBehind, .need = kSeen, .prefer_follower = true, .wait_over = true},
       RywDecision::kWaitForLeader},
      {"row 9 for a reader that prefers the leader",
       {.applied = kSeen, .need = kSeen},
       RywDecision::kWaitForLeader},
  };
  for (const Row& row : rows) EXPECT_EQ(DecideRyw(row.situation), row.expected) << row.what;
}

// Whatever else is so: only who has applied what the reader has seen serves it.
TEST(RywDecision, NeverServesBehindTheReader) {
  for (int bits = 0; bits < 16; ++bits) {
    const RywDecision decision = DecideRyw({.leads = (bits & 1) != 0,
                                            .applied = kBehind,
                                            .need = kSeen,
                                            .prefer_follower = (bits & 2) != 0,
                                            .wait_over = (bits & 4) != 0,
                                            .leader_known = (bits & 8) != 0});
    EXPECT_NE(decision, RywDecision::kServeAsFollower) << bits;
    EXPECT_NE(decision, RywDecision::kServeAsLeader) << bits;
  }
}

}  // namespace
}  // namespace tidemark::server
