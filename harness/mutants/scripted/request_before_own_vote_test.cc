// n1 stands in term 2 with an entry that is not on its disk, crashes, comes back without it and
// stands in term 2 again. Whatever vote its first request brought it was for the longer log, which
// is committed: with that vote it would lead without index 2.
#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(RequestVote, WaitsForWhatItPromises) {
  Played first({Term(1), {}}, {Founding()});
  first.Hear(kN2, AppendEntries{Term(1), At(1, 1), {Noop(1, 2)}, Index(1), 1});
  first.Stand();
  const RequestVote* asked = first.Sent<RequestVote>();
  const bool went_out = asked != nullptr && asked->ballot == Ballot::kElection;

  Played second({Term(1), {}}, {Founding()});
  second.Stand();
  second.Persist();
  ASSERT_EQ(second.raft().term(), Term(2));
  // n3 holds index 2, and grants only a candidate that says it does too.
  if (went_out && asked->last >= At(1, 2)) {
    second.Hear(kN3, Vote{Term(2), Ballot::kElection, Term(2), true});
  }
  EXPECT_FALSE(second.raft().leads()) << "n1 leads without an entry that n2 and n3 have committed";
}

}  // namespace
}  // namespace tidemark::raft
