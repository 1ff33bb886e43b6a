// What a session promises, told as schedules.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"

namespace tidemark::server {
namespace {

using testing::Cluster;
using Token = std::optional<kv::Session>;

RequestBody Put(const char* value) { return WriteRequest{kv::Write{"x", value}, {}}; }
RequestBody PutOnce(const char* value, kv::WriteId id) {
  return WriteRequest{kv::Write{"x", value}, id};
}
RequestBody Get() { return ReadRequest{"x"}; }
RequestBody GetOwn(uint64_t index = 0, bool prefer_follower = true) {
  return RywReadRequest{"x", raft::Index(index), prefer_follower, {}};
}
RequestBody FateOf(kv::WriteName name) { return WriteRequest{kv::Fate{name}, {}}; }

const Error& AsError(const ReplyBody& body) {
  static const Error* const kNone = new Error{.code = ErrorCode{0}, .text = "no error"};
  const auto* error = std::get_if<Error>(&body);
  return error == nullptr ? *kNone : *error;
}
std::string ValueOf(const ReplyBody& body) {
  if (const auto* ok = std::get_if<ReadOk>(&body)) return ok->value;
  if (const auto* ok = std::get_if<RywReadOk>(&body)) return ok->value;
  return "error: " + AsError(body).text;
}
uint64_t IndexOf(const ReplyBody& body) {
  const auto* ok = std::get_if<WriteOk>(&body);
  return ok == nullptr ? 0 : ok->commit_index.value();
}
const ServedByFollower* Follower(const ReplyBody& body) {
  const auto* ok = std::get_if<RywReadOk>(&body);
  return ok == nullptr ? nullptr : std::get_if<ServedByFollower>(&ok->served);
}
kv::Fated FateIn(const ReplyBody& body) {
  const auto* ok = std::get_if<FateOk>(&body);
  return ok == nullptr ? kv::Fated{} : ok->fate;
}

class Sessions : public ::testing::Test {
 protected:
  Sessions() : cluster_({}) {
    cluster_.Write("n1", "x", "0");
    cluster_.Advance(200);
  }

  kv::LogIndex Open(const char* node) {
    const ReplyBody reply = cluster_.Ask(node, WriteRequest{kv::OpenClient{}, {}});
    return std::get<OpenOk>(reply).client;
  }
  void ExpectRefused(const Reply& reply, Reason reason) {
    EXPECT_EQ(AsError(reply.body).code, ErrorCode::kPreconditionFailed) << ValueOf(reply.body);
    EXPECT_EQ(AsError(reply.body).reason, reason);
    EXPECT_FALSE(reply.session) << "who is refused must not come to hold this history";
  }
  // At every node, by every kind of request.
  void ExpectRefusedEverywhere(const kv::Session& token, Reason reason) {
    for (const char* node : {"n1", "n2", "n3"}) {
      SCOPED_TRACE(node);
      ExpectRefused(cluster_.AskInSession(node, GetOwn(), token), reason);
      ExpectRefused(cluster_.AskInSession(node, GetOwn(0, false), token), reason);
      ExpectRefused(cluster_.AskInSession(node, Get(), token), reason);
      ExpectRefused(cluster_.AskInSession(node, Put("7"), token), reason);
    }
  }
  // n1 leads; nobody gets anything from it, but its answers to clients.
  void CutOffLeader() { cluster_.Partition({{"n1"}, {"n2", "n3"}}); }

