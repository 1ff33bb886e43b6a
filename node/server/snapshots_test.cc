// A node's state in place of the log that led to it: taken while the node works, sent to those who
// are too far behind, and never to be told from the log.
#include <algorithm>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server {
namespace {

using testing::AsError;
using testing::Cluster;
using testing::FateIn;
using testing::FateOf;
using testing::Follower;
using testing::Get;
using testing::GetOwn;
using testing::IndexOf;
using testing::Put;
using testing::PutOnce;
using testing::ValueOf;

// Small enough that a few dozen writes make a snapshot, and the log is cut behind it.
Cluster::Setup Small() {
  Cluster::Setup setup;
  setup.options.snapshot_log_bytes = 2'000;
  setup.options.raft.keep_log_bytes = 500;
  setup.options.raft.max_log_bytes = 1'000;
  setup.options.raft.snapshot_piece_bytes = 300;
  return setup;
}

class Snapshots : public ::testing::Test {
 protected:
  Snapshots() : cluster_(Small()) {
    cluster_.Write("n1", "x", "0");
    cluster_.Advance(200);
  }

  // `count` writes at n1, of so many keys; the others may not have them yet.
  void Write(int count, size_t value_bytes = 0) {
    const std::string zeros(value_bytes, '0');
    for (int i = 0; i < count; ++i) {
      cluster_.Write("n1", absl::StrCat("\"k", i % 40, "\""), absl::StrCat("1", zeros, ++written_));
    }
  }
  void Fill(int count = 100) {
    Write(count);
    cluster_.Advance(200);
  }
  raft::Index FirstOf(const char* node) const {
    return cluster_.node(node).raft().log().first_index();
  }
  void ExpectEqualStates() {
    for (const char* node : {"n2", "n3"}) {
      EXPECT_EQ(cluster_.node(node).applied(), cluster_.node("n1").applied()) << node;
      EXPECT_EQ(cluster_.node(node).machine().Hash(), cluster_.node("n1").machine().Hash()) << node;
    }
  }

