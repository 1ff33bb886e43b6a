// Nodes compare their states, and the odd one serves nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server {
namespace {

using testing::AsError;
using testing::Cluster;
using testing::ValueOf;

class Audits : public ::testing::Test {
 protected:
  Audits() : cluster_({}) {
    cluster_.Write("n1", "x", "0");
    for (int i = 0; i < 10; ++i) cluster_.Write("n1", "x", std::to_string(i));
    cluster_.Advance(2'500);
  }

  // The node comes back with another last write of x in its log.
  void Tamper(const char* node, const char* value) {
    cluster_.Kill(node);
    cluster_.disk(node).Forge(value);
    cluster_.Restart(node);
  }
  // Writes something, and gives the nodes the time to compare.
  void Compare() {
    for (int i = 0; i < 3; ++i) {
      cluster_.Send("n1", WriteRequest{kv::Write{"y", std::to_string(i)}, {}});
      cluster_.Advance(1'500);
    }
  }
  std::string ReadAt(const char* node) { return ValueOf(cluster_.RywRead(node, "x", 0)); }
  bool Serves(const char* node) {
    return AsError(cluster_.RywRead(node, "x", 0)).reason != Reason::kStateDiverged;
  }

  Cluster cluster_;
};

TEST_F(Audits, FindNothingWhereAllIsWell) {
  Compare();
  for (const char* node : {"n1", "n2", "n3"}) EXPECT_TRUE(cluster_.node(node).sound()) << node;
}

TEST_F(Audits, PutAFollowerThatDiffersUnderQuarantine) {
  Tamper("n3", "666");
  Compare();
  EXPECT_FALSE(Serves("n3"));
  EXPECT_TRUE(cluster_.node("n3").raft().quarantined());
  EXPECT_TRUE(Serves("n1"));
  EXPECT_TRUE(Serves("n2"));
  EXPECT_EQ(AsError(cluster_.Read("n3", "x")).reason, Reason::kStateDiverged);
  EXPECT_EQ(AsError(cluster_.Write("n3", "x", "1")).reason, Reason::kStateDiverged);
  // Nor after a start.
  cluster_.Restart("n3");
  EXPECT_FALSE(Serves("n3"));
  // It never leads, and the others go on without it.
  cluster_.Kill(cluster_.leader());
  cluster_.Advance(5'000);
  EXPECT_FALSE(cluster_.node("n3").raft().leads());
}

TEST_F(Audits, MakeALeaderThatDiffersStepDown) {
  const std::string leader = cluster_.leader();
  // All come back, and the odd one is made to lead again: nobody else can be heard.
  Tamper(leader.c_str(), "666");
  for (const char* node : {"n1", "n2", "n3"}) {
    if (node != leader) cluster_.Restart(node);
  }
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return !cluster_.leader().empty(); }));
  Compare();
  EXPECT_TRUE(cluster_.node(leader).raft().quarantined());
  EXPECT_FALSE(cluster_.node(leader).raft().leads());
  EXPECT_NE(cluster_.leader(), leader);
  EXPECT_NE(ValueOf(cluster_.Read(cluster_.leader(), "x")), "666");
}

TEST_F(Audits, StopAllWhereNoMajorityAgrees) {
  Tamper("n2", "666");
  Tamper("n3", "777");
  Compare();
  for (const char* node : {"n1", "n2", "n3"}) EXPECT_FALSE(Serves(node)) << node;
}

// Two nodes that differ, with the third down: either may be the odd one.
TEST_F(Audits, StopTwoThatDifferUntilAThirdDecides) {
  cluster_.Kill("n2");
  Tamper("n3", "666");
  Compare();
  EXPECT_FALSE(Serves("n1"));
  EXPECT_FALSE(Serves("n3"));
  cluster_.Restart("n2");
  cluster_.Advance(10'000);
  EXPECT_TRUE(Serves("n1"));
  EXPECT_TRUE(Serves("n2"));
  EXPECT_FALSE(Serves("n3"));
}

// Messages come late and twice: what is said of a round that is over must not begin it anew, or
// copies are answered by more copies.
TEST_F(Audits, SayNothingMoreOfWhatIsOver) {
  std::optional<PeerMessage> early;
  cluster_.on_send = [&](const PeerMessage& message) {
    if (!early && std::holds_alternative<StateHash>(message.body)) early = message;
  };
  for (int i = 0; i < 7; ++i) Compare();
  ASSERT_TRUE(early);
  int64_t said = 0;
  cluster_.on_send = [&](const PeerMessage& message) {
    said += std::holds_alternative<StateHash>(message.body);
  };
  cluster_.Deliver(early->header.to.id, *early);
  cluster_.Advance(10);
  EXPECT_EQ(said, 0);
}

TEST_F(Audits, AnswerThoseWhoWaitWithNothingFromTheState) {
  Tamper("n3", "666");
  // They wait at n3 for an index that is not there yet, when n3 learns what it is.
  const uint64_t ahead = cluster_.node("n1").applied().value() + 3;
  const int64_t read =
      cluster_.Send("n3", RywReadRequest{"x", raft::Index(ahead), true, Duration::Millis(60'000)});
  Compare();
  ASSERT_NE(cluster_.Answer(read), nullptr);
  EXPECT_NE(ValueOf(*cluster_.Answer(read)), "666");
}

// n3 is under quarantine; then n2 goes down: n1 and n3 are a quorum of the log, whose state n1 has.
TEST_F(Audits, GoOnWithOneThatIsKnownToDifferWhereOneMoreIsDown) {
  Tamper("n3", "666");
  Compare();
  ASSERT_TRUE(cluster_.node("n3").raft().quarantined());
  cluster_.Kill("n2");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(std::holds_alternative<WriteOk>(cluster_.Write("n1", "z", "1"))) << i;
    EXPECT_EQ(ValueOf(cluster_.Read("n1", "z")), "1") << i;
    cluster_.Advance(10'000);
  }
  // What it knew of n3 is forgotten, and n3 does not tell.
  cluster_.Restart("n1");
  EXPECT_TRUE(std::holds_alternative<WriteOk>(cluster_.Write("n1", "z", "2")));
  cluster_.Advance(10'000);
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "z")), "2");
}

TEST_F(Audits, AreDoneWithOneThatIsUnderQuarantine) {
  Tamper("n3", "666");
  Compare();
  int64_t said = 0;
  cluster_.on_send = [&](const PeerMessage& message) {
    said += message.header.from.id == "n3" && std::holds_alternative<StateHash>(message.body);
  };
  Compare();
  cluster_.Restart("n3");
  Compare();
  EXPECT_EQ(said, 0);
}

// A leader whose peers' words on states a test says itself.
class TestifiedAudits : public Audits {
 protected:
  TestifiedAudits() {
    leader_ = cluster_.leader();
    for (const char* node : {"n1", "n2", "n3"}) {
      if (node != leader_) (right_.empty() ? right_ : odd_) = node;
    }
    cluster_.lose = [](const PeerMessage& message) {
      return std::holds_alternative<StateHash>(message.body);
    };
    cluster_.on_send = [this](const PeerMessage& message) {
      const auto* told = std::get_if<StateHash>(&message.body);
      if (told != nullptr && message.header.from.id == leader_) named_ = *told;
    };
    Name();
  }

  // Something is written, and the leader names an index behind it.
  void Name() {
    const raft::Index before = named_.index;
    cluster_.Send(right_, WriteRequest{kv::Write{"y", "1"}, {}});
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return named_.index > before; }));
  }
  // What `node` says of the index named last, or of another.
  void Say(const std::string& node, uint64_t hash, raft::Index index = {}) {
    SayAs({node, cluster_.disk(node).incarnation()}, hash, index);
  }
  void SayAs(const raft::Member& member, uint64_t hash, raft::Index index = {}) {
    const raft::Raft& raft = cluster_.node(leader_).raft();
    const raft::Header header{member, raft.self(), raft.cluster()};
    cluster_.Deliver(leader_, {header, StateHash{index ? index : named_.index, hash}});
  }
  bool Sound() const { return cluster_.node(leader_).sound(); }