  // It is cut off and steps down, with what it appended alone.
  void AwaitThatNobodyFollowsN1() {
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return !cluster_.node("n1").raft().leads(); }));
  }

  // A token that somebody made up for an entry that n1 alone has. Everybody is alone then, and
  // nobody leads.
  kv::Session MakeUpTokenOfN1sOwn() {
    kv::Session token = *cluster_.AskInSession("n1", Get()).session;
    cluster_.Partition({{"n1"}, {"n2"}, {"n3"}});
    cluster_.Send("n1", Put("666"));
    AwaitThatNobodyFollowsN1();
    token.index = Log("n1").last_index().value();
    return token;
  }

  const raft::Log& Log(const raft::NodeId& node) const { return cluster_.node(node).raft().log(); }
  // What one holds who has seen the entry at `index` of that node's log.
  kv::Session NameOf(const raft::NodeId& node, raft::Index index) const {
    const raft::Log& log = Log(node);
    const auto& first = log.At(log.FirstOfTermAt(index))->body;
    const auto* start = std::get_if<raft::TermStart>(&first);
    const raft::Stamp stamp =
        start == nullptr ? std::get<raft::ConfigurationEntry>(first).stamp : start->stamp;
    return {cluster_.node(node).raft().cluster().value(), index.value(), log.TermAt(index).value(),
            stamp.value()};
  }
  // The id of the last write in n1's log.
  kv::WriteName LastWriteOfN1() const {
    const raft::Log& log = Log("n1");
    raft::Index at = log.last_index();
    while (!std::holds_alternative<raft::CommandRef>(log.At(at)->body)) at = at.Prev();
    return LogCommand::Of(std::get<raft::CommandRef>(log.At(at)->body)).id.name();
  }

  // n2 or n3, as soon as it leads.
  raft::NodeId AwaitSuccessor() {
    raft::NodeId successor;
    EXPECT_TRUE(cluster_.AdvanceUntil([&] {
      for (const char* node : {"n2", "n3"}) {
        if (cluster_.alive(node) && cluster_.node(node).raft().leads()) successor = node;
      }
      return !successor.empty();
    }));
    return successor;
  }

  // n2's last pull.
  void RecordPulls() {
    cluster_.on_send = [this](const PeerMessage& message) {
      const auto* question = std::get_if<Question>(&message.body);
      if (question == nullptr || !std::holds_alternative<Pull>(question->ask)) return;
      if (message.header.from.id == "n2") pull_ = *question;
    };
  }
  // n2 hears, as from n1, that nothing is committed but what n2 has.
  void TellN2ThatThereIsNothing(const Question& asked, bool confirmed) {
    const News news{cluster_.node("n2").applied(), cluster_.node("n2").raft().cluster(), confirmed};
    cluster_.Deliver("n2", PeerMessage{cluster_.node("n1").raft().HeaderFor("n2"),
                                       server::Answer{asked.life, asked.number, news}});
  }

  Cluster cluster_;
  Question pull_;
};

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

TEST_F(Sessions, ANewClusterIsFoundedForASessionToName) {
  Cluster cluster({});
  const Reply reply = cluster.AskInSession("n2", GetOwn());
  EXPECT_EQ(AsError(reply.body).code, ErrorCode::kKeyMissing);
  EXPECT_TRUE(reply.session);
}

// --- Proof --------------------------------------------------------------------------------------

// n2 has the entry when the client's answer leaves n1, and hears only later that it is committed.
TEST_F(Sessions, AFollowerServesWhatTheTokenProves) {
  const Reply wrote = cluster_.AskInSession("n1", Put("1"));
  const uint64_t applied = cluster_.node("n2").applied().value();
  ASSERT_LT(applied, wrote.session->index) << "the schedule has no gap to speak of";
  const Reply read = cluster_.AskInSession("n2", GetOwn(), wrote.session);
  EXPECT_EQ(ValueOf(read.body), "1");
  const ServedByFollower* served = Follower(read.body);
  ASSERT_NE(served, nullptr);
  EXPECT_EQ(served->proved_index, raft::Index(wrote.session->index));
  EXPECT_EQ(served->follower_applied_index.value(), applied);
  EXPECT_EQ(served->waited_ms, 0);
  EXPECT_EQ(read.session, wrote.session);
  EXPECT_EQ(cluster_.node("n2").applied().value(), applied) << "nothing was applied for it";
}

