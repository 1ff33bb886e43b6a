// Snapshots (§7): what a node does with the one that it is sent, and with a log that begins behind
// one. One node is real; its peers and its disk are played.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"
#include "node/raft/testing/snapshots.h"

namespace tidemark::raft {
namespace {
// --- A log that begins behind a base ------------------------------------------------------------

// n1 follows n2, which leads in term 3; what is committed up to index 5 is in a snapshot.
Played WithBase(std::vector<EntryRef> log) {
  return Played(Restored{{Term(3), {}}, Taken(), At(1, 5), std::move(log)}, Small());
}

TEST(Base, IsCommittedAndPartOfTheCluster) {
  Played n1 = WithBase({});
  EXPECT_EQ(n1.raft().commit_index(), Index(5));
  EXPECT_EQ(n1.raft().durable_index(), Index(5));
  EXPECT_EQ(n1.raft().cluster(), kCluster);
  EXPECT_FALSE(n1.raft().unbootstrapped());
  n1.Hear(kN3, RequestVote{Ballot::kElection, Term(4), At(1, 4)});
  EXPECT_FALSE(n1.Last<Vote>()->granted);
  n1.Hear(kN3, RequestVote{Ballot::kElection, Term(4), At(1, 5)});
  EXPECT_TRUE(n1.Last<Vote>()->granted);
  n1.Hear(kN2, RequestBootstrap{Term(9), {"n1", "n2", "n3"}});
  EXPECT_FALSE(n1.Last<Vote>()->granted);
}

TEST(Base, OfANodeThatStandsGoesIntoItsRequest) {
  Played n1 = WithBase({});
  n1.Advance(1'000);
  EXPECT_EQ(n1.Last<RequestVote>()->last, At(1, 5));
}

TEST(Base, AppendEntriesThatOverlapItGoOnBehindIt) {
  Played n1 = WithBase({});
  n1.Hear(kN2, Append(3, At(1, 3), {Noop(1, 4), Noop(1, 5), Noop(1, 6)}, 6));
  EXPECT_EQ(n1.raft().log().last(), At(1, 6));
  EXPECT_EQ(n1.raft().commit_index(), Index(6));
  ASSERT_NE(n1.Last<AppendReply>(), nullptr);
  EXPECT_EQ(std::get<Appended>(n1.Last<AppendReply>()->result).match_index, Index(6));
}

TEST(Base, AppendEntriesBelowItAreThereAlready) {
  Played n1 = WithBase({Noop(1, 6)});
  n1.Hear(kN2, Append(3, {}, {Bootstrap(), Noop(1, 2)}, 6));
  EXPECT_EQ(std::get<Appended>(n1.Last<AppendReply>()->result).match_index, Index(2));
  n1.Hear(kN2, Append(3, At(1, 3), {}, 6));
  EXPECT_EQ(std::get<Appended>(n1.Last<AppendReply>()->result).match_index, Index(3));
  EXPECT_EQ(n1.raft().log().last(), At(1, 6));
  EXPECT_EQ(n1.raft().commit_index(), Index(5));
}

TEST(Base, AppendEntriesThatContradictItChangeNothing) {
  Played n1 = WithBase({Noop(1, 6)});
  n1.Hear(kN2, Append(3, At(1, 4), {Noop(2, 5), Noop(2, 6)}, 6));
  EXPECT_EQ(n1.Count<AppendReply>(), 0u) << "what is committed gives way to nobody";
  EXPECT_EQ(n1.last().contradicted, Index(5));
  EXPECT_EQ(n1.raft().log().last(), At(1, 6));
}

TEST(Base, ALeaderOfAnOlderTermIsRefusedBelowItToo) {
  Played n1 = WithBase({});
  n1.Hear(kN2, Append(2, At(1, 3), {Noop(1, 4)}));
  EXPECT_EQ(n1.Count<AppendReply>(), 0u);
  EXPECT_EQ(*n1.Last<NewerTerm>(), NewerTerm{Term(3)});
}

TEST(Base, AConflictBehindItDoesNotLookBelow) {
  Played n1 = WithBase({Noop(1, 6), Noop(1, 7)});
  n1.Hear(kN2, Append(3, At(2, 7), {}));
  EXPECT_EQ(std::get<Conflict>(n1.Last<AppendReply>()->result),
            (Conflict{Index(7), Term(1), Index(6)}));
}

// --- A follower ---------------------------------------------------------------------------------

// n1 is sent by n2, which leads in term 3, the state at index 9 of term 2.
class SnapshotFollower : public testing::Test {
 protected:
  explicit SnapshotFollower(std::vector<EntryRef> log = {Bootstrap(), Noop(1, 2)})
      : n1_(Restored{{Term(2), {}}, {}, {}, std::move(log)}, Small()) {}

  void Send(uint64_t offset, uint64_t bytes = 10, const Member& from = kN2, uint64_t term = 3) {
    n1_.Hear(from, InstallSnapshot{Term(term), 4, PieceOf(kSnapshot, offset, bytes), kLife});
  }
  void Written(uint64_t end, bool taken = true) {
    n1_.Do([&](Raft* raft, Time) { raft->PieceWritten(kSnapshot, end, taken); });
  }
  bool Installed() {
    bool replaces = false;
    n1_.Do([&](Raft* raft, Time now) { replaces = raft->SnapshotInstalled(now, kSnapshot); });
    return replaces;
  }
  size_t pieces() const { return n1_.last().snapshot_pieces.size(); }
  void ExpectAnswer(uint64_t offset, uint64_t written, uint64_t term = 3) {
    ASSERT_NE(n1_.Last<InstallReply>(), nullptr);
    EXPECT_EQ(*n1_.Last<InstallReply>(), ReplyOf(term, 4, kSnapshot, offset, written));
  }
  static constexpr auto kAppended = [](const AppendReply* reply) {
    const auto* appended = reply == nullptr ? nullptr : std::get_if<Appended>(&reply->result);
    return appended == nullptr ? Index() : appended->match_index;
  };

  const Snapshot kSnapshot = Taken(2, 9);
  Played n1_;
};

TEST_F(SnapshotFollower, TakesPiecesInTheirOrderAndAnswersWhenTheyAreWritten) {
  Send(0);
  ASSERT_EQ(pieces(), 1u);
  EXPECT_EQ(n1_.last().snapshot_pieces[0], PieceOf(kSnapshot, 0));
  EXPECT_EQ(n1_.Count<InstallReply>(), 0u);
  Send(10);
  EXPECT_EQ(pieces(), 1u);
  Written(10);
  ExpectAnswer(20, 10);
  Written(20);
  ExpectAnswer(20, 20);
}

TEST_F(SnapshotFollower, TellsAHeartbeatHowFarItIs) {
  Send(0, 0);
  EXPECT_EQ(pieces(), 0u);
  ExpectAnswer(0, 0);
  EXPECT_EQ(n1_.raft().leader(), "n2");
  Send(0);
  Send(0, 0);
  ExpectAnswer(10, 0);
}

TEST_F(SnapshotFollower, TakesNoPieceOutOfOrder) {
  Send(10);
  EXPECT_EQ(pieces(), 0u);
  ExpectAnswer(0, 0);
  Send(0);
  n1_.Forget();
  Send(0);
  EXPECT_EQ(pieces(), 0u) << "twice";
  ExpectAnswer(10, 0);
}

TEST_F(SnapshotFollower, TakesNoPieceThatIsLongerThanItsFile) {
  Send(0, 101);
  EXPECT_EQ(pieces(), 0u);
}

TEST_F(SnapshotFollower, GoesOnWithTheNextLeaderWhereThatHasTheSameFile) {
  Send(0);
  Written(10);
  Send(0, 0, kN3, 4);
  ExpectAnswer(10, 10, 4);
  Send(10, 10, kN3, 4);
  EXPECT_EQ(pieces(), 1u);
}

TEST_F(SnapshotFollower, BeginsAnewWithAnotherFile) {
  Send(0);
  const Snapshot other = Taken(2, 9, 99);
  n1_.Hear(kN3, InstallSnapshot{Term(4), 1, PieceOf(other, 10)});
  EXPECT_EQ(n1_.Last<InstallReply>()->offset, 0u);
  n1_.Hear(kN3, InstallSnapshot{Term(4), 1, PieceOf(other, 0)});
  EXPECT_EQ(pieces(), 1u);
  n1_.Hear(kN3, InstallSnapshot{Term(4), 1, PieceOf(Taken(2, 8), 0)});
  EXPECT_EQ(pieces(), 0u) << "an older one of the same leader is late";
}

TEST_F(SnapshotFollower, BeginsAnewWhereItsDiskHadNoRoom) {
  Send(0);
  Send(10);
  Written(10, false);
  n1_.Forget();
  Send(20);
  EXPECT_EQ(pieces(), 0u) << "the disk has not answered for the second piece";
  Written(20, false);
  ExpectAnswer(0, 0);
  Send(0);
  EXPECT_EQ(pieces(), 1u);
}

// All of it was written, and its last step found no room.
TEST_F(SnapshotFollower, BeginsAnewWhereThereIsNoRoomToInstallIt) {
  Send(0, 100);
  Written(100);
  ExpectAnswer(100, 100);
  Written(0, false);
  ExpectAnswer(0, 0);
  Send(0);
  EXPECT_EQ(pieces(), 1u);
}

TEST_F(SnapshotFollower, BeginsAnewWhereTheFileIsDamaged) {
  Send(0, 100);
  Written(100);
  ExpectAnswer(100, 100);
  n1_.Do([&](Raft* raft, Time) { raft->SnapshotRefused(kSnapshot); });
  Send(0, 0);
  ExpectAnswer(0, 0);
  EXPECT_EQ(n1_.raft().commit_index(), Index());
}

TEST_F(SnapshotFollower, CountsNoPieceOfTheFileBeforeAsWritten) {
  Send(0, 50);
  n1_.Do([&](Raft* raft, Time) { raft->SnapshotRefused(kSnapshot); });
  Send(0);
  Written(50);
  ExpectAnswer(10, 10);
}

TEST_F(SnapshotFollower, AcknowledgesWhatIsInstalledAndNotBefore) {
  Send(0, 100);
  Written(100);
  EXPECT_EQ(n1_.Count<AppendReply>(), 0u);
  EXPECT_TRUE(Installed());
  EXPECT_EQ(n1_.Sent<AppendReply>(), nullptr) << "its log does not say so yet";
  ASSERT_EQ(n1_.last().records.size(), 1u);
  EXPECT_EQ(std::get<LogBase>(n1_.last().records[0]), (LogBase{At(2, 9), kCluster}));
  n1_.Persist();
  EXPECT_EQ(kAppended(n1_.Sent<AppendReply>()), Index(9));
  EXPECT_EQ(n1_.Sent<AppendReply>()->echo.round, 4u);
  EXPECT_EQ(n1_.raft().log().base(), At(2, 9));
  EXPECT_EQ(n1_.raft().commit_index(), Index(9));
  EXPECT_EQ(n1_.raft().durable_index(), Index(9));
  EXPECT_EQ(n1_.raft().snapshot(), kSnapshot);
  n1_.Hear(kN2, Append(3, At(2, 9), {Noop(3, 10)}, 10));
  EXPECT_EQ(n1_.raft().commit_index(), Index(10));
}

TEST_F(SnapshotFollower, AcknowledgesAtOnceWhatItHasCommitted) {
  n1_.Hear(kN2, Append(3, At(1, 2), {Noop(2, 3), Noop(2, 4)}, 4));
  n1_.Forget();
  n1_.Hear(kN2, InstallSnapshot{Term(3), 5, PieceOf(Taken(2, 4), 0)});
  EXPECT_EQ(pieces(), 0u);
  EXPECT_EQ(kAppended(n1_.Last<AppendReply>()), Index(4));
  EXPECT_EQ(n1_.Last<AppendReply>()->echo.round, 5u);
}

TEST_F(SnapshotFollower, DoesNotGoBackWhereItCaughtUpMeanwhile) {
  Send(0, 100);
  Written(100);
  std::vector<EntryRef> entries;
  for (uint64_t i = 3; i <= 12; ++i) entries.push_back(Noop(2, i));
  n1_.Hear(kN2, Append(3, At(1, 2), std::move(entries), 11));
  EXPECT_FALSE(Installed());
  EXPECT_EQ(n1_.raft().log().last(), At(2, 12));
  EXPECT_EQ(n1_.raft().commit_index(), Index(11));
  EXPECT_EQ(n1_.raft().snapshot(), kSnapshot);
}

TEST_F(SnapshotFollower, RefusesALeaderOfAnOlderTerm) {
  Send(0, 10, kN2, 1);
  EXPECT_EQ(pieces(), 0u);
  EXPECT_EQ(*n1_.Last<NewerTerm>(), NewerTerm{Term(2)});
  EXPECT_EQ(n1_.Count<InstallReply>(), 0u) << "it says nothing of the file, and no round";
  EXPECT_EQ(n1_.raft().leader(), "");
}

TEST_F(SnapshotFollower, RefusesASnapshotOfALaterTermThanItsSenders) {
  n1_.Hear(kN2, InstallSnapshot{Term(3), 4, PieceOf(Taken(4, 9), 0)});
  EXPECT_EQ(pieces(), 0u);
  EXPECT_FALSE(n1_.last().notices.empty());
}

TEST_F(SnapshotFollower, SaysNothingOnceItLeads) {
  Send(0);
  n1_.Advance(1'000);
  n1_.Forget();
  Written(10);
  EXPECT_EQ(n1_.said(), 0u);
}

// Entries 8 to 10, the last included one among them.
class SnapshotOfATail : public SnapshotFollower {
 protected:
  static std::vector<EntryRef> LogOf(uint64_t term) {
    std::vector<EntryRef> log{Bootstrap()};
    for (uint64_t i = 2; i <= 8; ++i) log.push_back(Noop(1, i));
    log.push_back(Noop(term, 9));
    log.push_back(Noop(term, 10));
    return log;
  }
  explicit SnapshotOfATail(uint64_t term = 2) : SnapshotFollower(LogOf(term)) {}
};

TEST_F(SnapshotOfATail, KeepsTheEntriesBehindIt) {
  Send(0, 100);
  Written(100);
  EXPECT_TRUE(Installed());
  EXPECT_TRUE(n1_.last().records.empty());
  EXPECT_EQ(n1_.raft().log().last(), At(2, 10));
  EXPECT_EQ(n1_.raft().log().base(), At(2, 9)) << "by compaction";
  EXPECT_EQ(n1_.raft().commit_index(), Index(9));
  EXPECT_EQ(kAppended(n1_.Last<AppendReply>()), Index(9));
}

class SnapshotOfAConflict : public SnapshotOfATail {
 protected:
  SnapshotOfAConflict() : SnapshotOfATail(1) {}
};

TEST_F(SnapshotOfAConflict, DropsALogThatContradictsIt) {
  Send(0, 100);
  Written(100);
  EXPECT_TRUE(Installed());
  EXPECT_EQ(n1_.raft().log().last(), At(2, 9));
  EXPECT_EQ(n1_.raft().commit_index(), Index(9));
}

// Entries that were on their way to the disk are none of the new log.
TEST_F(SnapshotFollower, CountsNothingDurableOfALogThatWasDropped) {
  std::vector<EntryRef> entries;
  for (uint64_t i = 3; i <= 12; ++i) entries.push_back(Noop(1, i));
  n1_.Hear(kN3, Append(2, At(1, 2), std::move(entries)));
  Send(0, 100);
  Written(100);
  EXPECT_TRUE(Installed());
  n1_.Hear(kN2, Append(3, At(2, 9), {Noop(3, 10), Noop(3, 11)}));
  n1_.Do([](Raft* raft, Time now) { raft->Persisted(now, 1); });
  EXPECT_EQ(n1_.raft().durable_index(), Index(9));
  n1_.Persist();
  EXPECT_EQ(n1_.raft().durable_index(), Index(11));
}

}  // namespace
}  // namespace tidemark::raft