  Cluster cluster_;
  int written_ = 0;
};

TEST_F(Snapshots, TakeTheLogsPlaceOnEveryNode) {
  Fill();
  for (const char* node : {"n1", "n2", "n3"}) {
    ASSERT_TRUE(cluster_.disk(node).snapshot()) << node;
    EXPECT_GT(FirstOf(node), raft::Index(20)) << node;
    EXPECT_LE(FirstOf(node), cluster_.disk(node).snapshot()->last_included.index.Next()) << node;
  }
  ExpectEqualStates();
}

TEST_F(Snapshots, AreWhatANodeStartsFrom) {
  Fill();
  const uint64_t state = cluster_.node("n2").machine().Hash();
  for (const char* node : {"n1", "n2", "n3"}) cluster_.Kill(node);
  for (const char* node : {"n1", "n2", "n3"}) cluster_.Restart(node);
  for (const char* node : {"n1", "n2", "n3"}) {
    EXPECT_EQ(cluster_.node(node).applied(), cluster_.disk(node).snapshot()->last_included.index);
  }
  EXPECT_EQ(ValueOf(cluster_.Read("n2", "x")), "0");
  cluster_.Advance(200);
  ExpectEqualStates();
  EXPECT_NE(cluster_.node("n2").machine().Hash(), 0u);
  // A leader's no-op changes the history, so that only the keys can be compared with before.
  EXPECT_NE(cluster_.node("n2").machine().Hash(), state);
  EXPECT_EQ(ValueOf(cluster_.RywRead("n3", "\"k7\"", 0)), ValueOf(cluster_.Read("n1", "\"k7\"")));
}

// What n3's state was before it got another one says nothing of this one.
TEST_F(Snapshots, LetANodeSayNothingOfTheStateBefore) {
  cluster_.lose = [](const PeerMessage& message) {
    return std::holds_alternative<StateHash>(message.body);
  };
  cluster_.Partition({{"n1", "n2"}, {"n3"}});
  const raft::Index before = cluster_.node("n3").applied();
  Fill();
  cluster_.Heal();
  ASSERT_TRUE(cluster_.AdvanceUntil(
      [&] { return cluster_.node("n3").applied() == cluster_.node("n1").applied(); }));
  ASSERT_GT(FirstOf("n3"), before);
  int64_t said = 0;
  cluster_.on_send = [&](const PeerMessage& message) {
    const auto* told = std::get_if<StateHash>(&message.body);
    said += told != nullptr && message.header.from.id == "n3" && told->index == before;
  };
  const raft::Raft& raft = cluster_.node(cluster_.leader()).raft();
  const raft::Header header{raft.self(), cluster_.node("n3").raft().self(), raft.cluster()};
  cluster_.Deliver("n3", {header, StateHash{before, 0xbad}});
  EXPECT_EQ(said, 0);
}

TEST_F(Snapshots, BringBackWhoIsTooFarBehind) {
  cluster_.Kill("n3");
  Fill();
  ASSERT_GT(FirstOf("n1"), raft::Index(20));
  cluster_.Restart("n3");
  ASSERT_LT(cluster_.node("n3").applied(), FirstOf("n1"));
  EXPECT_TRUE(cluster_.AdvanceUntil(
      [&] { return cluster_.node("n3").applied() == cluster_.node("n1").applied(); }));
  ExpectEqualStates();
  // And from then on by the log again.
  Fill(3);
  ExpectEqualStates();
}

// A thousandth of what the flags' defaults are with 12 MB of state and 1.8 MB of writes a second;
// one peer is a second away. It takes so long to send a snapshot there that several newer ones are
// taken meanwhile, and twice as much is written as the log may otherwise have.
class SnapshotsForOneFarAway : public ::testing::Test {
 protected:
  static Cluster::Setup Thousandth() {
    Cluster::Setup setup;
    setup.options.snapshot_log_bytes = 16 << 10;
    raft::Options& raft = setup.options.raft;
    raft.keep_log_bytes = 4 << 10;
    raft.max_log_bytes = 32 << 10;
    raft.snapshot_piece_bytes = 256;
    raft.max_bytes_per_message = 300;  // two entries
    return setup;
  }
  SnapshotsForOneFarAway() : cluster_(Thousandth()) {
    for (int i = 0; i < 160; ++i) Write();
    cluster_.Kill("n3");
    for (int i = 0; i < 640; ++i) Write();
    cluster_.Restart("n3");
    for (const char* near : {"n1", "n2"}) cluster_.Slow(near, "n3", Duration::Millis(999));
  }

  // 76 bytes of value, of 160 keys.
  void Write() {
    const std::string key = absl::StrCat("\"k", written_++ % 160, "\"");
    cluster_.Send(
        "n1", WriteRequest{
                  kv::Write{key, absl::StrCat(1'000'000 + written_) + std::string(69, '0')}, {}});
    cluster_.Advance(2);
  }
  uint64_t Lacking() const {
    return cluster_.node("n1").applied().value() - cluster_.node("n3").applied().value();
  }
  // One of some 100 bytes each 55 ms.
  void Run(int seconds) {
    for (int i = 0; i < seconds * 18; ++i) {
      Write();
      cluster_.Advance(53);
    }
  }