TEST_F(Sessions, ABareIndexProvesNothing) {
  const Reply wrote = cluster_.AskInSession("n1", Put("1"));
  ASSERT_LT(cluster_.node("n2").applied().value(), wrote.session->index);
  const ReplyBody read = cluster_.Ask("n2", GetOwn(wrote.session->index));
  EXPECT_EQ(ValueOf(read), "1");
  const ServedByFollower* served = Follower(read);
  ASSERT_NE(served, nullptr);
  EXPECT_FALSE(served->proved_index);
}

// The entry is in n1's log alone and will be lost. Whoever makes up a token for it reads what never
// was; the others at that node do not, and nothing of the node has changed.
TEST_F(Sessions, AForgedTokenHurtsItsForgerOnly) {
  const Token before = cluster_.AskInSession("n1", Get()).session;
  CutOffLeader();
  cluster_.Send("n1", Put("666"));
  AwaitThatNobodyFollowsN1();
  const uint64_t state = cluster_.node("n1").machine().Hash();
  const raft::Index commit_index = cluster_.node("n1").raft().commit_index();
  kv::Session forged = *before;
  forged.index = cluster_.node("n1").raft().log().last_index().value();
  ASSERT_GT(forged.index, before->index);
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n1", GetOwn(), forged).body), "666");
  EXPECT_EQ(cluster_.node("n1").machine().Hash(), state);
  EXPECT_EQ(cluster_.node("n1").raft().commit_index(), commit_index);
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n1", GetOwn(), before).body), "0");
  EXPECT_EQ(ValueOf(cluster_.Ask("n1", GetOwn())), "0");
  EXPECT_EQ(ValueOf(cluster_.Ask("n2", GetOwn())), "0");
}

TEST_F(Sessions, ADeletionIsProvedToo) {
  const Token gone = cluster_.AskInSession("n1", WriteRequest{kv::Delete{"x"}, {}}).session;
  const Reply read = cluster_.AskInSession("n2", GetOwn(), gone);
  EXPECT_EQ(AsError(read.body).code, ErrorCode::kKeyMissing) << ValueOf(read.body);
  ASSERT_TRUE(AsError(read.body).served);
  EXPECT_TRUE(std::get<ServedByFollower>(*AsError(read.body).served).proved_index);
}

// n2 has two writes and has heard of neither that it is committed.
class TwoUnheardOf : public Sessions {
 protected:
  TwoUnheardOf() {
    const int64_t first = cluster_.Send("n1", Put("1"), std::nullopt);
    const int64_t second = cluster_.Send("n1", Put("2"), std::nullopt);
    cluster_.AdvanceUntil([&] { return cluster_.Answer(second) != nullptr; });
    first_ = *cluster_.WholeAnswer(first)->session;
    second_ = *cluster_.WholeAnswer(second)->session;
    EXPECT_LT(cluster_.node("n2").applied().value(), first_.index) << "there is no gap";
  }

  kv::Session first_;
  kv::Session second_;
};

TEST_F(TwoUnheardOf, EachTokenProvesWhatItNamesAndNoMore) {
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n2", GetOwn(), second_).body), "2");
  const Reply read = cluster_.AskInSession("n2", GetOwn(), first_);
  ASSERT_NE(Follower(read.body), nullptr);
  EXPECT_EQ(Follower(read.body)->proved_index, raft::Index(first_.index));
  EXPECT_EQ(ValueOf(read.body), "1") << "as of the index that it was proved for";
}

TEST_F(TwoUnheardOf, ATokenDoesNotProveTheWriteBehindIt) {
  const Reply read = cluster_.AskInSession("n2", GetOwn(second_.index), first_);
  EXPECT_EQ(ValueOf(read.body), "2");
}

// A new leader's first entry has come to a follower behind the one in question.
TEST_F(TwoUnheardOf, TheTermInWhichALogEndsProvesNothingOfWhatStandsBefore) {
  CutOffLeader();
  const raft::NodeId leader = AwaitSuccessor();
  const raft::NodeId node = leader == "n2" ? "n3" : "n2";
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return Log(node).last().term.value() > first_.term; }));
  ASSERT_LT(cluster_.node(node).applied().value(), first_.index);
  kv::Session forged = NameOf(node, Log(node).last_index());
  forged.index = first_.index;
  ExpectRefused(cluster_.AskInSession(node, GetOwn(), forged), Reason::kTokenLostHistory);
}

