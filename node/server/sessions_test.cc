// What a session in a reply promises, and when one is refused, told as schedules.
#include "node/server/testing/sessions.h"

#include <cstdint>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/verdict.h"

namespace tidemark::server::testing {
namespace {

TEST_F(Sessions, AReplyNamesTheEntryItHoldsAt) {
  const Reply wrote = cluster_.AskInSession("n2", Put("1"));
  ASSERT_TRUE(wrote.session);
  const kv::Session& at = *wrote.session;
  EXPECT_EQ(at.index, IndexOf(wrote.body));
  const raft::Log& log = cluster_.node("n1").raft().log();
  EXPECT_EQ(at.term, log.TermAt(raft::Index(at.index)).value());
  EXPECT_EQ(at.cluster, cluster_.node("n1").raft().cluster().value());
  const auto& first = std::get<raft::ConfigurationEntry>(log.At(raft::Index(1))->body);
  EXPECT_EQ(at.stamp, first.stamp.value());
}

TEST_F(Sessions, EveryAnswerThatSawTheStateCarriesOne) {
  EXPECT_TRUE(cluster_.AskInSession("n1", Get()).session);
  EXPECT_TRUE(cluster_.AskInSession("n2", Get()).session);
  EXPECT_TRUE(cluster_.AskInSession("n2", GetOwn()).session);
  EXPECT_TRUE(cluster_.AskInSession("n2", GetOwn(0, false)).session);
  EXPECT_TRUE(cluster_.AskInSession("n1", GetOwn()).session);
  const Reply mismatch = cluster_.AskInSession("n3", WriteRequest{kv::Cas{"x", "9", "1"}, {}});
  EXPECT_EQ(AsError(mismatch.body).code, ErrorCode::kPreconditionFailed);
  EXPECT_TRUE(mismatch.session);
  const Reply missing = cluster_.AskInSession("n3", WriteRequest{kv::Delete{"y"}, {}});
  EXPECT_EQ(AsError(missing.body).code, ErrorCode::kKeyMissing);
  EXPECT_TRUE(missing.session);
}

TEST_F(Sessions, ASessionNamesAllThatItsAnswerShows) {
  for (const char* node : {"n1", "n2", "n3"}) {
    for (const bool prefer_follower : {false, true}) {
      SCOPED_TRACE(node);
      const uint64_t index = IndexOf(cluster_.AskInSession("n1", Put("1")).body);
      EXPECT_GE(cluster_.AskInSession(node, Get()).session->index, index);
      const RequestBody own = GetOwn(index, prefer_follower);
      EXPECT_GE(cluster_.AskInSession(node, own).session->index, index);
    }
  }
}

TEST_F(Sessions, WhoAsksForNoneGetsNone) {
  for (const char* node : {"n1", "n2"}) {
    for (const RequestBody& body : {Put("1"), Get(), GetOwn()}) {
      const int64_t msg_id = cluster_.Send(node, body);
      cluster_.Advance(1000);
      EXPECT_FALSE(cluster_.WholeAnswer(msg_id)->session);
    }
  }
}

TEST_F(Sessions, ANewClusterIsBootstrappedForASessionToName) {
  Cluster cluster({});
  const Reply reply = cluster.AskInSession("n2", GetOwn());
  EXPECT_EQ(AsError(reply.body).code, ErrorCode::kKeyMissing);
  EXPECT_TRUE(reply.session);
}

TEST_F(Sessions, AnotherClustersTokenIsRefused) {
  kv::Session token = *cluster_.AskInSession("n1", Put("1")).session;
  cluster_.Advance(200);
  ++token.cluster;
  ExpectRefusedEverywhere(token, Reason::kTokenOtherCluster);
  token.index += 1000;
  ExpectRefusedEverywhere(token, Reason::kTokenOtherCluster);
}

TEST_F(Sessions, ATokenOfAnotherEntryIsRefused) {
  kv::Session token = *cluster_.AskInSession("n1", Put("1")).session;
  cluster_.Advance(200);
  ++token.stamp;
  ExpectRefusedEverywhere(token, Reason::kTokenLostHistory);
  --token.stamp;
  ++token.term;
  ExpectRefusedEverywhere(token, Reason::kTokenLostHistory);
}

TEST_F(Sessions, ATokenBeyondAllThatIsCommittedIsRefused) {
  kv::Session token = *cluster_.AskInSession("n1", Put("1")).session;
  cluster_.Advance(200);
  token.index += 1000;
  ExpectRefusedEverywhere(token, Reason::kTokenFromFuture);
}

TEST_F(Sessions, AVerdictComesWithinTwoRoundTrips) {
  kv::Session token = *cluster_.AskInSession("n1", Put("1")).session;
  cluster_.Advance(200);
  token.index += 1000;
  const int64_t start = cluster_.now_ms();
  cluster_.AskInSession("n1", GetOwn(), token);
  EXPECT_LE(cluster_.now_ms() - start, 2) << "one at the leader";
  const int64_t next = cluster_.now_ms();
  cluster_.AskInSession("n2", GetOwn(), token);
  EXPECT_LE(cluster_.now_ms() - next, 4) << "two elsewhere";
}

// A cut-off leader cannot know what has been committed without it.
TEST_F(Sessions, NobodyJudgesWhatHeCannotKnow) {
  CutOffLeader();
  cluster_.Advance(1000);
  const Token token = cluster_.AskInSession("n2", Put("1")).session;
  ASSERT_TRUE(token);
  const int64_t asked = cluster_.Send("n1", GetOwn(), token);
  cluster_.Advance(2000);
  EXPECT_EQ(cluster_.Answer(asked), nullptr);
  cluster_.Heal();
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
  EXPECT_EQ(ValueOf(*cluster_.Answer(asked)), "1");
}

// What stands at the token's index of a cut-off node may yet be replaced by what the token names.
TEST_F(Sessions, AnUncommittedEntryRefusesNobody) {
  const kv::Session own = MakeUpTokenOfN1sOwn();
  CutOffLeader();
  const Token token = cluster_.AskInSession("n2", Get()).session;
  ASSERT_GE(token->index, own.index);
  const int64_t asked = cluster_.Send("n1", GetOwn(), NameOf("n2", raft::Index(own.index)));
  cluster_.Advance(1000);
  EXPECT_EQ(cluster_.Answer(asked), nullptr);
  cluster_.Heal();
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
  EXPECT_EQ(ValueOf(*cluster_.Answer(asked)), "0");
}

TEST_F(Sessions, NobodyHasSeenTheWriteThatHeIsSending) {
  kv::Session token = *cluster_.AskInSession("n1", Put("1")).session;
  ++token.index;
  ASSERT_GT(token.index, Log("n1").last_index().value());
  ExpectRefused(cluster_.AskInSession("n1", Put("2"), token), Reason::kTokenFromFuture);
  EXPECT_EQ(Log("n1").last_index().value(), token.index) << "it was to stand at that very index";
}

// Everything is put back to an old copy of the disks and reaches the same term and beyond the same
// index again, with other data.
TEST_F(Sessions, TokensOfALostHistoryAreRefusedAfterARestore) {
  const Token before = cluster_.AskInSession("n1", Put("1")).session;
  cluster_.Advance(200);
  const Cluster::Copy copy = cluster_.CopyDisks();
  cluster_.RestoreDisks(copy);
  std::vector<kv::Session> lost;
  for (int i = 0; i < 5; ++i) lost.push_back(*cluster_.AskInSession("n2", Put("2")).session);
  cluster_.RestoreDisks(copy);
  for (int i = 0; i < 20; ++i) cluster_.AskInSession("n3", Put("3"));
  cluster_.Advance(200);
  ASSERT_EQ(cluster_.node("n1").raft().term().value(), lost.front().term)
      << "the stamps are all that tells the two histories apart";
  for (const kv::Session& token : lost) ExpectRefusedEverywhere(token, Reason::kTokenLostHistory);
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n1", GetOwn(), before).body), "3");
}

}  // namespace
}  // namespace tidemark::server::testing
