// What a search relies on: copies that go on by themselves, and fingerprints that are equal for
// nodes that behave alike, and for no others.
#include <cstdint>
#include <memory>
#include <set>
#include <utility>

#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/raft.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

class Nothing final : public Command {
  size_t SizeBytes() const override { return 8; }
  bool Same(const Command& /*other*/) const override { return true; }
};
uint64_t DigestOfNothing(const Command&) { return 0; }

// Time-outs that are always the same.
Options WithoutChance() {
  Options options;
  options.election_timeout_max = options.election_timeout_min;
  return options;
}

// n1, with its own chance and its own clock.
class Subject {
 public:
  explicit Subject(int64_t now_ms)
      : now_(Time{now_ms * 1000}),
        raft_({kN1, {"n1", "n2", "n3"}, kLife}, WithoutChance(),
              Restored{HardState{Term(1), {}}, {}, {}, {Bootstrap()}}, &random_, now_) {
    Take();
  }
  Subject(const Subject& other)
      : random_(other.random_),
        now_(other.now_),
        sequence_(other.sequence_),
        raft_(other.raft_, &random_) {}

  void TimeOut() {
    now_ = raft_.deadline();
    raft_.PassDeadlines(now_);
    Take();
  }
  void Hear(const Member& from, Body body) {
    const Header header{from, kN1, kCluster};
    EXPECT_EQ(raft_.Admit(now_, header, &body), Admission::kTaken);
    raft_.Receive(now_, header, std::move(body));
    Take();
  }
  void Persist() {
    raft_.Persisted(now_, sequence_);
    Take();
  }
  void Propose() {
    raft_.Propose(std::make_shared<const Nothing>());
    Take();
  }
  void HearOfTerm(uint64_t term) {
    Hear(kN2, RequestVote{Ballot::kElection, Term(term), {Term(1), Index(1)}});
  }
  uint64_t Fingerprint() const { return raft_.Fingerprint(now_, DigestOfNothing); }

 private:
  void Take() {
    Ready ready;
    raft_.Take(sequence_ + 1, &ready);
    if (!ready.records.empty()) ++sequence_;
  }

  Random random_{1};
  Time now_;
  uint64_t sequence_ = 0;
  Raft raft_;
};

TEST(Fingerprint, IsAnotherAfterEachStepOfAnElection) {
  Subject node(0);
  std::set<uint64_t> seen = {node.Fingerprint()};
  const auto is_new = [&] { return seen.insert(node.Fingerprint()).second; };
  node.TimeOut();
  EXPECT_TRUE(is_new());
  node.Hear(kN2, Vote{Term(1), Ballot::kPreVote, Term(2), true});
  EXPECT_TRUE(is_new());
  node.Persist();
  EXPECT_TRUE(is_new());
  node.Hear(kN2, Vote{Term(2), Ballot::kElection, Term(2), true});
  EXPECT_TRUE(is_new());
  node.Propose();
  EXPECT_TRUE(is_new());
  node.Hear(kN2, AppendReply{Term(2), {kLife, Term(2), 1}, Appended{Index(2)}});
  EXPECT_TRUE(is_new());
  node.Persist();
  EXPECT_TRUE(is_new());
}

TEST(Fingerprint, DoesNotDependOnWhatTheClockShows) {
  Subject early(0);
  Subject late(5'000);
  EXPECT_EQ(early.Fingerprint(), late.Fingerprint());
  early.HearOfTerm(2);
  late.HearOfTerm(2);
  EXPECT_EQ(early.Fingerprint(), late.Fingerprint());
}

TEST(Fingerprint, CountsStepsFromTheLastOneOnDisk) {
  Subject few(0);
  few.HearOfTerm(3);
  few.Persist();
  Subject more(0);
  more.HearOfTerm(2);
  more.Persist();
  EXPECT_NE(few.Fingerprint(), more.Fingerprint());
  more.HearOfTerm(3);
  more.Persist();
  EXPECT_EQ(few.Fingerprint(), more.Fingerprint());
}

TEST(Copy, GoesOnByItself) {
  Subject original(0);
  const Subject copy(original);
  original.TimeOut();
  EXPECT_NE(original.Fingerprint(), copy.Fingerprint());
  Subject second(copy);
  second.TimeOut();
  EXPECT_EQ(original.Fingerprint(), second.Fingerprint());
}

}  // namespace
}  // namespace tidemark::raft