// n1 looks at its own entry for one who made up a token. Then the new leader's stands in its place,
// before n1 has heard that it is committed.
TEST_F(Sessions, WhatWasLookedAtAndIsLostIsNotSeenAgain) {
  const kv::Session forged = MakeUpTokenOfN1sOwn();
  EXPECT_EQ(ValueOf(cluster_.AskInSession("n1", GetOwn(), forged).body), "666");
  CutOffLeader();
  const raft::NodeId leader = AwaitSuccessor();
  cluster_.Partition({{"n1", leader}, {leader == "n2" ? "n3" : "n2"}});
  const raft::Index index(forged.index);
  ASSERT_TRUE(
      cluster_.AdvanceUntil([&] { return cluster_.node(leader).raft().commit_index() >= index; }));
  ASSERT_LT(cluster_.node("n1").applied(), index) << "it has heard of it already";
  const Reply read = cluster_.AskInSession("n1", GetOwn(), NameOf(leader, index));
  ASSERT_NE(Follower(read.body), nullptr);
  EXPECT_EQ(Follower(read.body)->proved_index, index);
  EXPECT_EQ(ValueOf(read.body), "0");
}

TEST(ProvedReads, AreServedAsSoonAsTheEntryComes) {
  bool slow = false;
  bool to_n2 = false;
  Cluster cluster({.options = {.pull = false}, .fate = [&](Random*) {
                     return std::vector{Duration::Millis(slow && to_n2 ? 5 : 0)};
                   }});
  cluster.on_send = [&](const PeerMessage& message) { to_n2 = message.header.to.id == "n2"; };
  cluster.Write("n1", "x", "0");
  cluster.Advance(200);
  slow = true;
  const Token token = cluster.AskInSession("n1", Put("1")).session;
  ASSERT_LT(cluster.node("n2").raft().log().last_index().value(), token->index);
  const Reply read = cluster.AskInSession("n2", GetOwn(), token);
  ASSERT_NE(Follower(read.body), nullptr);
  EXPECT_EQ(Follower(read.body)->proved_index, raft::Index(token->index));
  EXPECT_LE(Follower(read.body)->waited_ms, 5);
}

