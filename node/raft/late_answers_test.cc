// Answers of no use: about a snapshot and to another leadership, about what was never sent, and
// those that a follower does not give any more. One node is real; its peers and its disk are
// played.
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

constexpr Life kOtherLife(0x07e);

// 100 bytes, of the state at this place.
Snapshot StateAt(LogPosition at) { return {at, {kCluster, {kN1, kN2, kN3}}, 100, 7}; }

// --- A leader -----------------------------------------------------------------------------------

// n1 leads in term 3, which entry 3 begins; both peers have been sent it.
class MangledAnswers : public testing::Test {
 protected:
  MangledAnswers() : n1_(2, {Bootstrap(), Noop(1, 2)}) {
    n1_.Elect();
    n1_.Persist();
  }

  // How many messages n3's refusal of what follows `prev` brings about.
  size_t SentFor(uint64_t prev, uint64_t first) {
    const size_t before = n1_.Count<AppendEntries>();
    n1_.Hear(kN3, Replied(Term(3), 1, Conflict{Index(prev), Term(), Index(first)}));
    return n1_.Count<AppendEntries>() - before;
  }

  Played n1_;
};

TEST_F(MangledAnswers, AreNoConflictBehindWhatWasSent) {
  EXPECT_EQ(SentFor(50, 40), 0u);
  EXPECT_EQ(SentFor(2, 1), 1u);
}

// n1 leads in term 3, and n3 is to be sent the state at index 5.
class LateAnswersAboutASnapshot : public testing::Test {
 protected:
  LateAnswersAboutASnapshot()
      : n1_(Restored{{Term(2), {}}, StateAt(At(1, 5)), At(1, 5), {Noop(1, 6)}}) {
    n1_.Elect();
    n1_.Persist();
    n1_.Hear(kN3, Replied(Term(3), 1, Conflict{Index(6), Term(), Index(1)}));
  }
  // How much is read once n3 says that it has all before `offset`.
  size_t ReadFor(const RoundEcho& echo, uint64_t offset = 50) {
    n1_.Hear(kN3, InstallReply{Term(3), echo, At(1, 5), 100, 7, offset, offset});
    return n1_.last().snapshot_reads.size();
  }
  Played n1_;
};

TEST_F(LateAnswersAboutASnapshot, OfAnOlderTermPlaceNothing) {
  EXPECT_EQ(ReadFor({kLife, Term(2), 1}), 0u);
  EXPECT_EQ(ReadFor({kLife, Term(3), 1}), 1u);
}

TEST_F(LateAnswersAboutASnapshot, OfAnotherLifePlaceNothing) {
  EXPECT_EQ(ReadFor({kOtherLife, Term(3), 1}), 0u);
}

// --- A follower ---------------------------------------------------------------------------------

// n1 was sent a piece by n2 in round 4 of term 3. Before its disk has it n2 leads again, in term 5.
class LatePieces : public testing::Test {
 protected:
  LatePieces() : n1_(2, {Bootstrap(), Noop(1, 2)}) {
    n1_.Hear(kN2, InstallSnapshot{Term(3), 4, {kState, 0, std::string(100, 'x')}, kOtherLife});
    n1_.Hear(kN2, AppendEntries{Term(5), At(1, 1), {}, Index(), 1, kOtherLife});
    n1_.Persist();
    n1_.Forget();
    n1_.Do([&](Raft* raft, Time) { raft->PieceWritten(kState, 100, true); });
  }
  const Snapshot kState = StateAt(At(2, 9));
  Played n1_;
};

TEST_F(LatePieces, AreNotAcknowledgedUnderALaterTerm) {
  n1_.Do([&](Raft* raft, Time now) { raft->SnapshotInstalled(now, kState); });
  EXPECT_EQ(n1_.Count<AppendReply>(), 0u);
}

}  // namespace
}  // namespace tidemark::raft
