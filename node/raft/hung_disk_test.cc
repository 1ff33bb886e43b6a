// A disk that acknowledges nothing any more, where those of the others do.
#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

// n1 leads in term 2, with the bootstrap entry and its term's first on disk, and so do n2 and n3.
class HungDisk : public testing::Test {
 protected:
  HungDisk() : n1_(1, {Bootstrap()}) {
    n1_.Elect();
    n1_.Persist();
    Acknowledge(kN2, 2);
    Acknowledge(kN3, 2);
  }

  void Acknowledge(const Member& peer, uint64_t match) {
    n1_.Hear(peer, Replied(Term(2), n1_.Last<AppendEntries>()->round, Appended{Index(match)}));
  }
  // So many milliseconds in which n2 has all up to `n2`, and n3 all up to `n3`; zero: it is silent.
  void Run(int64_t ms, uint64_t n2, uint64_t n3) {
    for (int64_t passed = 0; passed < ms && n1_.raft().leads(); passed += 50) {
      n1_.Advance(50);
      if (!n1_.raft().leads()) return;
      if (n2 != 0) Acknowledge(kN2, n2);
      if (n3 != 0) Acknowledge(kN3, n3);
    }
  }
  bool leads() { return n1_.raft().leads(); }

  Played n1_;
};

TEST_F(HungDisk, EndsALeadershipAfterThreeElectionTimeouts) {
  const uint64_t read = n1_.StartRead();
  n1_.Propose();
  Run(1'500, 3, 3);
  EXPECT_TRUE(leads());
  EXPECT_EQ(n1_.raft().commit_index(), Index(3)) << "the others are a majority";
  EXPECT_TRUE(n1_.Confirmed(read));
  Run(50, 3, 3);
  n1_.StartRead();
  n1_.Advance(50);
  EXPECT_FALSE(leads());
  EXPECT_EQ(n1_.last().lost_reads.size(), 1u);
}

TEST_F(HungDisk, IsWaitedForFromTheFirstEntryOnThatItDoesNotAcknowledge) {
  for (uint64_t i = 3; i <= 32; ++i) {
    n1_.Propose();
    Run(50, i, i);
    EXPECT_TRUE(leads()) << i;
  }
  n1_.Propose();
  Run(100, 33, 33);
  EXPECT_FALSE(leads());
}

TEST_F(HungDisk, ThatAnswersAfterAWhileEndsNothing) {
  for (uint64_t i = 3; i <= 10; ++i) {
    n1_.Propose();
    Run(1'400, i, i);
    n1_.Persist();
  }
  EXPECT_TRUE(leads());
}

TEST_F(HungDisk, IsNotSeenInALeaderThatIsIdle) {
  Run(10'000, 2, 2);
  EXPECT_TRUE(leads());
}

// n3's disk hangs as well: n2 alone can elect nobody.
TEST_F(HungDisk, WithoutAMajorityOfOthersEndsNothing) {
  n1_.Propose();
  Run(10'000, 3, 2);
  EXPECT_TRUE(leads());
  Run(5'100, 3, 3);
  EXPECT_FALSE(leads());
}

// n3 had the entry, and has not been heard since: n2 alone can elect nobody.
TEST_F(HungDisk, WhereTheOthersAreNotHeardEndsNothing) {
  n1_.Propose();
  Run(500, 3, 3);
  Run(2'000, 3, 0);
  EXPECT_TRUE(leads());
  Run(1'400, 3, 3);
  EXPECT_TRUE(leads()) << "they were no majority for a while";
  Run(1'300, 3, 3);
  EXPECT_FALSE(leads());
}

// All disks take seconds; the leader's is merely the slowest.
TEST_F(HungDisk, IsNotOneThatIsSlowAmongTheSlow) {
  n1_.Propose();
  Run(4'000, 2, 2);
  Run(3'900, 3, 3);
  EXPECT_TRUE(leads());
  Run(300, 3, 3);
  EXPECT_FALSE(leads());
}

TEST_F(HungDisk, KeepsANodeFromStanding) {
  n1_.Propose();
  Run(2'000, 3, 3);
  ASSERT_FALSE(leads());
  n1_.Forget();
  for (int i = 0; i < 20; ++i) n1_.Advance(500);
  EXPECT_EQ(n1_.raft().role(), Raft::Role::kFollower);
  EXPECT_EQ(n1_.said(), 0u);
  n1_.Persist();
  for (int i = 0; i < 2; ++i) n1_.Advance(500);
  EXPECT_EQ(n1_.raft().role(), Raft::Role::kCandidate);
}

// Its own vote is being written: it goes on being a candidate, and asks for no pre-vote.
TEST(HungDiskOfACandidate, LeavesItsOwnVoteAskedFor) {
  Played n1(1, {Bootstrap()});
  n1.Stand();
  ASSERT_EQ(n1.raft().term(), Term(2));
  n1.Forget();
  for (int i = 0; i < 10; ++i) n1.Advance(500);
  EXPECT_EQ(n1.said(), 0u);
  EXPECT_EQ(n1.raft().term(), Term(2));
  n1.Persist();
  n1.Hear(kN2, Vote{Term(2), Ballot::kElection, Term(2), true});
  EXPECT_TRUE(n1.raft().leads());
}

// Nobody else could lead.
TEST(HungDiskOfTwo, ChangesNothing) {
  const ConfigurationEntry two{{kCluster, {kN1, kN2}}, Stamp(1)};
  Played n1(1, {std::make_shared<const Entry>(Entry{{Term(1), Index(1)}, two})});
  n1.Elect();
  for (int i = 0; i < 200; ++i) {
    n1.Advance(50);
    n1.Hear(kN2, Replied(Term(2), n1.Last<AppendEntries>()->round, Appended{Index(2)}));
  }
  EXPECT_TRUE(n1.raft().leads());
}

TEST(AbandonedRead, IsNeitherConfirmedNorLost) {
  Played n1(1, {Bootstrap()});
  n1.Elect();
  const uint64_t first = n1.StartRead();
  const uint64_t second = n1.StartRead();
  n1.Do([&](Raft* raft, Time) { raft->AbandonRead(first); });
  EXPECT_EQ(n1.raft().open_reads(), 1u);
  n1.Do([](Raft* raft, Time now) { raft->Quarantine(now); });
  EXPECT_EQ(n1.last().lost_reads, std::vector<uint64_t>{second});
}

}  // namespace
}  // namespace tidemark::raft
