// A full disk: writes are refused before they are anywhere, reads go on, and all goes on by itself
// when there is room again.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server {
namespace {

using testing::AsError;
using testing::Cluster;
using testing::IndexOf;
using testing::ValueOf;

class LittleRoom : public testing::Sessions {
 protected:
  void FillDisks() {
    for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).room = 0;
    cluster_.Advance(200);
  }
  void FreeDisks() {
    for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).room = 1'000'000;
    cluster_.Advance(1'000);
  }
};

TEST_F(LittleRoom, LackedByTheLeaderRefusesItsWrites) {
  FillDisks();
  const Error error = AsError(cluster_.Write("n1", "x", "1"));
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(error.reason, Reason::kNoRoom);
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "0");
  EXPECT_EQ(ValueOf(cluster_.Read("n2", "x")), "0");
  FreeDisks();
  EXPECT_NE(IndexOf(cluster_.Write("n1", "x", "2")), 0u);
  EXPECT_EQ(ValueOf(cluster_.Read("n3", "x")), "2") << "what was refused has not happened";
}

// n2 needs a writer first, which takes room too; its write has not left it.
TEST_F(LittleRoom, LackedByTheLeaderRefusesTheFirstWriteOfAnother) {
  FillDisks();
  EXPECT_EQ(AsError(cluster_.Write("n2", "x", "1")).reason, Reason::kNoRoom);
  FreeDisks();
  EXPECT_NE(IndexOf(cluster_.Write("n2", "x", "2")), 0u);
}

// The first write that is forwarded may arrive twice, so it waits; those that come now are refused.
TEST_F(LittleRoom, LackedByTheLeaderRefusesOthersWritesToo) {
  cluster_.Write("n2", "x", "0");
  FillDisks();
  const int64_t first = cluster_.Send("n2", WriteRequest{kv::Write{"x", "1"}, {}});
  cluster_.Advance(50);
  EXPECT_EQ(AsError(cluster_.Write("n2", "x", "2")).reason, Reason::kNoRoom);
  EXPECT_EQ(cluster_.Answer(first), nullptr);
  FreeDisks();
  ASSERT_NE(cluster_.Answer(first), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(first)), 0u);
}

// The disk is not full: more room is being made, and writes wait for it.
TEST_F(LittleRoom, ThatGrowsMakesWritesWait) {
  cluster_.Write("n2", "x", "0");
  for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).full = false;
  FillDisks();
  const int64_t own = cluster_.Send("n1", WriteRequest{kv::Write{"x", "1"}, {}});
  const int64_t other = cluster_.Send("n2", WriteRequest{kv::Write{"y", "2"}, {}});
  cluster_.Advance(1'000);
  EXPECT_EQ(cluster_.Answer(own), nullptr);
  EXPECT_EQ(cluster_.Answer(other), nullptr);
  FreeDisks();
  ASSERT_NE(cluster_.Answer(own), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(own)), 0u);
  ASSERT_NE(cluster_.Answer(other), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(other)), 0u);
}

// n1 is deposed and gets room in one step: it looks at what waited for room before it notices that
// it leads no more, and must not append it.
TEST_F(LittleRoom, MadeInTheStepThatDeposesTheLeaderIsOfNoUseToIt) {
  cluster_.Write("n2", "x", "0");
  for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).full = false;
  FillDisks();
  cluster_.Send("n2", WriteRequest{kv::Write{"y", "2"}, {}});
  cluster_.Advance(50);
  const raft::Raft& n1 = cluster_.node("n1").raft();
  const raft::Raft& n2 = cluster_.node("n2").raft();
  ASSERT_TRUE(n1.leads());
  raft::AppendEntries news;
  news.term = n1.term().Next();
  std::vector<Input> inputs;
  inputs.emplace_back(PeerMessage{{n2.self(), n1.self(), n2.cluster()}, news});
  inputs.emplace_back(Room{1'000, 1'000'000, false});
  cluster_.DeliverTogether("n1", std::move(inputs));
  EXPECT_FALSE(n1.leads());
  FreeDisks();
  EXPECT_NE(IndexOf(cluster_.Write("n3", "x", "3")), 0u);
}

// Nobody is there any more who could ask again.
TEST_F(LittleRoom, ThatGrowsIsWaitedForByWhatWasHandedIn) {
  cluster_.Write("n2", "x", "0");
  for (const char* node : {"n1", "n2", "n3"}) cluster_.disk(node).full = false;
  FillDisks();
  cluster_.Send("n2", WriteRequest{kv::Write{"y", "2"}, {}});
  cluster_.Advance(50);
  cluster_.Kill("n2");
  FreeDisks();
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "y")), "2");
}

