// A disk that goes back, seen from outside: who finds it out, and what it does until then. And all
// disks at once, where nobody can: names are issued again then, and what was opened under them
// before is another's.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server::testing {
namespace {

class GoneBack : public Sessions {
 protected:
  GoneBack() = default;
  explicit GoneBack(Cluster::Setup setup) : Sessions(std::move(setup)) {}

  // `node` is started with a disk on which none of what it has written since is.
  void PutBack(const raft::NodeId& node, const Disk& before) {
    cluster_.Kill(node);
    cluster_.disk(node) = before;
  }
  bool HasGivenUp(const raft::NodeId& node) const {
    return cluster_.node(node).raft().lost().has_value();
  }
  // What n2 is now: it has given up and says so on its disk, and nobody hears of it any more.
  void ExpectThatN2HasGivenUp() {
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return HasGivenUp("n2"); }, 5'000));
    const raft::Index lost = cluster_.node("n2").raft().lost()->index;
    EXPECT_EQ(cluster_.disk("n2").Recover().gone_back.lost.index, lost);
    EXPECT_FALSE(cluster_.node("n2").sound());
    cluster_.on_send = [](const PeerMessage& message) { EXPECT_NE(message.header.from.id, "n2"); };
    const Error error = AsError(cluster_.Ask("n2", GetOwn()));
    EXPECT_EQ(error.reason, Reason::kStateDiverged);
    EXPECT_EQ(AsError(cluster_.Ask("n2", Put("8"))).reason, Reason::kStateDiverged);
    cluster_.Advance(2'000);
  }
  // The openings of n2's writers, in n3's log.
  int OpeningsOfN2() const {
    int count = 0;
    const raft::Log& log = Log("n3");
    for (raft::Index at = log.first_index(); at <= log.last_index(); at = at.Next()) {
      const auto* body = std::get_if<raft::CommandRef>(&log.At(at)->body);
      if (body == nullptr) continue;
      const auto* opening = std::get_if<kv::OpenWriter>(&LogCommand::Of(*body).operation);
      count += opening != nullptr && opening->node == "n2" ? 1 : 0;
    }
    return count;
  }
};

// --- By what its leader knows -------------------------------------------------------------------

TEST_F(GoneBack, ANodeIsToldByItsLeader) {
  const Disk before = cluster_.disk("n2");
  for (const char* value : {"1", "2", "3"}) cluster_.Write("n1", "a", value);
  cluster_.Advance(200);
  PutBack("n2", before);
  cluster_.Restart("n2");
  ExpectThatN2HasGivenUp();
  const auto status = std::get<StatusOk>(cluster_.Ask("n1", StatusRequest{}));
  EXPECT_TRUE(status.peers.front().gone_back);
  EXPECT_FALSE(status.peers.front().counts);
  EXPECT_FALSE(status.peers.back().gone_back);
  EXPECT_NE(IndexOf(cluster_.Write("n1", "a", "4")), 0u) << "n1 and n3 are a majority";
}

TEST_F(GoneBack, ItBeginsEmptyAndLearns) {
  const Disk before = cluster_.disk("n2");
  cluster_.Write("n1", "a", "1");
  cluster_.Advance(200);
  PutBack("n2", before);
  cluster_.Restart("n2");
  ExpectThatN2HasGivenUp();
  cluster_.on_send = nullptr;
  cluster_.Restart("n2", /*wipe=*/true);
  cluster_.Advance(1'000);
  EXPECT_TRUE(cluster_.node("n2").raft().learner());
  EXPECT_EQ(ValueOf(cluster_.RywRead("n2", "a", 1)), "1");
}

TEST_F(GoneBack, ItGoesOnWhereTheRightDiskIsBackBeforeTheWord) {
  const Disk before = cluster_.disk("n2");
  cluster_.Write("n1", "a", "1");
  cluster_.Advance(200);
  const Disk right = cluster_.disk("n2");
  PutBack("n2", before);
  bool is_told = false;
  cluster_.lose = [&](const PeerMessage& message) {
    const auto* body = std::get_if<raft::Body>(&message.body);
    const bool word = body != nullptr && std::holds_alternative<raft::WentBack>(*body);
    is_told = is_told || word;
    return word;
  };
  cluster_.Restart("n2");
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return is_told; }, 2'000));
  PutBack("n2", right);
  cluster_.lose = nullptr;
  cluster_.Restart("n2");
  cluster_.Advance(300);
  EXPECT_FALSE(cluster_.node("n2").raft().lost());
  cluster_.Write("n1", "a", "2");
  cluster_.Advance(300);
  EXPECT_EQ(ValueOf(cluster_.Read("n2", "a")), "2") << "it is sent what it lacks";
  // And counts in the next term.
  cluster_.Kill("n3");
  EXPECT_NE(IndexOf(cluster_.Write("n1", "a", "3")), 0u);
}

// n1 leads in term T, and n2 has acknowledged entries of it. n2 elects n3 in the next term, with
// which it commits x = 1, while n1 is cut off and does not know it yet. Then n2's disk is put back
// to a copy of term T, and n1 is asked for a read and hears n2 again. The answer that shows that
// n2's disk has gone back must not be what confirms that read.
TEST(GoneBackAlone, TheProofDoesNotConfirmAStaleRead) {
  int played = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Cluster cluster({.seed = seed});
    cluster.Write("n1", "x", "0");
    cluster.Advance(200);
    if (cluster.leader() != "n1") continue;
    const Disk before = cluster.disk("n2");
    cluster.Write("n1", "y", "0");
    cluster.Advance(100);
    // n2 does not stand.
    cluster.lose = [](const PeerMessage& message) {
      const auto* body = std::get_if<raft::Body>(&message.body);
      return body != nullptr && std::holds_alternative<raft::RequestVote>(*body) &&
             message.header.from.id == "n2";
    };
    cluster.Partition({{"n1"}, {"n2", "n3"}});
    const bool elected = cluster.AdvanceUntil(
        [&] { return cluster.node("n3").raft().leads() || !cluster.node("n1").raft().leads(); });
    ASSERT_TRUE(elected);
    if (IndexOf(cluster.Write("n3", "x", "1")) == 0) continue;
    if (!cluster.node("n1").raft().leads()) continue;
    cluster.Kill("n2");
    cluster.disk("n2") = before;
    cluster.Partition({{"n1", "n2"}, {"n3"}});
    cluster.Restart("n2");
    const raft::Raft& n1 = cluster.node("n1").raft();
    const int64_t read = cluster.Send("n1", ReadRequest{"x"});
    cluster.AdvanceUntil([&] { return cluster.node("n2").raft().lost() || !n1.leads(); }, 400);
    cluster.Advance(n1.leads() ? 20 : 0);
    // Else n1 has stepped down first, and may ask for a vote that n2 has forgotten: nobody sees.
    played += cluster.node("n2").raft().lost().has_value() ? 1 : 0;
    const ReplyBody* answer = cluster.Answer(read);
    EXPECT_TRUE(answer == nullptr || !std::holds_alternative<ReadOk>(*answer)) << "seed " << seed;
  }
  EXPECT_GE(played, 3);
}

