// Snapshots (§7): what a leader sends to whom, what becomes of the log, what a node does with the
// one that it is sent. One node is real; its peers and its disk are played.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

// 100 bytes, of the state at index 5 of term 1.
Snapshot Taken(uint64_t term = 1, uint64_t index = 5, uint64_t checksum = 7) {
  return {At(term, index), {kCluster, {kN1, kN2, kN3}}, 100, checksum};
}

SnapshotPiece PieceOf(const Snapshot& snapshot, uint64_t offset, uint64_t bytes = 10) {
  return {snapshot, offset, std::string(bytes, 'x')};
}

// Pieces of 10 bytes, four at a time; a log that keeps nothing.
Options Small() {
  Options options;
  options.snapshot_piece_bytes = 10;
  options.keep_log_bytes = 0;
  return options;
}

InstallReply ReplyOf(uint64_t term, uint64_t round, const Snapshot& snapshot, uint64_t offset,
                     uint64_t written) {
  return {Term(term),     {kLife, Term(term), round}, snapshot.last_included,
          snapshot.bytes, snapshot.checksum,          offset,
          written};
}

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

// --- A log that begins behind a base ------------------------------------------------------------

// n1 follows n2, which leads in term 3; what is committed up to index 5 is in a snapshot.
Played WithBase(std::vector<EntryRef> log) {
  return Played(Restored{{Term(3), {}}, Taken(), At(1, 5), std::move(log)}, Small());
}

AppendEntries Append(uint64_t term, LogPosition prev, std::vector<EntryRef> entries,
                     uint64_t commit = 0) {
  return {Term(term), prev, std::move(entries), Index(commit), 1};
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