// n1 has entries of its own at the token's index and beyond. What it gets in their place ends below
// where its log had ended.
TEST_F(Sessions, ALogThatWasReplacedIsLookedAtAgain) {
  CutOffLeader();
  for (int i = 0; i < 5; ++i) cluster_.Send("n1", Put("666"));
  const raft::NodeId leader = AwaitSuccessor();
  const raft::Index index = Log(leader).last_index();
  ASSERT_TRUE(
      cluster_.AdvanceUntil([&] { return cluster_.node(leader).raft().commit_index() >= index; }));
  const Token token = NameOf(leader, index);
  cluster_.Partition({{leader}, {"n1", leader == "n2" ? "n3" : "n2"}});
  const RywReadRequest patient{"x", raft::Index(), true, Duration::Millis(10'000)};
  const Reply read = cluster_.AskInSession("n1", patient, token);
  ASSERT_NE(Follower(read.body), nullptr) << ValueOf(read.body);
  EXPECT_EQ(Follower(read.body)->proved_index, index);
  EXPECT_EQ(ValueOf(read.body), "0");
}

TEST_F(Sessions, AnotherClustersTokenProvesNothing) {
  kv::Session forged = MakeUpTokenOfN1sOwn();
  ++forged.cluster;
  const int64_t asked = cluster_.Send("n1", GetOwn(), forged);
  cluster_.Advance(200);
  EXPECT_EQ(cluster_.Answer(asked), nullptr);
}

TEST_F(Sessions, AWrongStampProvesNothing) {
  kv::Session forged = MakeUpTokenOfN1sOwn();
  ++forged.stamp;
  const int64_t asked = cluster_.Send("n1", GetOwn(), forged);
  cluster_.Advance(200);
  EXPECT_EQ(cluster_.Answer(asked), nullptr) << "an uncommitted entry gives no verdict either";
  cluster_.Heal();
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
  EXPECT_EQ(AsError(*cluster_.Answer(asked)).code, ErrorCode::kPreconditionFailed);
}

// --- Verdicts -----------------------------------------------------------------------------------

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

// --- Once and fate ------------------------------------------------------------------------------

TEST_F(Sessions, AWriteWithAnIdHappensOnceWhereverItIsSent) {
  const kv::LogIndex client = Open("n2");
  const Reply first = cluster_.AskInSession("n2", PutOnce("1", {client, 1, 1}));
  cluster_.AskInSession("n1", Put("2"));
  const Reply again = cluster_.AskInSession("n3", PutOnce("1", {client, 1, 1}), first.session);
  EXPECT_EQ(IndexOf(again.body), IndexOf(first.body));
  EXPECT_GT(again.session->index, first.session->index) << "the place of the retry";
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "2");
}

TEST_F(Sessions, OneIdForTwoCommandsIsRefused) {
  const kv::LogIndex client = Open("n1");
  uint64_t seq = 1;
  for (const char* node : {"n1", "n2"}) {
    SCOPED_TRACE(node);
    // Both at once, so that one meets the other under way.
    const int64_t one = cluster_.Send(node, PutOnce("1", {client, seq, 1}));
    const int64_t two = cluster_.Send(node, PutOnce("2", {client, seq, 1}));
    cluster_.Advance(1000);
    EXPECT_NE(IndexOf(*cluster_.Answer(one)), 0u);
    EXPECT_EQ(AsError(*cluster_.Answer(two)).reason, Reason::kSeqReused);
    EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "1");
    ++seq;
  }
}

TEST_F(Sessions, ANodesWriterIsNobodyElses) {
  cluster_.Write("n1", "x", "1");
  const kv::LogIndex writer = LastWriteOfN1().writer;
  const ReplyBody reply = cluster_.Ask("n1", PutOnce("2", {writer, 77, 0}));
  EXPECT_EQ(AsError(reply).reason, Reason::kOutcomeForgotten);
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "1");
  EXPECT_NE(IndexOf(cluster_.Write("n1", "x", "3")), 0u) << "its owner goes on";
  EXPECT_EQ(LastWriteOfN1().writer, writer) << "with the same writer";
}

TEST_F(Sessions, WhatIsAnsweredIsForgottenAndNothingElse) {
  const kv::LogIndex client = Open("n1");
  const uint64_t first = IndexOf(cluster_.Ask("n1", PutOnce("1", {client, 1, 1})));
  EXPECT_EQ(IndexOf(cluster_.Ask("n2", PutOnce("1", {client, 1, 1}))), first);
  const uint64_t second = IndexOf(cluster_.Ask("n1", PutOnce("2", {client, 2, 2})));
  EXPECT_EQ(IndexOf(cluster_.Ask("n2", PutOnce("2", {client, 2, 2}))), second);
  const Error late = AsError(cluster_.Ask("n3", PutOnce("1", {client, 1, 1})));
  EXPECT_EQ(late.code, ErrorCode::kIndefinite);
  EXPECT_EQ(late.reason, Reason::kOutcomeForgotten);
  EXPECT_EQ(late.write_id, (kv::WriteName{client, 1}));
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "2");
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf({client, 1}))).kind, kv::Fated::Kind::kUnknown);
}

TEST_F(Sessions, WhatWasHandedToNobodyDidNotHappen) {
  const kv::LogIndex client = Open("n1");
  cluster_.Partition({{"n1"}, {"n2"}, {"n3"}});
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.node("n2").raft().leader().empty(); }));
  EXPECT_EQ(AsError(cluster_.Ask("n2", PutOnce("1", {client, 1, 1}))).code,
            ErrorCode::kUnavailable);
}