// --- By its own openings ------------------------------------------------------------------------

// n1, which knew what n2 had acknowledged, is gone. n2 finds an opening of its own in what n3
// sends, and its disk knows of none.
TEST_F(GoneBack, ANodeFindsAnOpeningThatItDoesNotRemember) {
  const Disk before = cluster_.disk("n2");
  for (const char* value : {"1", "2", "3"}) cluster_.Write("n2", "a", value);
  cluster_.Advance(200);
  PutBack("n2", before);
  cluster_.Kill("n1");
  cluster_.Restart("n2");
  ExpectThatN2HasGivenUp();
}

// The same, and it is asked to write at once: it takes number 1, which its predecessor has used,
// and finds other bits under it. Its first write is its predecessor's first.
TEST_F(GoneBack, ANodeDoesNotTakeItsPredecessorsWriterForItsOwn) {
  const Disk before = cluster_.disk("n2");
  for (const char* value : {"1", "2", "3"}) cluster_.Write("n2", "a", value);
  cluster_.Advance(200);
  PutBack("n2", before);
  cluster_.Kill("n1");
  cluster_.Restart("n2");
  const int64_t write = cluster_.Send("n2", WriteRequest{kv::Write{"a", "1"}, {}});
  ExpectThatN2HasGivenUp();
  ASSERT_NE(cluster_.Answer(write), nullptr) << "nobody is left waiting";
  EXPECT_EQ(AsError(*cluster_.Answer(write)).reason, Reason::kStateDiverged);
  EXPECT_LE(OpeningsOfN2(), 2) << "its own, if it has left, is void";
}

TEST_F(GoneBack, ALeaderThatFindsOneLeadsNoMore) {
  const Disk before = cluster_.disk("n2");
  cluster_.Write("n2", "a", "1");
  cluster_.Advance(200);
  // n2 has all but the number.
  Disk other = cluster_.disk("n2");
  other.Forget(WriterNumber());
  PutBack("n2", other);
  cluster_.Kill("n1");
  cluster_.lose = [](const PeerMessage& message) {
    const auto* body = std::get_if<raft::Body>(&message.body);
    return body != nullptr && std::holds_alternative<raft::RequestVote>(*body) &&
           message.header.from.id == "n3";
  };
  cluster_.Restart("n2");
  ExpectThatN2HasGivenUp();
  EXPECT_FALSE(cluster_.node("n2").raft().leads());
}

