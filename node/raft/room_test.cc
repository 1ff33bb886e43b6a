// What a node does when its disk is full, or when its state is not what it should be, or when it
// has come back empty: it goes on with what it still may.
#include <cstdint>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

const uint64_t kOne = RoomFor(*Noop(1, 1));

void SetRoom(Played* node, uint64_t sequence, uint64_t bytes) {
  node->Do([&](Raft* raft, Time) { raft->SetRoom(sequence, bytes); });
}

Index Acknowledged(const Played& node) {
  return std::get<Appended>(node.Last<AppendReply>()->result).match_index;
}

size_t Warnings(const Played& node) {
  size_t count = 0;
  for (const Notice& notice : node.last().notices) {
    count += notice.level == Notice::Level::kWarning;
  }
  return count;
}

TEST(Room, CountsWhatWasAppendedBehindTheStepItSpeaksOf) {
  Played n1(1, {Bootstrap()});
  n1.Elect();  // steps 1 and 2: its vote, its term's first entry
  EXPECT_TRUE(n1.raft().HasRoomFor(uint64_t{1} << 60));
  SetRoom(&n1, 1, 3 * kOne);
  EXPECT_TRUE(n1.raft().HasRoomFor(2 * kOne));
  EXPECT_FALSE(n1.raft().HasRoomFor(2 * kOne + 1));
  SetRoom(&n1, 2, 3 * kOne);
  EXPECT_TRUE(n1.raft().HasRoomFor(3 * kOne));
  SetRoom(&n1, 1, 0);
  EXPECT_TRUE(n1.raft().HasRoomFor(3 * kOne)) << "older word comes late";
  n1.Propose();
  EXPECT_FALSE(n1.raft().HasRoomFor(2 * kOne));
}

TEST(Room, AFollowerTakesAsManyEntriesAsFitAndAcknowledgesThose) {
  Played n1(1, {Bootstrap()});
  SetRoom(&n1, 0, 2 * kOne);
  n1.Hear(kN2, Append(1, At(1, 1), {Noop(1, 2), Noop(1, 3), Noop(1, 4)}, 4));
  EXPECT_EQ(Acknowledged(n1), Index(3));
  EXPECT_EQ(n1.raft().log().last_index(), Index(3));
  EXPECT_EQ(n1.raft().commit_index(), Index(3));
  n1.Hear(kN2, Append(1, At(1, 3), {Noop(1, 4)}, 4));
  EXPECT_EQ(Acknowledged(n1), Index(3));
  SetRoom(&n1, 1, uint64_t{1} << 20);
  n1.Hear(kN2, Append(1, At(1, 3), {Noop(1, 4)}, 4));
  EXPECT_EQ(Acknowledged(n1), Index(4));
}

TEST(Room, WithoutItNothingIsTruncatedEither) {
  Played n1(1, {Bootstrap(), Noop(1, 2)});
  SetRoom(&n1, 0, 0);
  n1.Hear(kN2, Append(2, At(1, 1), {Noop(2, 2)}));
  EXPECT_EQ(Acknowledged(n1), Index(1));
  EXPECT_EQ(n1.raft().log().last(), At(1, 2));
}