  Cluster cluster_;
  uint64_t written_ = 0;
};

TEST_F(SnapshotsForOneFarAway, ArriveThoughNewerOnesAreTaken) {
  ASSERT_EQ(cluster_.leader(), "n1");
  ASSERT_GT(Lacking(), 500u);
  Run(100);
  EXPECT_LE(Lacking(), 3u * 18u);
  const raft::Log& log = cluster_.node("n1").raft().log();
  EXPECT_LT(log.bytes(), 40u << 10) << "nothing is kept for it any more";
}

// Its disk hangs in the middle of a snapshot.
TEST_F(SnapshotsForOneFarAway, AreNotKeptForWhoTakesNothing) {
  Run(6);
  cluster_.Hang("n3");
  Run(60);
  EXPECT_LT(cluster_.node("n1").raft().log().bytes(), 60u << 10);
  cluster_.Resume("n3");
  Run(100);
  EXPECT_LE(Lacking(), 3u * 18u);
}

TEST_F(Snapshots, TeachWhoComesBackEmpty) {
  Fill();
  cluster_.Restart("n3", /*wipe=*/true);
  cluster_.Advance(1'000);
  ExpectEqualStates();
  EXPECT_TRUE(cluster_.node("n3").raft().learner());
}

// A follower is sent its snapshot while a reader waits at it for what the snapshot holds: no entry
// comes after it that could wake him.
TEST_F(Snapshots, ServeThoseWhoWaited) {
  cluster_.Kill("n3");
  cluster_.Write("n1", "x", "7");
  Fill();
  const raft::Index held = cluster_.disk("n1").snapshot()->last_included.index;
  cluster_.Restart("n3");
  const int64_t read =
      cluster_.Send("n3", RywReadRequest{"x", held, true, Duration::Millis(5'000)});
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.node("n3").applied() >= held; }));
  ASSERT_EQ(cluster_.node("n3").applied(), held);
  ASSERT_NE(cluster_.Answer(read), nullptr);
  EXPECT_EQ(ValueOf(*cluster_.Answer(read)), "7");
  EXPECT_NE(Follower(*cluster_.Answer(read)), nullptr) << "it was there in time";
}

TEST_F(Snapshots, HoldWhatCameOfClientsWrites) {
  const testing::Client client = testing::OpenAt(&cluster_, "n1");
  const uint64_t index = IndexOf(cluster_.Ask("n1", PutOnce("1", client.Id(1, 1))));
  cluster_.Ask("n1", Put("2"));
  cluster_.Kill("n3");
  Fill();
  for (const char* node : {"n1", "n2"}) cluster_.Kill(node);
  for (const char* node : {"n1", "n2", "n3"}) cluster_.Restart(node);
  EXPECT_EQ(IndexOf(cluster_.Ask("n3", PutOnce("1", client.Id(1, 1)))), index);
  EXPECT_EQ(ValueOf(cluster_.Ask("n2", Get())), "2") << "the second copy was not executed";
  EXPECT_EQ(FateIn(cluster_.Ask("n3", FateOf(client.Name(1)))).kind, kv::Fated::Kind::kCommitted);
  EXPECT_EQ(FateIn(cluster_.Ask("n3", FateOf(client.Name(2)))).kind, kv::Fated::Kind::kCancelled);
}

TEST_F(Snapshots, HoldTheHistoryThatSessionsAreJudgedBy) {
  const Reply early = cluster_.AskInSession("n1", Put("1"));
  kv::Session forged = *early.session;
  forged.stamp ^= 1;
  cluster_.Kill("n3");
  Fill();
  for (const char* node : {"n1", "n2"}) cluster_.Kill(node);
  for (const char* node : {"n1", "n2", "n3"}) cluster_.Restart(node);
  cluster_.Write("n1", "y", "1");
  cluster_.Advance(500);
  for (const char* node : {"n1", "n2", "n3"}) {
    EXPECT_EQ(ValueOf(cluster_.AskInSession(node, GetOwn(), early.session).body), "1") << node;
    EXPECT_EQ(AsError(cluster_.AskInSession(node, GetOwn(), forged).body).reason,
              Reason::kTokenLostHistory)
        << node;
  }
}

// Slices are given out one by one: what is written in between is not in the snapshot, and not in
// what it stands for.
TEST_F(Snapshots, AreOfOneMoment) {
  cluster_.disk("n2").slow = true;
  Write(100, /*value_bytes=*/10'000);
  ASSERT_TRUE(cluster_.disk("n2").snapshot());
  cluster_.Restart("n2");
  cluster_.Advance(1'000);
  ExpectEqualStates();
}

TEST_F(Snapshots, SurviveTheLeaderThatSendsThem) {
  cluster_.Kill("n3");
  Fill(200);
  cluster_.Restart("n3");
  // Some pieces have gone when the leader does.
  cluster_.Advance(4);
  const std::string leader = cluster_.leader();
  cluster_.Kill(leader);
  EXPECT_TRUE(cluster_.AdvanceUntil(
      [&] { return cluster_.node("n3").applied() >= raft::Index(written_); }));
  cluster_.Restart(leader);
  cluster_.Advance(2'000);
  ExpectEqualStates();
}

}  // namespace
}  // namespace tidemark::server