TEST_F(Sessions, ARetryIsAnsweredAsItHappenedBeforeItsSessionIsJudged) {
  const kv::LogIndex client = Open("n1");
  const Reply first = cluster_.AskInSession("n1", PutOnce("1", {client, 1, 1}));
  kv::Session lost = *first.session;
  ++lost.stamp;
  const Reply again = cluster_.AskInSession("n2", PutOnce("1", {client, 1, 1}), lost);
  EXPECT_EQ(IndexOf(again.body), IndexOf(first.body));
  EXPECT_FALSE(again.session) << "its own session is none of this history";
}

TEST_F(Sessions, AVerdictOnAWriteIsItsOutcome) {
  const kv::LogIndex client = Open("n1");
  kv::Session lost = *cluster_.AskInSession("n1", Get()).session;
  ++lost.stamp;
  const RequestBody write = PutOnce("1", {client, 1, 1});
  ExpectRefused(cluster_.AskInSession("n1", write, lost), Reason::kTokenLostHistory);
  ++lost.stamp;
  ExpectRefused(cluster_.AskInSession("n2", write, lost), Reason::kTokenLostHistory);
  const Token held = cluster_.AskInSession("n1", Get()).session;
  ExpectRefused(cluster_.AskInSession("n3", write, held), Reason::kTokenLostHistory);
  const kv::Fated fate = FateIn(cluster_.Ask("n3", FateOf({client, 1})));
  EXPECT_EQ(fate.kind, kv::Fated::Kind::kRefused);
  EXPECT_EQ(fate.refusal, kv::Fated::Refusal::kLostHistory);
}

TEST_F(Sessions, FateOfWhatHappened) {
  const kv::LogIndex client = Open("n1");
  const uint64_t index = IndexOf(cluster_.Ask("n1", PutOnce("1", {client, 4, 1})));
  const kv::Fated fate = FateIn(cluster_.Ask("n2", FateOf({client, 4})));
  EXPECT_EQ(fate.kind, kv::Fated::Kind::kCommitted);
  EXPECT_EQ(fate.commit_index, index);
}

TEST_F(Sessions, WhatHadNotArrivedWhenItsFateWasAskedForNeverWill) {
  const kv::LogIndex client = Open("n1");
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf({client, 4}))).kind, kv::Fated::Kind::kCancelled);
  const ReplyBody late = cluster_.Ask("n3", PutOnce("4", {client, 4, 1}));
  EXPECT_EQ(AsError(late).code, ErrorCode::kAborted);
  EXPECT_EQ(AsError(late).reason, Reason::kCancelled);
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "0");
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf({client, 4}))).kind, kv::Fated::Kind::kCancelled);
}

TEST_F(Sessions, FateOfWhatNobodyKnows) {
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf({999, 4}))).kind, kv::Fated::Kind::kUnknown);
}

// n1 starts again and opens another writer: what the former one has not done it never will.
TEST_F(Sessions, FateOfWhatItsWriterCannotDoAnyMore) {
  const kv::WriteName last = LastWriteOfN1();
  cluster_.Restart("n1");
  cluster_.Write("n1", "x", "1");
  ASSERT_NE(LastWriteOfN1().writer, last.writer);
  const kv::WriteName next{last.writer, last.seq + 1};
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(next))).kind, kv::Fated::Kind::kCancelled);
}

TEST_F(Sessions, AFateThatAsksForItselfLearnsNothing) {
  const kv::WriteName last = LastWriteOfN1();
  const kv::WriteName own{last.writer, last.seq + 1};
  const kv::Fated fate = FateIn(cluster_.Ask("n1", FateOf(own)));
  ASSERT_EQ(LastWriteOfN1(), own);
  EXPECT_EQ(fate.kind, kv::Fated::Kind::kUnknown);
}

TEST_F(Sessions, ACutOffLeaderTellsNoFate) {
  CutOffLeader();
  cluster_.Send("n1", Put("1"));
  const int64_t asked = cluster_.Send("n1", FateOf(LastWriteOfN1()));
  cluster_.Advance(2000);
  EXPECT_EQ(cluster_.Answer(asked), nullptr);
}