TEST(Room, WithoutItANodeVotesAndDoesNotStand) {
  Played n1(1, {Bootstrap()});
  SetRoom(&n1, 0, kOne - 1);
  n1.Advance(1'000);
  EXPECT_EQ(n1.raft().role(), Raft::Role::kFollower);
  EXPECT_EQ(n1.said(), 0u);
  n1.Hear(kN2, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_TRUE(n1.Last<Vote>()->granted);
  n1.Persist();
  SetRoom(&n1, 1, kOne);
  n1.Advance(1'000);
  EXPECT_EQ(n1.raft().role(), Raft::Role::kCandidate);
}

TEST(Room, WithoutItAVoteMakesNoLeader) {
  Played n1(1, {Bootstrap()});
  n1.Stand();
  n1.Persist();
  SetRoom(&n1, 1, 0);
  n1.Hear(kN2, Vote{Term(2), Ballot::kElection, Term(2), true});
  EXPECT_FALSE(n1.raft().leads());
  EXPECT_NE(n1.raft().deadline(), Time::Never());
}

// n2's disk is full: it takes none of the entries, whatever it is sent.
TEST(Room, ALeaderSendsAPeerThatHasNoneOneMessageAHeartbeat) {
  Played n1(1, {Bootstrap()});
  n1.Elect();
  for (int i = 0; i < 10; ++i) n1.Propose();
  n1.Persist();
  n1.Hear(kN2, Replied(Term(2), 1, Conflict{Index(5), Term(), Index(2)}));
  n1.Forget();
  n1.Hear(kN2, Replied(Term(2), 1, Appended{Index(1)}));
  EXPECT_EQ(n1.said(), 0u);
  n1.Advance(50);
  EXPECT_EQ(n1.Count<AppendEntries>(), 2u);
  n1.Hear(kN2, Replied(Term(2), 2, Appended{Index(12)}));
  n1.Forget();
  n1.Propose();
  n1.Propose();
  EXPECT_EQ(n1.Count<AppendEntries>(), 4u) << "to n2 as well as to n3, at once";
}

// --- What is not committed ----------------------------------------------------------------------

// n1 leads in term 2; its term's first entry, at index 2, is committed. A command has 8 bytes, its
// entry 32.
std::unique_ptr<Played> LeaderWith(uint64_t entries, uint64_t bytes) {
  Options options;
  options.max_uncommitted_entries = entries;
  options.max_uncommitted_bytes = bytes;
  auto n1 = std::make_unique<Played>(Restored{{Term(1), {}}, {}, {}, {Bootstrap()}}, options);
  n1->Elect();
  n1->Persist();
  n1->Hear(kN2, Replied(Term(2), 1, Appended{Index(2)}));
  return n1;
}

TEST(Tail, TakesAsManyCommandsAsItMay) {
  const std::unique_ptr<Played> leader = LeaderWith(3, 1'000'000);
  Played& n1 = *leader;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(n1.raft().TailTakes(8));
    n1.Propose();
  }
  EXPECT_FALSE(n1.raft().TailTakes(8));
  n1.Persist();
  n1.Hear(kN2, Replied(Term(2), 1, Appended{Index(3)}));
  EXPECT_EQ(n1.raft().commit_index(), Index(3));
  EXPECT_TRUE(n1.raft().TailTakes(8));
  n1.Propose();
  EXPECT_FALSE(n1.raft().TailTakes(8));
}

TEST(Tail, TakesAsManyBytesAsItMay) {
  const std::unique_ptr<Played> leader = LeaderWith(1'000, 100);
  Played& n1 = *leader;
  n1.Propose();
  n1.Propose();
  EXPECT_TRUE(n1.raft().TailTakes(36));
  EXPECT_FALSE(n1.raft().TailTakes(37));
}

TEST(Tail, TakesOneCommandHoweverLarge) {
  const std::unique_ptr<Played> leader = LeaderWith(1'000, 100);
  Played& n1 = *leader;
  EXPECT_TRUE(n1.raft().TailTakes(1'000));
  n1.Propose();
  EXPECT_FALSE(n1.raft().TailTakes(1'000));
}

// What a leader before it appended counts, as it is not known to be committed; its own term's first
// entry does not.
TEST(Tail, HasWhatIsInheritedUntilTheTermHasBegun) {
  Options options;
  options.max_uncommitted_entries = 4;
  Played n1(Restored{{Term(1), {}}, {}, {}, {Bootstrap(), Noop(1, 2), Noop(1, 3)}}, options);
  n1.Elect();
  EXPECT_TRUE(n1.raft().TailTakes(8));
  n1.Propose();
  EXPECT_FALSE(n1.raft().TailTakes(8));
  EXPECT_FALSE(n1.raft().term_has_begun());
  n1.Persist();
  n1.Hear(kN2, Replied(Term(2), 1, Appended{Index(4)}));
  EXPECT_TRUE(n1.raft().term_has_begun());
  EXPECT_TRUE(n1.raft().TailTakes(8));
}

TEST(Quarantine, EndsALeadershipAndItsReads) {
  Played n1(1, {Bootstrap()});
  n1.Elect();
  const uint64_t read = n1.StartRead();
  n1.Do([](Raft* raft, Time now) { raft->Quarantine(now); });
  EXPECT_TRUE(n1.raft().quarantined());
  EXPECT_FALSE(n1.raft().leads());
  EXPECT_EQ(n1.last().lost_reads, std::vector<uint64_t>{read});
}

TEST(Quarantine, VotesAndAcknowledgesAndNeverStands) {
  Played n1(1, {Bootstrap()});
  n1.Stand();
  n1.Do([](Raft* raft, Time now) { raft->Quarantine(now); });
  n1.Persist();
  EXPECT_EQ(n1.raft().role(), Raft::Role::kFollower);
  n1.Advance(1'000);
  n1.Advance(1'000);
  EXPECT_EQ(n1.raft().role(), Raft::Role::kFollower);
  n1.Hear(kN2, RequestVote{Ballot::kElection, Term(5), At(1, 1)});
  EXPECT_TRUE(n1.Last<Vote>()->granted);
  n1.Hear(kN2, Append(5, At(1, 1), {Noop(5, 2)}));
  EXPECT_EQ(Acknowledged(n1), Index(2));
}

TEST(Learner, SaysOnceThatItWaitsToBeAdmitted) {
  Played n1(HardState{}, {}, {"n1", Incarnation(99)});
  EXPECT_EQ(Warnings(n1), 0u);
  n1.Hear(kN2, Append(1, {}, {Bootstrap()}));
  EXPECT_EQ(Warnings(n1), 1u);
  n1.Hear(kN2, Append(1, At(1, 1), {Noop(1, 2)}));
  EXPECT_EQ(Warnings(n1), 0u);
}

}  // namespace
}  // namespace tidemark::raft
