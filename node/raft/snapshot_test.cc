// Snapshots (§7): what a leader sends to whom, and what becomes of the log. One node is real; its
// peers and its disk are played.
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
// --- A leader -----------------------------------------------------------------------------------

// n1 leads in term 3, its log begins behind index 5, and it has just learned that n3 has nothing.
class SnapshotLeader : public testing::Test {
 protected:
  SnapshotLeader() : n1_(Restored{{Term(2), {}}, Taken(), At(1, 5), {Noop(1, 6)}}, Small()) {
    n1_.Elect();
    n1_.Persist();
    n1_.Hear(kN2, Replied(Term(3), 1, Appended{Index(7)}));
    n1_.Forget();
    n1_.Hear(kN3, Replied(Term(3), 1, Conflict{Index(6), Term(), Index(1)}));
  }

  uint64_t round() { return n1_.Sent<InstallSnapshot>()->round; }
  void Answer(uint64_t offset, uint64_t written, std::optional<uint64_t> of_round = {}) {
    n1_.Hear(kN3, ReplyOf(3, of_round.value_or(round()), Taken(), offset, written));
  }
  // The disk reads what the last step asked for; n3 is sent it.
  void Read() {
    for (const SnapshotRead& read : std::vector<SnapshotRead>(n1_.last().snapshot_reads)) {
      n1_.Do([&](Raft* raft, Time) {
        raft->SnapshotBytes(PieceOf(read.snapshot, read.offset, read.bytes));
      });
    }
  }
  std::vector<uint64_t> Reads() {
    std::vector<uint64_t> offsets;
    for (const SnapshotRead& read : n1_.last().snapshot_reads) offsets.push_back(read.offset);
    return offsets;
  }
  void Heartbeat() {
    n1_.Advance(50);
    n1_.Hear(kN2, Replied(Term(3), round(), Appended{Index(7)}));
    n1_.Advance(0);
  }

  // So many milliseconds in which n2 alone answers.
  void Pass(int64_t ms) {
    for (int64_t passed = 0; passed < ms; passed += 50) Heartbeat();
  }

  Played n1_;
};

using Offsets = std::vector<uint64_t>;

TEST_F(SnapshotLeader, AsksFirstHowFarThePeerIs) {
  EXPECT_EQ(n1_.Count<AppendEntries>(), 0u);
  ASSERT_EQ(n1_.Count<InstallSnapshot>(), 1u);
  EXPECT_EQ(n1_.Last<InstallSnapshot>()->piece, (SnapshotPiece{Taken(), 0, ""}));
  EXPECT_TRUE(n1_.last().snapshot_reads.empty());
}

TEST_F(SnapshotLeader, SendsPiecesAsThePeerWritesThem) {
  Answer(0, 0);
  EXPECT_EQ(Reads(), (Offsets{0, 10, 20, 30}));
  Read();
  EXPECT_EQ(n1_.Last<InstallSnapshot>()->piece, PieceOf(Taken(), 30));
  Answer(30, 0);
  EXPECT_EQ(Reads(), Offsets{}) << "what is not written is waited for";
  Answer(40, 20);
  EXPECT_EQ(Reads(), (Offsets{40, 50}));
}

