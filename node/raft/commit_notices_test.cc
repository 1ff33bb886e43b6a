// Commit notices (docs/design.md): a word of the leader's that nobody answers.
#include <cstdint>

#include "gtest/gtest.h"
#include "node/raft/messages.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

// --- At a follower -------------------------------------------------------------------------------

class CommitNotices : public ::testing::Test {
 protected:
  // n1 follows n2 in term 2 and has an entry of term 1 at index 2 that may not be the leader's.
  CommitNotices() : n1_(2, {Bootstrap(), Noop(1, 2)}) {
    n1_.Hear(kN2, Append(2, {Term(1), Index(1)}, {}));
    n1_.Persist();
    n1_.Forget();
  }

  Played n1_;
};

TEST_F(CommitNotices, CommitsWhatItNamesAndDoesNotAnswer) {
  n1_.Hear(kN2, CommitNotice{Term(2), {Term(1), Index(2)}});
  n1_.Persist();
  EXPECT_EQ(n1_.raft().commit_index(), Index(2));
  EXPECT_EQ(n1_.said(), 0u);
}

TEST_F(CommitNotices, DropsOneOfAnEntryThatItDoesNotHave) {
  n1_.Hear(kN2, CommitNotice{Term(2), {Term(2), Index(3)}});
  EXPECT_EQ(n1_.raft().commit_index(), Index(0));
  EXPECT_EQ(n1_.said(), 0u);
}

// Its own entry 2 is of term 1; the leader has committed another there.
TEST_F(CommitNotices, DropsOneThatOvertakesTheEntries) {
  n1_.Hear(kN2, CommitNotice{Term(2), {Term(2), Index(2)}});
  EXPECT_EQ(n1_.raft().commit_index(), Index(0));
}

TEST_F(CommitNotices, TakesItForAWordOfALeader) {
  n1_.Hear(kN2, CommitNotice{Term(3), {Term(1), Index(1)}});
  EXPECT_EQ(n1_.raft().term(), Term(3));
  EXPECT_EQ(n1_.raft().leader(), "n2");
  EXPECT_EQ(n1_.raft().commit_index(), Index(1));
}

TEST_F(CommitNotices, TellsAnOlderLeaderOfTheNewerTerm) {
  n1_.Hear(kN3, CommitNotice{Term(1), {Term(1), Index(2)}});
  n1_.Persist();
  ASSERT_NE(n1_.Last<NewerTerm>(), nullptr);
  EXPECT_EQ(*n1_.Last<NewerTerm>(), NewerTerm{Term(2)});
  EXPECT_EQ(n1_.raft().commit_index(), Index(0));
}

// --- At a leader ---------------------------------------------------------------------------------

class CommitsTold : public ::testing::Test {
 protected:
  // n1 leads in term 2 and has committed its first entry, which n2 has acknowledged.
  CommitsTold() : n1_(1, {Bootstrap()}) {
    n1_.Elect();
    n1_.Persist();
    Acknowledge(kN2, 2);
    n1_.Forget();
  }

  void Acknowledge(const Member& peer, uint64_t index) {
    const auto& append = *n1_.Last<AppendEntries>();
    n1_.Hear(peer, AppendReply{Term(2), EchoOf(append), Appended{Index(index)}});
  }

  Played n1_;
};

TEST_F(CommitsTold, TellsBothAtOnceWhereNoEntriesAreUnderWay) {
  n1_.Propose();
  n1_.Persist();
  EXPECT_EQ(n1_.Count<CommitNotice>(), 0u);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 2u);
  Acknowledge(kN2, 3);
  EXPECT_EQ(n1_.Count<CommitNotice>(), 2u);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 2u);
  EXPECT_EQ(*n1_.Last<CommitNotice>(), (CommitNotice{Term(2), {Term(2), Index(3)}}));
  // Once.
  Acknowledge(kN3, 3);
  EXPECT_EQ(n1_.said(), 4u);
}