TEST_F(LittleRoom, LackedByAFollowerKeepsItBehindAndNothingElse) {
  cluster_.disk("n3").room = 0;
  cluster_.Advance(200);
  const uint64_t index = IndexOf(cluster_.Write("n1", "x", "1"));
  ASSERT_NE(index, 0u);
  cluster_.Advance(500);
  EXPECT_LT(cluster_.node("n3").raft().log().last_index().value(), index);
  cluster_.disk("n3").room = 1'000'000;
  cluster_.Advance(1'000);
  EXPECT_EQ(cluster_.node("n3").applied(), cluster_.node("n1").applied());
}

TEST_F(LittleRoom, LackedByAllStillLetsThemVote) {
  FillDisks();
  const uint64_t term = cluster_.node("n1").raft().term().value();
  cluster_.Restart("n1");
  cluster_.disk("n2").room = 1'000'000;
  cluster_.Advance(3'000);
  EXPECT_EQ(cluster_.leader(), "n2") << "only n2 has room for a term's first entry";
  EXPECT_GT(cluster_.node("n3").raft().term().value(), term);
}

// --- Followers' full disks ----------------------------------------------------------------------

// n1 leads, the others' disks are full, and five commands may be uncommitted.
class LongTail : public testing::Sessions {
 protected:
  static Cluster::Setup OfFive() {
    Cluster::Setup setup;
    setup.options.raft.max_uncommitted_entries = 5;
    return setup;
  }
  LongTail() : Sessions(OfFive()) {
    cluster_.Write("n2", "x", "0");
    client_ = Open("n1");
    cluster_.Advance(200);
    for (const char* node : {"n2", "n3"}) cluster_.disk(node).room = 0;
    cluster_.Advance(200);
  }
  void Fill(int count = 5) {
    for (int i = 0; i < count; ++i) cluster_.Send("n1", WriteRequest{kv::Write{"y", "1"}, {}});
  }
  void FreeDisks() {
    for (const char* node : {"n2", "n3"}) cluster_.disk(node).room = 1'000'000;
    cluster_.Advance(1'000);
  }
  void ExpectOverloaded(const ReplyBody& reply) {
    EXPECT_EQ(AsError(reply).code, ErrorCode::kUnavailable) << ValueOf(reply);
    EXPECT_EQ(AsError(reply).reason, Reason::kOverloaded);
    EXPECT_EQ(AsError(reply).retry_after_ms, 250);
  }
  uint64_t Uncommitted() const {
    return Log("n1").last_index().value() - cluster_.node("n1").raft().commit_index().value();
  }

  testing::Client client_;
};

TEST_F(LongTail, RefusesWhatIsTooMuch) {
  Fill();
  for (int i = 0; i < 600; ++i) {
    ExpectOverloaded(cluster_.Write("n1", "x", "9"));
    cluster_.Send("n2", WriteRequest{kv::Write{"x", "8"}, {}});
    cluster_.Advance(100);
    EXPECT_EQ(Uncommitted(), 5u);
  }
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "0") << "reads go on";
  FreeDisks();
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "y")), "1");
  EXPECT_NE(IndexOf(cluster_.Write("n1", "x", "2")), 0u);
  EXPECT_EQ(ValueOf(cluster_.Read("n3", "x")), "2") << "what was refused has not happened";
}

// The first write that is forwarded may arrive twice, so it waits; those that come now are refused.
TEST_F(LongTail, RefusesOthersWritesBeforeTheyAreHandedIn) {
  Fill();
  const int64_t first = cluster_.Send("n2", WriteRequest{kv::Write{"x", "1"}, {}});
  cluster_.Advance(50);
  ExpectOverloaded(cluster_.Write("n2", "x", "2"));
  EXPECT_EQ(cluster_.Answer(first), nullptr);
  FreeDisks();
  ASSERT_NE(cluster_.Answer(first), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(first)), 0u);
}