// The write is in the log of a leader that was cut off. Its client is told that this is open, asks
// the others, and hears that it will never happen; and it does not, though the entry comes back.
TEST_F(Sessions, TheFateOfAnUncommittedWriteIsNotGuessed) {
  CutOffLeader();
  const int64_t asked = cluster_.Send("n1", Put("1"));
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
  const Error open = AsError(*cluster_.Answer(asked));
  EXPECT_EQ(open.code, ErrorCode::kIndefinite);
  ASSERT_TRUE(open.write_id);
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(*open.write_id))).kind, kv::Fated::Kind::kCancelled);
  cluster_.Heal();
  cluster_.Advance(2000);
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "0");
}

TEST_F(Sessions, AWriteSurvivesTheLeadersDeathAndHappensOnce) {
  for (int delay = 0; delay < 8; ++delay) {
    const int64_t asked = cluster_.Send(
        cluster_.follower(),
        WriteRequest{kv::Txn{{{kv::TxnOp::Kind::kAppend, "\"l\"", std::to_string(delay)}}}, {}});
    cluster_.Advance(delay);
    const raft::NodeId leader = cluster_.leader();
    cluster_.Kill(leader);
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
    EXPECT_TRUE(std::holds_alternative<TxnOk>(*cluster_.Answer(asked))) << delay;
    cluster_.Restart(leader);
    cluster_.Advance(1000);
  }
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "\"l\"")), "[0,1,2,3,4,5,6,7]");
}

// --- Waiting ------------------------------------------------------------------------------------

TEST_F(Sessions, WaitingReadersShareOneQuestionARoundTrip) {
  int pulls = 0;
  cluster_.on_send = [&](const PeerMessage& message) {
    const auto* question = std::get_if<Question>(&message.body);
    if (question != nullptr && std::holds_alternative<Pull>(question->ask)) ++pulls;
  };
  const uint64_t far = cluster_.node("n1").applied().value() + 50;
  for (int i = 0; i < 50; ++i) cluster_.Send("n2", GetOwn(far));
  EXPECT_EQ(pulls, 1);
  cluster_.Advance(1);
  for (int i = 0; i < 50; ++i) cluster_.Send("n2", GetOwn(far));
  EXPECT_EQ(pulls, 1) << "a round trip is not over";
  cluster_.Advance(5);
  EXPECT_EQ(pulls, 2);
}

TEST_F(Sessions, NewsOfOneWhoHasNotMadeSureRefusesNobody) {
  RecordPulls();
  const int64_t asked = cluster_.Send("n2", GetOwn(1000));
  CutOffLeader();
  TellN2ThatThereIsNothing(pull_, false);
  EXPECT_EQ(cluster_.Answer(asked), nullptr);
}

TEST_F(Sessions, NewsRefusesThoseWhoWereThereWhenTheLeaderWasAsked) {
  RecordPulls();
  const int64_t before = cluster_.Send("n2", GetOwn(1000));
  const Question asked = pull_;
  const int64_t after = cluster_.Send("n2", GetOwn(1000));
  CutOffLeader();
  TellN2ThatThereIsNothing(asked, true);
  ASSERT_NE(cluster_.Answer(before), nullptr);
  EXPECT_EQ(AsError(*cluster_.Answer(before)).reason, Reason::kTokenFromFuture);
  EXPECT_EQ(cluster_.Answer(after), nullptr) << "it may have seen what was committed since";
}

TEST_F(Sessions, ACutOffLeaderHasNoNewsOfWhatItLacks) {
  CutOffLeader();
  bool told = false;
  cluster_.on_send = [&](const PeerMessage& message) {
    told = told || std::holds_alternative<server::Answer>(message.body);
  };
  cluster_.Deliver("n1", PeerMessage{cluster_.node("n2").raft().HeaderFor("n1"),
                                     Question{7, 8, Pull{raft::Index(1000)}}});
  ASSERT_TRUE(cluster_.node("n1").raft().leads());
  cluster_.Advance(20);
  EXPECT_FALSE(told);
}