TEST_F(CommitsTold, LetsItRideOnTheEntriesThatAreUnderWay) {
  n1_.Propose();
  n1_.Persist();
  n1_.Propose();
  n1_.Persist();
  Acknowledge(kN2, 3);
  EXPECT_EQ(n1_.raft().commit_index(), Index(3));
  EXPECT_EQ(n1_.Count<CommitNotice>(), 0u) << "4 is under way: what commits it says both";
  Acknowledge(kN2, 4);
  EXPECT_EQ(n1_.Count<CommitNotice>(), 2u);
  n1_.Forget();
  n1_.Propose();
  EXPECT_EQ(n1_.Last<AppendEntries>()->commit_index, Index(4));
}

TEST_F(CommitsTold, TellsOneThatIsToKnowThoughEntriesAreUnderWay) {
  n1_.Propose();
  n1_.Persist();
  n1_.Propose();
  n1_.Persist();
  Acknowledge(kN2, 3);
  n1_.Do([](Raft* raft, Time) {
    EXPECT_TRUE(raft->TellsOfCommit("n2", Index(3)));
    EXPECT_FALSE(raft->TellsOfCommit("n3", Index(3))) << "it may not have the entry yet";
  });
  EXPECT_EQ(n1_.Count<CommitNotice>(), 1u);
}

TEST_F(CommitsTold, SaysItAgainWithHeartbeats) {
  n1_.Propose();
  n1_.Persist();
  Acknowledge(kN2, 3);
  n1_.Forget();
  // n2 has just been sent entries, and has answered: the next but one is for it.
  n1_.Advance(50);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 1u);
  n1_.Advance(50);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 3u);
  EXPECT_EQ(n1_.Last<AppendEntries>()->commit_index, Index(3));
}

// --- Heartbeats ----------------------------------------------------------------------------------

TEST_F(CommitsTold, SparesNobodyAHeartbeatThatAReadWaitsFor) {
  n1_.Advance(50);
  Acknowledge(kN2, 2);
  Acknowledge(kN3, 2);
  n1_.Propose();
  n1_.Persist();
  Acknowledge(kN2, 3);
  Acknowledge(kN3, 3);
  n1_.StartRead();
  n1_.Forget();
  n1_.Advance(50);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 2u);
}

TEST_F(CommitsTold, SparesNobodyWhereElectionsAreQuick) {
  Options options;
  options.heartbeat = Duration::Millis(60);
  Played n1(Restored{{Term(1), {}}, {}, {}, {Bootstrap()}}, options);
  n1.Elect();
  n1.Persist();
  n1.Hear(kN2, Replied(Term(2), n1.Last<AppendEntries>()->round, Appended{Index(2)}));
  n1.Forget();
  n1.Advance(60);
  EXPECT_EQ(n1.Count<AppendEntries>(), 2u);
}

// --- What a read asks ----------------------------------------------------------------------------

TEST_F(CommitsTold, AsksNoMorePeersForAReadThanAQuorumNeeds) {
  n1_.Advance(50);
  Acknowledge(kN2, 2);
  Acknowledge(kN3, 2);
  n1_.Forget();
  const uint64_t read = n1_.StartRead();
  EXPECT_EQ(n1_.Count<AppendEntries>(), 1u);
  // It does not answer: the next heartbeat asks both, and the read is confirmed by the other.
  n1_.Advance(50);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 3u);
  EXPECT_FALSE(n1_.Confirmed(read));
  Acknowledge(kN3, 2);
  EXPECT_TRUE(n1_.Confirmed(read));
  // And n3 is asked from now on.
  n1_.Forget();
  const uint64_t next = n1_.StartRead();
  ASSERT_EQ(n1_.Count<AppendEntries>(), 1u);
  ASSERT_EQ(n1_.last().send_now.size(), 1u);
  EXPECT_EQ(n1_.last().send_now[0].header.to, kN3) << "n2 is silent";
  Acknowledge(kN3, 2);
  EXPECT_TRUE(n1_.Confirmed(next));
}

}  // namespace
}  // namespace tidemark::raft