TEST_F(LongTail, SaysNothingDefiniteOfWhatWasHandedIn) {
  Fill();
  const int64_t first = cluster_.Send("n2", WriteRequest{kv::Write{"x", "1"}, {}});
  cluster_.Advance(11'000);
  ASSERT_NE(cluster_.Answer(first), nullptr);
  EXPECT_EQ(AsError(*cluster_.Answer(first)).code, ErrorCode::kIndefinite);
}

// n3 has no writer yet: nothing has left it that could happen.
TEST_F(LongTail, RefusesTheFirstWriteOfAnother) {
  Fill();
  ExpectOverloaded(cluster_.Write("n3", "x", "1"));
}

// What the client hands in again may happen, since its first try may.
TEST_F(LongTail, SaysNothingDefiniteUnderAnIdThatIsInIt) {
  Fill(4);
  const int64_t first = cluster_.Send("n2", testing::PutOnce("1", client_.Id(1, 1)));
  cluster_.Advance(50);
  ASSERT_EQ(Uncommitted(), 5u);
  const int64_t second = cluster_.Send("n1", testing::PutOnce("1", client_.Id(1, 1)));
  ExpectOverloaded(cluster_.Ask("n1", testing::PutOnce("2", client_.Id(2, 1))));
  EXPECT_EQ(cluster_.Answer(second), nullptr);
  FreeDisks();
  ASSERT_NE(cluster_.Answer(second), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(second)), 0u);
  EXPECT_EQ(IndexOf(*cluster_.Answer(second)), IndexOf(*cluster_.Answer(first)));
}

// n2 has told its client 13. Its disk is full: n1 alone has the write.
TEST_F(LongTail, SaysNothingDefiniteUnderAnIdThatWasHandedInBefore) {
  Fill(4);
  cluster_.Send("n2", testing::PutOnce("1", client_.Id(1, 1)));
  cluster_.Advance(11'000);
  cluster_.Send("n2", WriteRequest{kv::Write{"y", "2"}, {}});
  cluster_.Advance(50);
  ExpectOverloaded(cluster_.Write("n2", "y", "3"));
  const int64_t again = cluster_.Send("n2", testing::PutOnce("1", client_.Id(1, 1)));
  EXPECT_EQ(cluster_.Answer(again), nullptr);
  FreeDisks();
  ASSERT_NE(cluster_.Answer(again), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(again)), 0u);
}

// All that a new leader's log has may be committed, or nothing: a round trip will show.
TEST_F(LongTail, OfANewLeaderMakesWritesWait) {
  FreeDisks();
  for (const char* node : {"n1", "n2", "n3"}) cluster_.Restart(node);
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return !cluster_.leader().empty(); }));
  const raft::NodeId leader = cluster_.leader();
  ASSERT_FALSE(cluster_.node(leader).raft().term_has_begun());
  const int64_t own = cluster_.Send(leader, WriteRequest{kv::Write{"x", "1"}, {}});
  const int64_t other = cluster_.Send(cluster_.follower(), WriteRequest{kv::Write{"y", "2"}, {}});
  cluster_.Advance(50);
  for (const int64_t write : {own, other}) {
    ASSERT_NE(cluster_.Answer(write), nullptr);
    EXPECT_NE(IndexOf(*cluster_.Answer(write)), 0u) << ValueOf(*cluster_.Answer(write));
  }
}

// A former leader's clients wait at n2, which leads now and has its tail.
TEST_F(LongTail, TakesInTheEndWhatAFormerLeaderWasHandedIn) {
  Fill();
  const int64_t write = cluster_.Send("n2", WriteRequest{kv::Write{"x", "1"}, {}});
  cluster_.Advance(50);
  cluster_.Kill("n1");
  for (const char* node : {"n2", "n3"}) cluster_.disk(node).room = 1'000'000;
  cluster_.Advance(3'000);
  ASSERT_NE(cluster_.Answer(write), nullptr);
  EXPECT_NE(IndexOf(*cluster_.Answer(write)), 0u);
}

}  // namespace
}  // namespace tidemark::server