TEST(WaitingReads, GoToTheLeaderInTimeThoughTheLogGrows) {
  Cluster cluster({.options = {.pull = false}});
  cluster.Write("n1", "x", "0");
  cluster.Advance(200);
  const int64_t start = cluster.now_ms();
  const int64_t asked =
      cluster.Send("n2", RywReadRequest{"x", raft::Index(1000), true, Duration::Millis(20)});
  cluster.Write("n1", "x", "1");
  ASSERT_TRUE(cluster.AdvanceUntil([&] { return cluster.Answer(asked) != nullptr; }));
  EXPECT_EQ(AsError(*cluster.Answer(asked)).reason, Reason::kTokenFromFuture);
  EXPECT_LE(cluster.now_ms() - start, 24) << "its wait, and two round trips";
}

TEST(WaitingReads, AreBoundedAndTheRestIsToldWhenToComeBack) {
  Cluster cluster({.options = {.max_waiting_reads = 3}});
  cluster.Write("n1", "x", "0");
  cluster.Advance(200);
  cluster.Partition({{"n1"}, {"n2"}, {"n3"}});
  std::vector<int64_t> asked;
  for (int i = 0; i < 5; ++i) asked.push_back(cluster.Send("n2", GetOwn(100)));
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(cluster.Answer(asked[i]), nullptr);
  for (size_t i = 3; i < 5; ++i) {
    ASSERT_NE(cluster.Answer(asked[i]), nullptr);
    const Error& error = AsError(*cluster.Answer(asked[i]));
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_EQ(error.reason, Reason::kOverloaded);
    EXPECT_TRUE(error.retry_after_ms);
  }
  EXPECT_EQ(ValueOf(cluster.Ask("n2", GetOwn())), "0") << "what can be served is";
}

TEST(WaitingReads, AreBoundedInBytesToo) {
  Cluster cluster({.options = {.max_waiting_bytes = 100'000}});
  cluster.Write("n1", "x", "0");
  cluster.Partition({{"n1"}, {"n2"}, {"n3"}});
  const std::string long_key = '"' + std::string(60'000, 'k') + '"';
  std::vector<int64_t> asked;
  for (int i = 0; i < 3; ++i) {
    asked.push_back(cluster.Send("n2", RywReadRequest{long_key, raft::Index(100), true, {}}));
  }
  EXPECT_EQ(cluster.Answer(asked[1]), nullptr);
  ASSERT_NE(cluster.Answer(asked[2]), nullptr);
  EXPECT_EQ(AsError(*cluster.Answer(asked[2])).reason, Reason::kOverloaded);
}

TEST_F(Sessions, AnExplanationHasTheNumbers) {
  RywReadRequest request{"x", raft::Index(0), true, {}};
  request.explain = true;
  Reply reply = cluster_.AskInSession("n2", request);
  ASSERT_TRUE(reply.explanation);
  EXPECT_EQ(reply.explanation->decision, Explanation::Decision::kServe);
  const Token token = cluster_.AskInSession("n1", Put("1")).session;
  reply = cluster_.AskInSession("n2", request, token);
  EXPECT_EQ(reply.explanation->decision, Explanation::Decision::kProve);
  EXPECT_TRUE(reply.explanation->entry_in_log);
  request.last_write_index = raft::Index(IndexOf(cluster_.AskInSession("n1", Put("2")).body));
  reply = cluster_.AskInSession("n2", request);
  EXPECT_EQ(reply.explanation->decision, Explanation::Decision::kWait);
  EXPECT_EQ(reply.explanation->need, request.last_write_index);
  EXPECT_LT(reply.explanation->applied_index, request.last_write_index);
  request.last_write_index = raft::Index(IndexOf(cluster_.AskInSession("n1", Put("3")).body));
  reply = cluster_.AskInSession("n2", request);
  EXPECT_TRUE(reply.explanation->round_trip) << "the last wait has measured it";
}

}  // namespace
}  // namespace tidemark::server
