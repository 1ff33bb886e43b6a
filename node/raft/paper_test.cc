// Sentences of the Raft paper and of the design, each with the message that puts it to the test.
// One node is real; its peers are played.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/raft.h"

namespace tidemark::raft {
namespace {

constexpr ClusterId kCluster(0xabc);
const Member kN1{"n1", Incarnation(11)};
const Member kN2{"n2", Incarnation(22)};
const Member kN3{"n3", Incarnation(33)};

EntryRef Founding() {
  ConfigurationEntry entry{{kCluster, {kN1, kN2, kN3}}, Stamp(1)};
  return std::make_shared<const Entry>(Entry{{Term(1), Index(1)}, entry});
}
EntryRef Noop(uint64_t term, uint64_t index) {
  return std::make_shared<const Entry>(
      Entry{{Term(term), Index(index)}, TermStart{Stamp(static_cast<uint32_t>(term))}});
}

class Played {
 public:
  // n1, with this log and in this term.
  Played(uint64_t term, std::vector<EntryRef> log)
      : random_(1),
        raft_({kN1, {"n1", "n2", "n3"}}, Options(), HardState{Term(term), {}}, std::move(log),
              &random_, now_) {
    Take();
  }

  void Hear(const Member& from, Body body) {
    const Header header{from, kN1, kCluster};
    if (raft_.Admit(now_, header, true) == Admission::kTaken) {
      raft_.Receive(now_, header, std::move(body));
    }
    Take();
  }
  // Everything that was to be made durable is.
  void Persist() {
    raft_.Persisted(now_, sequence_);
    Take();
  }
  void Advance(int64_t ms) {
    now_ = now_ + Duration::Millis(ms);
    if (raft_.deadline() <= now_) raft_.PassDeadlines(now_);
    Take();
  }
  void Propose() {
    raft_.Propose(std::make_shared<const Nothing>());
    Take();
  }
  // Elected in the next term by n2.
  void Elect() {
    Advance(1'000);
    const Term next = raft_.term().Next();
    Hear(kN2, Vote{raft_.term(), Ballot::kPreVote, next, true});
    Persist();
    Hear(kN2, Vote{next, Ballot::kElection, next, true});
    ASSERT_TRUE(raft_.leads());
  }

  // The last message of this kind that was sent, or nullptr.
  template <typename T>
  const T* Last() const {
    for (auto it = sent_.rbegin(); it != sent_.rend(); ++it) {
      if (const auto* body = std::get_if<T>(&it->body)) return body;
    }
    return nullptr;
  }
  void Forget() { sent_.clear(); }
  size_t sent() const { return sent_.size(); }
  Raft& raft() { return raft_; }
  const Ready& last() const { return last_; }

 private:
  class Nothing final : public Command {
    size_t SizeBytes() const override { return 8; }
  };

  void Take() {
    last_ = Ready();
    raft_.Take(sequence_ + 1, &last_);
    if (!last_.records.empty()) ++sequence_;
    sent_.insert(sent_.end(), last_.send_now.begin(), last_.send_now.end());
    sent_.insert(sent_.end(), last_.send_durable.begin(), last_.send_durable.end());
  }

  Random random_;
  Time now_;
  uint64_t sequence_ = 0;
  Raft raft_;
  Ready last_;
  std::vector<Message> sent_;
};

AppendEntries Append(uint64_t term, LogPosition prev, std::vector<EntryRef> entries,
                     uint64_t commit = 0) {
  return {Term(term), prev, std::move(entries), Index(commit), 1};
}
LogPosition At(uint64_t term, uint64_t index) { return {Term(term), Index(index)}; }

TEST(Figure2, AFollowerTruncatesOnlyWhereTermsConflict) {
  Played node(2, {Founding(), Noop(2, 2), Noop(2, 3)});
  node.Hear(kN2, Append(2, At(1, 1), {Noop(2, 2)}));  // an older message that comes late
  EXPECT_EQ(node.raft().log().last_index(), Index(3));
  node.Hear(kN2, Append(3, At(2, 2), {Noop(3, 3)}));
  EXPECT_EQ(node.raft().log().TermAt(Index(3)), Term(3));
}

TEST(Figure2, CommitsNoFurtherThanTheMessageReaches) {
  Played node(2, {Founding(), Noop(2, 2), Noop(2, 3)});
  node.Hear(kN2, Append(3, At(1, 1), {}, /*commit=*/3));
  EXPECT_EQ(node.raft().commit_index(), Index(1));
}

TEST(Figure2, RefusesWhatALeaderOfAnOlderTermSends) {
  Played node(5, {Founding()});
  node.Hear(kN2, Append(4, At(1, 1), {Noop(4, 2)}));
  EXPECT_EQ(node.raft().log().last_index(), Index(1));
  EXPECT_EQ(node.Last<AppendReply>()->term, Term(5));
}

TEST(Figure2, OneVoteATermAndItIsKeptForTheSameMemory) {
  Played node(1, {Founding()});
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_TRUE(node.Last<Vote>()->granted);
  node.Hear(kN3, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  node.Hear({"n2", Incarnation(99)}, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  EXPECT_TRUE(node.Last<Vote>()->granted);
}

TEST(Figure2, AVoteWaitsForTheDisk) {
  Played node(1, {Founding()});
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(2), At(1, 1)});
  ASSERT_EQ(node.last().send_durable.size(), 1u);
  EXPECT_TRUE(node.last().send_now.empty());
  EXPECT_FALSE(node.last().records.empty());
}

TEST(Section541, NoVoteForALogThatIsLessUpToDate) {
  Played node(2, {Founding(), Noop(2, 2)});
  node.Hear(kN2, RequestVote{Ballot::kElection, Term(3), At(1, 9)});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  node.Hear(kN3, RequestVote{Ballot::kElection, Term(3), At(2, 2)});
  EXPECT_TRUE(node.Last<Vote>()->granted);
}

TEST(Section542, OnlyEntriesOfItsOwnTermAreCommittedByCounting) {
  Played node(2, {Founding(), Noop(2, 2)});
  node.Elect();
  node.Persist();
  node.Hear(kN2, AppendReply{node.raft().term(), 1, Appended{Index(2)}});
  EXPECT_EQ(node.raft().commit_index(), Index());
  node.Hear(kN2, AppendReply{node.raft().term(), 1, Appended{Index(3)}});
  EXPECT_EQ(node.raft().commit_index(), Index(3));
}

TEST(Leader, CountsItselfOnlyAfterItsOwnDisk) {
  Played node(1, {Founding()});
  node.Elect();
  node.Hear(kN2, AppendReply{node.raft().term(), 1, Appended{Index(2)}});
  EXPECT_EQ(node.raft().commit_index(), Index());
  node.Persist();
  EXPECT_EQ(node.raft().commit_index(), Index(2));
}

TEST(Leader, TakesNoAcknowledgementOfAnOlderTerm) {
  Played node(3, {Founding()});
  node.Elect();
  node.Persist();
  node.Hear(kN2, AppendReply{Term(3), 1, Appended{Index(2)}});
  EXPECT_EQ(node.raft().commit_index(), Index());
}

TEST(Leader, TakesNoAcknowledgementOfAnUnnamedIncarnation) {
  Played node(1, {Founding()});
  node.Elect();
  node.Persist();
  node.Hear({"n2", Incarnation(99)}, AppendReply{node.raft().term(), 1, Appended{Index(2)}});
  EXPECT_EQ(node.raft().commit_index(), Index());
}

TEST(Leader, IsNotElectedByAnUnnamedIncarnation) {
  Played node(1, {Founding()});
  node.Advance(1'000);
  node.Hear({"n2", Incarnation(99)}, Vote{Term(1), Ballot::kPreVote, Term(2), true});
  EXPECT_EQ(node.raft().term(), Term(1));
  node.Hear(kN3, Vote{Term(1), Ballot::kPreVote, Term(2), true});
  EXPECT_EQ(node.raft().term(), Term(2));
  node.Persist();
  node.Hear({"n2", Incarnation(99)}, Vote{Term(2), Ballot::kElection, Term(2), true});
  EXPECT_FALSE(node.raft().leads());
}

TEST(Leader, WithASilentMajorityStepsDown) {
  Played node(1, {Founding()});
  node.Elect();
  for (int i = 0; i < 12 && node.raft().leads(); ++i) node.Advance(50);
  EXPECT_FALSE(node.raft().leads());
}

TEST(Leader, SendsNoMoreThanItsWindow) {
  Played node(1, {Founding()});
  node.Elect();
  node.Forget();
  for (int i = 0; i < 100; ++i) node.Propose();
  // Two peers, each with one message unanswered from the election.
  EXPECT_EQ(node.sent(), 2 * (Options().max_inflight_messages - 1));
}

TEST(ReadIndex, IsNotConfirmedByAnAcknowledgementOfAnEarlierRound) {
  Played node(1, {Founding()});
  node.Elect();
  node.Persist();
  const Term term = node.raft().term();
  node.Hear(kN2, AppendReply{term, 1, Appended{Index(2)}});
  node.raft().StartRead();
  node.Advance(0);
  const uint64_t round = node.Last<AppendEntries>()->round;
  node.Hear(kN3, AppendReply{term, round - 1, Appended{Index(2)}});
  EXPECT_TRUE(node.last().confirmed_reads.empty());
  node.Hear(kN3, AppendReply{term, round, Appended{Index(2)}});
  ASSERT_EQ(node.last().confirmed_reads.size(), 1u);
  EXPECT_EQ(node.last().confirmed_reads[0].read_index, Index(2));
}

TEST(ReadIndex, OfALeaderThatLosesItsTermIsLost) {
  Played node(1, {Founding()});
  node.Elect();
  const uint64_t read = node.raft().StartRead();
  node.Hear(kN2, AppendReply{Term(9), 1, Appended{Index(2)}});
  ASSERT_EQ(node.last().lost_reads.size(), 1u);
  EXPECT_EQ(node.last().lost_reads[0], read);
}

TEST(LeaderStickiness, WhoHearsALeaderNeitherVotesNorTakesTheTermOver) {
  Played node(2, {Founding()});
  node.Hear(kN2, Append(2, At(1, 1), {}));
  node.Hear(kN3, RequestVote{Ballot::kElection, Term(9), At(8, 8)});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  EXPECT_EQ(node.raft().term(), Term(2));
}

TEST(PreVote, ChangesNothingAtTheVoter) {
  Played node(2, {Founding()});
  node.Hear(kN3, RequestVote{Ballot::kPreVote, Term(9), At(8, 8)});
  EXPECT_TRUE(node.Last<Vote>()->granted);
  EXPECT_EQ(node.raft().term(), Term(2));
  EXPECT_TRUE(node.last().records.empty());
}

TEST(Founding, ANodeWithALogRefusesAndKeepsItsTerm) {
  Played node(2, {Founding()});
  node.Hear(kN2, RequestFounding{Term(9), {"n1", "n2", "n3"}});
  EXPECT_FALSE(node.Last<Vote>()->granted);
  EXPECT_EQ(node.raft().term(), Term(2));
}

TEST(Founding, AMajorityDoesNotFound) {
  Played node(0, {});
  node.raft().Found();
  node.Advance(0);
  node.Persist();
  node.Hear(kN2, Vote{Term(1), Ballot::kFounding, Term(1), true});
  EXPECT_FALSE(node.raft().leads());
}

TEST(Incarnation, WhatIsMeantForAFormerLifeIsDroppedAndSaidSo) {
  Played node(2, {Founding()});
  const Header header{kN2, {"n1", Incarnation(10)}, kCluster};
  EXPECT_EQ(node.raft().Admit(Time(), header, true), Admission::kRefused);
  node.Advance(0);
  EXPECT_NE(node.Last<WrongIncarnation>(), nullptr);
}

TEST(Cluster, AStrangersMessageIsRefusedAndBothSaySo) {
  Played node(2, {Founding()});
  EXPECT_EQ(node.raft().Admit(Time(), {kN2, kN1, ClusterId(0xdef)}, true), Admission::kRefused);
  node.Advance(0);
  EXPECT_NE(node.Last<WrongCluster>(), nullptr);
  EXPECT_FALSE(node.last().notices.empty());
}

TEST(Conflict, BacksUpAWholeTermAtATime) {
  Played node(4, {Founding(), Noop(2, 2), Noop(2, 3), Noop(2, 4), Noop(4, 5)});
  node.Hear(kN2, Append(9, At(8, 9), {}));
  const auto* shorter = std::get_if<Conflict>(&node.Last<AppendReply>()->result);
  ASSERT_NE(shorter, nullptr);
  EXPECT_EQ(*shorter, (Conflict{Index(9), Term(), Index(6)}));
  node.Hear(kN2, Append(9, At(3, 4), {}));
  EXPECT_EQ(std::get<Conflict>(node.Last<AppendReply>()->result),
            (Conflict{Index(4), Term(2), Index(2)}));
}

}  // namespace
}  // namespace tidemark::raft