TEST_F(SnapshotLeader, HasTheFileKeptWhileThePeerComesNearer) {
  const std::vector<Snapshot> file{Taken()};
  EXPECT_TRUE(n1_.kept().empty()) << "n3 may be gone";
  Answer(0, 0);
  EXPECT_EQ(n1_.kept(), file);
  Pass(9'000);
  Answer(10, 10);
  Pass(9'000);
  EXPECT_EQ(n1_.kept(), file);
  Answer(10, 10);
  Pass(2'000);
  EXPECT_TRUE(n1_.kept().empty()) << "it has written no more for ten seconds";
  Answer(20, 20);
  EXPECT_EQ(n1_.kept(), file);
  n1_.Hear(kN3, Replied(Term(3), round(), Appended{Index(5)}));
  EXPECT_TRUE(n1_.kept().empty()) << "it has all of it";
}

// A second has passed when its first answer comes.
TEST_F(SnapshotLeader, HasTheFileKeptLongerForAPeerThatIsFarAway) {
  const uint64_t first = round();
  Pass(1'000);
  Answer(0, 0, first);
  Pass(13'500);
  EXPECT_EQ(n1_.kept().size(), 1u);
  Pass(1'000);
  EXPECT_TRUE(n1_.kept().empty());
}

TEST_F(SnapshotLeader, ReadsTheLastPieceAsLongAsItIs) {
  Answer(95, 95);
  ASSERT_EQ(n1_.last().snapshot_reads.size(), 1u);
  EXPECT_EQ(n1_.last().snapshot_reads[0], (SnapshotRead{Taken(), 95, 5}));
  Read();
  Answer(100, 100);
  EXPECT_EQ(Reads(), Offsets{});
}

TEST_F(SnapshotLeader, GoesOnWhereThePeerIs) {
  Answer(60, 60);
  EXPECT_EQ(Reads(), (Offsets{60, 70, 80, 90}));
}

TEST_F(SnapshotLeader, ResendsWhatWasLostAfterAHeartbeat) {
  Answer(0, 0);
  Read();
  Answer(10, 10);
  EXPECT_EQ(Reads(), Offsets{40});
  Read();
  Answer(10, 10);
  EXPECT_EQ(Reads(), Offsets{}) << "what follows may be under way";
  Heartbeat();
  Answer(10, 10);
  EXPECT_EQ(Reads(), Offsets{10}) << "one, until it is taken";
  Read();
  Answer(10, 10);
  EXPECT_EQ(Reads(), Offsets{}) << "once a heartbeat";
  Answer(20, 20);
  EXPECT_EQ(Reads(), (Offsets{20, 30, 40, 50}));
}

TEST_F(SnapshotLeader, TakesNoLateAnswerForALoss) {
  Answer(0, 0);
  Read();
  const uint64_t earlier = round();
  Heartbeat();
  Answer(0, 0, earlier);
  EXPECT_EQ(Reads(), Offsets{});
}

TEST_F(SnapshotLeader, SendsEntriesOnceThePeerHasTheSnapshot) {
  Answer(100, 100);
  n1_.Forget();
  n1_.Propose();
  EXPECT_EQ(n1_.Count<AppendEntries>(), 1u) << "n2's";
  n1_.Hear(kN3, Replied(Term(3), round(), Appended{Index(5)}));
  ASSERT_NE(n1_.Last<AppendEntries>(), nullptr);
  EXPECT_EQ(n1_.Last<AppendEntries>()->prev, At(1, 5));
  EXPECT_EQ(n1_.Last<AppendEntries>()->entries.size(), 3u);
}

TEST_F(SnapshotLeader, IsNotMisledByAnAcknowledgementOfLongAgo) {
  Answer(20, 20);
  n1_.Forget();
  n1_.Hear(kN3, Replied(Term(3), 1, Appended{Index(3)}));
  n1_.Hear(kN3, Replied(Term(3), 1, Conflict{Index(6), Term(), Index(1)}));
  EXPECT_EQ(n1_.said(), 0u);
  Answer(30, 30);
  EXPECT_EQ(Reads(), Offsets{60});
}

TEST_F(SnapshotLeader, HeartbeatsArePartOfTheTransfer) {
  n1_.Forget();
  n1_.Advance(50);
  EXPECT_EQ(n1_.Count<InstallSnapshot>(), 1u);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 0u) << "n2 has just acknowledged entries";
  n1_.Advance(50);
  EXPECT_EQ(n1_.Count<InstallSnapshot>(), 2u);
  EXPECT_EQ(n1_.Count<AppendEntries>(), 1u);
}

TEST_F(SnapshotLeader, IsConfirmedByAPeerThatIsSentASnapshot) {
  Answer(0, 0);
  const uint64_t read = n1_.StartRead();
  n1_.Advance(50);  // n2, which was asked, says nothing: the heartbeat asks both
  EXPECT_FALSE(n1_.Confirmed(read));
  Answer(0, 0);
  EXPECT_TRUE(n1_.Confirmed(read));
}

TEST_F(SnapshotLeader, LeadsOnWithAPeerThatIsSentASnapshot) {
  for (int i = 0; i < 40; ++i) {
    n1_.Advance(50);
    Answer(0, 0);
  }
  EXPECT_TRUE(n1_.raft().leads());
}

TEST_F(SnapshotLeader, GoesOnWithAnOlderFileAsLongAsItIsThere) {
  Answer(0, 0);
  Read();
  n1_.Do([](Raft* raft, Time) { raft->SnapshotTaken(Taken(3, 7, 8)); });
  Answer(10, 10);
  ASSERT_EQ(Reads(), Offsets{40});
  EXPECT_EQ(n1_.last().snapshot_reads[0].snapshot, Taken());
  n1_.Forget();
  n1_.Do([](Raft* raft, Time) { raft->SnapshotBytes({Taken(), 40, ""}); });
  ASSERT_EQ(n1_.Count<InstallSnapshot>(), 1u) << "begins with the newer one at once";
  EXPECT_EQ(n1_.Last<InstallSnapshot>()->piece, (SnapshotPiece{Taken(3, 7, 8), 0, ""}));
  n1_.Hear(kN3, ReplyOf(3, round(), Taken(3, 7, 8), 0, 0));
  EXPECT_EQ(Reads(), (Offsets{0, 10, 20, 30}));
}

// n3 was to be sent the state at index 5, whose file is gone, and is sent that at index 7 now.
class SnapshotLeaderThatBeganAnew : public SnapshotLeader {
 protected:
  SnapshotLeaderThatBeganAnew() {
    Answer(0, 0);
    n1_.Do([](Raft* raft, Time) { raft->SnapshotTaken(Taken(3, 7, 8)); });
    n1_.Do([](Raft* raft, Time) { raft->SnapshotBytes({Taken(), 0, ""}); });
  }
};

TEST_F(SnapshotLeaderThatBeganAnew, TakesNoAnswerAboutTheFileBefore) {
  n1_.Hear(kN3, ReplyOf(3, round(), Taken(), 50, 50));
  EXPECT_EQ(Reads(), Offsets{});
  n1_.Hear(kN3, ReplyOf(3, round(), Taken(3, 7, 8), 0, 0));
  EXPECT_EQ(Reads(), (Offsets{0, 10, 20, 30}));
}

TEST_F(SnapshotLeaderThatBeganAnew, SendsNothingOfTheFileBefore) {
  n1_.Hear(kN3, ReplyOf(3, round(), Taken(3, 7, 8), 0, 0));
  n1_.Forget();
  n1_.Do([](Raft* raft, Time) { raft->SnapshotBytes(PieceOf(Taken(), 10)); });
  EXPECT_EQ(n1_.Count<InstallSnapshot>(), 0u) << "its own bytes at 10 are still to come";
  n1_.Do([](Raft* raft, Time) { raft->SnapshotBytes(PieceOf(Taken(3, 7, 8), 10)); });
  EXPECT_EQ(n1_.Count<InstallSnapshot>(), 1u);
}

TEST_F(SnapshotLeader, KeepsTheLogBehindTheFileThatIsUnderWay) {
  Answer(10, 10);
  n1_.Do([](Raft* raft, Time) { raft->SnapshotTaken(Taken(3, 7, 8)); });
  n1_.Advance(0);
  EXPECT_EQ(n1_.raft().log().base(), At(1, 5)) << "n3 will go on with entry 6";
}

TEST_F(SnapshotLeader, SendsTheNewerOneWhereTheLogHasMovedOnMeanwhile) {
  Answer(100, 100);
  n1_.Do([](Raft* raft, Time) { raft->SnapshotTaken(Taken(3, 7, 8)); });
  Pass(10'500);
  ASSERT_EQ(n1_.raft().log().base(), At(3, 7)) << "n3 has come no nearer";
  n1_.Hear(kN3, Replied(Term(3), round(), Appended{Index(5)}));
  EXPECT_EQ(n1_.Last<InstallSnapshot>()->piece.snapshot, Taken(3, 7, 8));
}

TEST_F(SnapshotLeader, BeginsAnewAtTheNextHeartbeatWhereItsOnlyFileCannotBeRead) {
  Answer(50, 50);
  n1_.Forget();
  n1_.Do([](Raft* raft, Time) { raft->SnapshotBytes({Taken(), 50, ""}); });
  EXPECT_EQ(n1_.Count<InstallSnapshot>(), 0u);
  n1_.Advance(50);
  Answer(50, 50);
  EXPECT_EQ(Reads(), (Offsets{50, 60, 70, 80}));
}

TEST_F(SnapshotLeader, GivesUpItsTermForALaterOne) {
  n1_.Hear(kN3, ReplyOf(9, 1, Taken(), 0, 0));
  EXPECT_FALSE(n1_.raft().leads());
  EXPECT_EQ(n1_.raft().term(), Term(9));
}

// --- What of the log is kept --------------------------------------------------------------------

// n1 leads in term 2; n2 and n3 have all of its log of 40 entries.
class Compaction : public testing::Test {
 protected:
  explicit Compaction(Options options = Small())
      : n1_(Restored{{Term(1), {}}, {}, {}, {Bootstrap()}}, options) {
    n1_.Elect();
    for (int i = 0; i < 38; ++i) n1_.Propose();
    n1_.Persist();
    Acknowledge(kN2, 40);
    Acknowledge(kN3, 40);
  }
  void Acknowledge(const Member& peer, uint64_t match) {
    const uint64_t round = n1_.Last<AppendEntries>()->round;
    n1_.Hear(peer, Replied(Term(2), round, Appended{Index(match)}));
  }
  void Propose(int count) {
    for (int i = 0; i < count; ++i) n1_.Propose();
    n1_.Persist();
    Acknowledge(kN2, 40 + count);
  }
  void Take(uint64_t index) {
    n1_.Do([&](Raft* raft, Time) { raft->SnapshotTaken(Taken(2, index)); });
  }
  Index base() { return n1_.raft().log().base().index; }

  Played n1_;
};

TEST_F(Compaction, DropsWhatTheSnapshotStandsFor) {
  Take(30);
  EXPECT_EQ(n1_.raft().log().base(), At(2, 30));
  EXPECT_EQ(n1_.raft().log().last_index(), Index(40));
  EXPECT_EQ(n1_.raft().commit_index(), Index(40));
  EXPECT_EQ(*n1_.raft().log().configuration(), (Configuration{kCluster, {kN1, kN2, kN3}}));
  Take(20);
  EXPECT_EQ(n1_.raft().snapshot()->last_included, At(2, 30)) << "an older one is none";
}

TEST_F(Compaction, KeepsWhatASlowFollowerNeedsAsLongAsItIsHeard) {
  Propose(10);
  Take(50);
  EXPECT_EQ(base(), Index(40));
  Acknowledge(kN3, 45);
  EXPECT_EQ(base(), Index(45));
  for (int i = 0; i < 12; ++i) {
    n1_.Advance(50);
    Acknowledge(kN2, 50);
  }
  EXPECT_EQ(base(), Index(50)) << "n3 is silent";
}

TEST_F(Compaction, CountsNothingBeyondTheLog) {
  n1_.Propose();
  n1_.Persist();
  Acknowledge(kN2, 99);
  EXPECT_EQ(n1_.raft().commit_index(), Index(40));
  Acknowledge(kN2, 41);
  EXPECT_EQ(n1_.raft().commit_index(), Index(41));
}

class CompactionOfMuch : public Compaction {
 protected:
  static Options Limits() {
    Options options;
    options.keep_log_bytes = 5 * 32;  // five entries
    options.max_log_bytes = 8 * 32;
    return options;
  }
  CompactionOfMuch() : Compaction(Limits()) {}
};

TEST_F(CompactionOfMuch, KeepsSomeEntriesForWhomeverWillLackThem) {
  Take(40);
  EXPECT_EQ(base(), Index(35));
  Propose(2);
  EXPECT_EQ(base(), Index(37)) << "goes on without another snapshot";
}

TEST_F(CompactionOfMuch, KeepsNoMoreForASlowFollowerThanItsLimit) {
  Propose(20);
  Take(60);
  EXPECT_EQ(base(), Index(52));
}

TEST(CompactionOfALongLog, TakesManySteps) {
  std::vector<EntryRef> log{Bootstrap()};
  for (uint64_t i = 2; i <= 20'000; ++i) log.push_back(Noop(1, i));
  Played n1(Restored{{Term(1), {}}, Taken(1, 19'900), {}, std::move(log)}, Small());
  EXPECT_EQ(n1.raft().log().base(), At(1, 4'000));
  for (int i = 0; i < 3; ++i) n1.Advance(0);
  EXPECT_EQ(n1.raft().log().base(), At(1, 16'000));
  for (int i = 0; i < 3; ++i) n1.Advance(0);
  EXPECT_EQ(n1.raft().log().base(), At(1, 19'900));
}
}  // namespace
}  // namespace tidemark::raft