  std::string leader_;
  std::string right_;
  std::string odd_;
  StateHash named_;
};

// The odd one's word comes first, in each round.
TEST_F(TestifiedAudits, DoNotHangOnTheOrderOfWords) {
  for (int round = 0; round < 3; ++round) {
    const int64_t read = cluster_.Send(leader_, ReadRequest{"x"});
    Say(odd_, 0xbad);
    EXPECT_TRUE(Sound()) << round;
    Say(right_, named_.hash);
    EXPECT_TRUE(Sound()) << round;
    cluster_.Advance(10);
    ASSERT_NE(cluster_.Answer(read), nullptr);
    EXPECT_EQ(ValueOf(*cluster_.Answer(read)), "9");
    Name();
  }
}

TEST_F(TestifiedAudits, HearNoMoreOfWhomAMajorityHasJudged) {
  Say(odd_, 0xbad);
  Say(right_, named_.hash);
  Name();
  // The other is silent from now on.
  for (int i = 0; i < 20; ++i) {
    Say(odd_, 0xbad);
    cluster_.Advance(500);
    ASSERT_TRUE(Sound()) << i;
  }
}

TEST_F(TestifiedAudits, DoubtOnceTheRestHasBeenSilentForLong) {
  Say(odd_, 0xbad);
  cluster_.Advance(1'900);
  EXPECT_TRUE(Sound());
  cluster_.Advance(200);
  EXPECT_FALSE(Sound());
  Say(right_, named_.hash);
  EXPECT_TRUE(Sound());
  cluster_.Advance(10'000);
  EXPECT_TRUE(Sound());
}

TEST_F(TestifiedAudits, DoubtAtOnceWhereNobodyIsLeftToAgree) {
  Say(odd_, 0xbad);
  Say(right_, 0xbed);
  EXPECT_FALSE(Sound());
}

// The odd one is right and has come back empty: two that say the same are no majority then.
TEST_F(TestifiedAudits, CountNobodyWhoIsNotNamed) {
  Say(right_, 0xbad);
  SayAs({odd_, raft::Incarnation(0x99)}, 0xbad);
  EXPECT_FALSE(cluster_.node(leader_).raft().quarantined());
  Say(odd_, 0xbad);
  EXPECT_TRUE(cluster_.node(leader_).raft().quarantined());
}

// Doubt of one round is not lifted by an older one.
TEST_F(TestifiedAudits, DoubtWhatCameLast) {
  const StateHash before = named_;
  Name();
  Say(odd_, 0xbad);
  Say(right_, 0xbed);
  Say(right_, before.hash, before.index);
  EXPECT_FALSE(Sound());
}

// One peer names an index that nobody reaches, many of them, and each is heard all the same.
TEST_F(TestifiedAudits, SurviveWordsFromFarAway) {
  for (uint64_t i = 0; i < 1'000; ++i) Say(odd_, 0xbad, raft::Index((uint64_t{1} << 53) - 1 - i));
  Name();
  Say(odd_, 0xbad);
  Say(right_, 0xbad);
  EXPECT_TRUE(cluster_.node(leader_).raft().quarantined());
}

TEST_F(TestifiedAudits, AreAnsweredAfterWordsFromFarAway) {
  std::string follower = right_;
  int64_t said = 0;
  cluster_.lose = nullptr;
  const raft::Raft& raft = cluster_.node(leader_).raft();
  const raft::Header header{{odd_, cluster_.disk(odd_).incarnation()},
                            {follower, cluster_.disk(follower).incarnation()},
                            raft.cluster()};
  cluster_.Deliver(follower, {header, StateHash{raft::Index((uint64_t{1} << 53) - 1), 0xbad}});
  cluster_.on_send = [&](const PeerMessage& message) {
    said += message.header.from.id == follower && std::holds_alternative<StateHash>(message.body);
  };
  cluster_.Send(leader_, WriteRequest{kv::Write{"y", "2"}, {}});
  cluster_.Advance(1'500);
  EXPECT_GT(said, 0);
}

// The opening of this node's own writer is applied in a moment of doubt.
TEST_F(TestifiedAudits, OpenAWriterInDoubt) {
  // Another one leads, which has written nothing yet and so has no writer.
  const std::string former = leader_;
  cluster_.Kill(former);
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return !cluster_.leader().empty(); }));
  cluster_.Restart(former);
  leader_ = cluster_.leader();
  (leader_ == right_ ? right_ : odd_) = former;
  named_ = {};
  Name();
  const int64_t refused = cluster_.Send(leader_, WriteRequest{kv::Write{"x", "a"}, {}});
  Say(odd_, 0xbad);
  Say(right_, 0xbed);
  ASSERT_NE(cluster_.Answer(refused), nullptr);
  EXPECT_EQ(AsError(*cluster_.Answer(refused)).reason, Reason::kStateDiverged);
  cluster_.Advance(100);
  Say(right_, named_.hash);
  ASSERT_TRUE(Sound());
  EXPECT_TRUE(std::holds_alternative<WriteOk>(cluster_.Write(leader_, "x", "b")));
  EXPECT_EQ(ValueOf(cluster_.Read(leader_, "x")), "b");
}

}  // namespace
}  // namespace tidemark::server