TEST_F(GoneBack, AnHonestNodeKnowsItsOwnOpeningsAgain) {
  for (int life = 0; life < 5; ++life) {
    cluster_.Write("n2", "a", "1");
    cluster_.Restart("n2");
  }
  cluster_.Advance(2'000);
  EXPECT_EQ(OpeningsOfN2(), 5);
  EXPECT_FALSE(cluster_.node("n2").raft().lost());
}

Cluster::Setup WithSnapshots() {
  Cluster::Setup setup;
  setup.options.snapshot_log_bytes = 400;
  setup.options.raft.keep_log_bytes = 100;
  setup.options.raft.max_log_bytes = 800;
  return setup;
}
class GoneBackFar : public GoneBack {
 protected:
  GoneBackFar() : GoneBack(WithSnapshots()) {}
};

// n3 has not that part of the log any more: the opening comes with the state that n2 is sent.
TEST_F(GoneBackFar, ANodeFindsAnOpeningInTheSnapshotThatItIsSent) {
  const Disk before = cluster_.disk("n2");
  cluster_.Write("n2", "a", "1");
  cluster_.Kill("n2");
  for (int i = 0; i < 100; ++i) cluster_.Write("n3", "a", std::to_string(i));
  cluster_.Advance(200);
  cluster_.Kill("n1");
  cluster_.disk("n2") = before;
  cluster_.Restart("n2");
  ExpectThatN2HasGivenUp();
  EXPECT_GT(Log("n2").base().index, raft::Index(50)) << "it was sent a snapshot";
}

// --- A committed entry that a leader contradicts ------------------------------------------------

TEST_F(GoneBack, WhoIsContradictedByItsLeaderServesNothingAndHasToBeEmptied) {
  cluster_.Write("n1", "a", "1");
  cluster_.Advance(200);
  const raft::Raft& n1 = cluster_.node("n1").raft();
  const raft::Raft& n2 = cluster_.node("n2").raft();
  const raft::Index at = n2.commit_index();
  const auto other = std::make_shared<const raft::Entry>(
      raft::Entry{n2.log().At(at)->at, raft::TermStart{raft::Stamp(7)}});
  const raft::Index before = at.Prev();
  const raft::AppendEntries append{
      n1.term(), {n2.log().TermAt(before), before}, {other}, at, 1, n1.identity().life};
  cluster_.Deliver("n2", {n1.HeaderFor("n2"), raft::Body(append)});
  EXPECT_FALSE(cluster_.node("n2").sound());
  EXPECT_EQ(AsError(cluster_.Ask("n2", Get())).reason, Reason::kStateDiverged);
  EXPECT_EQ(cluster_.disk("n2").Recover().quarantine, Quarantine{at});
  cluster_.Restart("n2");
  EXPECT_EQ(AsError(cluster_.Ask("n2", GetOwn())).reason, Reason::kStateDiverged);
}

// --- All of them --------------------------------------------------------------------------------

// All are restored from their copies, and the same index becomes another client's name.
TEST_F(GoneBack, AClientsIdIsNotAnothersThatWasIssuedTheSameNumber) {
  const Cluster::Copy copy = cluster_.CopyDisks();
  cluster_.RestoreDisks(copy);
  std::map<kv::LogIndex, Client> old;
  for (int i = 0; i < 10; ++i) {
    const Client client = Open("n1");
    old[client.index] = client;
    cluster_.Ask("n1", PutOnce("1", client.Id(1)));
  }
  cluster_.RestoreDisks(copy);
  Client fresh = Open("n1");
  while (old.count(fresh.index) == 0 && fresh.index < old.rbegin()->first) fresh = Open("n1");
  ASSERT_EQ(old.count(fresh.index), 1u);
  const Client& former = old.at(fresh.index);

  const uint64_t index = IndexOf(cluster_.Ask("n2", PutOnce("2", fresh.Id(1))));
  ASSERT_NE(index, 0u);
  EXPECT_EQ(AsError(cluster_.Ask("n1", PutOnce("2", former.Id(1)))).reason,
            Reason::kOutcomeForgotten)
      << "its retry is not answered with what the other's write came to";
  EXPECT_EQ(AsError(cluster_.Ask("n1", PutOnce("1", former.Id(2)))).reason,
            Reason::kOutcomeForgotten);
  EXPECT_EQ(FateIn(cluster_.Ask("n3", FateOf(former.Name(3)))).kind, kv::Fated::Kind::kUnknown);
  EXPECT_NE(IndexOf(cluster_.Ask("n2", PutOnce("3", fresh.Id(2)))), 0u);
  EXPECT_NE(IndexOf(cluster_.Ask("n2", PutOnce("4", fresh.Id(3)))), 0u);
  EXPECT_EQ(IndexOf(cluster_.Ask("n2", PutOnce("2", fresh.Id(1)))), index);
}

}  // namespace
}  // namespace tidemark::server::testing
