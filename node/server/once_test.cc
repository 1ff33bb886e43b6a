// Writes with an id of their client's, and the fate of those whose outcome is open.
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/server/testing/sessions.h"
#include "node/server/verdict.h"

namespace tidemark::server::testing {
namespace {

class Once : public Sessions {};

TEST_F(Once, AWriteWithAnIdHappensOnceWhereverItIsSent) {
  const Client client = Open("n2");
  const Reply first = cluster_.AskInSession("n2", PutOnce("1", client.Id(1, 1)));
  cluster_.AskInSession("n1", Put("2"));
  const Reply again = cluster_.AskInSession("n3", PutOnce("1", client.Id(1, 1)), first.session);
  EXPECT_EQ(IndexOf(again.body), IndexOf(first.body));
  EXPECT_GT(again.session->index, first.session->index) << "the place of the retry";
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "2");
}

TEST_F(Once, OneIdForTwoCommandsIsRefused) {
  const Client client = Open("n1");
  uint64_t seq = 1;
  for (const char* node : {"n1", "n2"}) {
    SCOPED_TRACE(node);
    // Both at once, so that one meets the other under way.
    const int64_t one = cluster_.Send(node, PutOnce("1", client.Id(seq, 1)));
    const int64_t two = cluster_.Send(node, PutOnce("2", client.Id(seq, 1)));
    cluster_.Advance(1000);
    EXPECT_NE(IndexOf(*cluster_.Answer(one)), 0u);
    EXPECT_EQ(AsError(*cluster_.Answer(two)).reason, Reason::kSeqReused);
    EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "1");
    ++seq;
  }
}

TEST_F(Once, ANodesWriterIsNobodyElses) {
  cluster_.Write("n1", "x", "1");
  const kv::WriteId last = LastWriteOfN1();
  // Nobody is told its bits; and they would be of no use.
  const ReplyBody reply = cluster_.Ask("n1", PutOnce("2", {last.writer, 77, 0, last.key}));
  EXPECT_EQ(AsError(reply).reason, Reason::kOutcomeForgotten);
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "1");
  EXPECT_NE(IndexOf(cluster_.Write("n1", "x", "3")), 0u) << "its owner goes on";
  EXPECT_EQ(LastWriteOfN1().writer, last.writer) << "with the same writer";
}

TEST_F(Once, WhoHasNotTheKeyIsToldNothingAndChangesNothing) {
  const Client client = Open("n1");
  const uint64_t index = IndexOf(cluster_.Ask("n2", PutOnce("1", client.Id(1))));
  Client guesser = client;
  guesser.key ^= 1;
  for (const char* node : {"n1", "n2"}) {
    // The very write, another one of that name, and one that nobody has sent.
    for (const auto& [value, seq] :
         std::vector<std::pair<const char*, uint64_t>>{{"1", 1}, {"2", 1}, {"2", 9}}) {
      const Error refused = AsError(cluster_.Ask(node, PutOnce(value, guesser.Id(seq, seq))));
      EXPECT_EQ(refused.code, ErrorCode::kIndefinite);
      EXPECT_EQ(refused.reason, Reason::kOutcomeForgotten);
      ASSERT_TRUE(refused.write_id);
      EXPECT_NE(refused.write_id->tag, client.Name(seq).tag) << "nor is it told the name's tag";
    }
  }
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "1");
  EXPECT_EQ(IndexOf(cluster_.Ask("n3", PutOnce("1", client.Id(1)))), index);
  EXPECT_NE(IndexOf(cluster_.Ask("n3", PutOnce("3", client.Id(9)))), 0u);
}

// A client is told the name of its own write, and asks for those around it.
TEST_F(Once, AGuessedNameCancelsNothing) {
  CutOffLeader();
  const int64_t asked = cluster_.Send("n1", Put("1"));
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
  const kv::ToldName told = AsError(*cluster_.Answer(asked)).write_id.value();
  kv::ToldName guess = told;
  for (int i = 0; i < 5; ++i) {
    ++guess.seq;
    EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(guess))).kind, kv::Fated::Kind::kUnknown);
  }
  cluster_.Heal();
  cluster_.Advance(2000);
  EXPECT_NE(IndexOf(cluster_.Write("n1", "x", "2")), 0u);
  cluster_.Advance(200);
  EXPECT_EQ(LastWriteOfN1().name(), (kv::WriteName{told.writer, told.seq + 1}));
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(told))).kind, kv::Fated::Kind::kCancelled)
      << "who was told the name settles it";
}

TEST_F(Once, WhatIsAnsweredIsForgottenAndNothingElse) {
  const Client client = Open("n1");
  const uint64_t first = IndexOf(cluster_.Ask("n1", PutOnce("1", client.Id(1, 1))));
  EXPECT_EQ(IndexOf(cluster_.Ask("n2", PutOnce("1", client.Id(1, 1)))), first);
  const uint64_t second = IndexOf(cluster_.Ask("n1", PutOnce("2", client.Id(2, 2))));
  EXPECT_EQ(IndexOf(cluster_.Ask("n2", PutOnce("2", client.Id(2, 2)))), second);
  const Error late = AsError(cluster_.Ask("n3", PutOnce("1", client.Id(1, 1))));
  EXPECT_EQ(late.code, ErrorCode::kIndefinite);
  EXPECT_EQ(late.reason, Reason::kOutcomeForgotten);
  EXPECT_EQ(late.write_id, client.Name(1));
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "2");
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(client.Name(1)))).kind, kv::Fated::Kind::kUnknown);
}

TEST_F(Once, WhatWasHandedToNobodyDidNotHappen) {
  const Client client = Open("n1");
  cluster_.Partition({{"n1"}, {"n2"}, {"n3"}});
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.node("n2").raft().leader().empty(); }));
  EXPECT_EQ(AsError(cluster_.Ask("n2", PutOnce("1", client.Id(1, 1)))).code,
            ErrorCode::kUnavailable);
}

TEST_F(Once, ARetryIsAnsweredAsItHappenedBeforeItsSessionIsJudged) {
  const Client client = Open("n1");
  const Reply first = cluster_.AskInSession("n1", PutOnce("1", client.Id(1, 1)));
  kv::Session lost = *first.session;
  ++lost.stamp;
  const Reply again = cluster_.AskInSession("n2", PutOnce("1", client.Id(1, 1)), lost);
  EXPECT_EQ(IndexOf(again.body), IndexOf(first.body));
  EXPECT_FALSE(again.session) << "its own session is none of this history";
}

TEST_F(Once, AVerdictOnAWriteIsItsOutcome) {
  const Client client = Open("n1");
  kv::Session lost = *cluster_.AskInSession("n1", Get()).session;
  ++lost.stamp;
  const RequestBody write = PutOnce("1", client.Id(1, 1));
  ExpectRefused(cluster_.AskInSession("n1", write, lost), Reason::kTokenLostHistory);
  ++lost.stamp;
  ExpectRefused(cluster_.AskInSession("n2", write, lost), Reason::kTokenLostHistory);
  const Token held = cluster_.AskInSession("n1", Get()).session;
  ExpectRefused(cluster_.AskInSession("n3", write, held), Reason::kTokenLostHistory);
  const kv::Fated fate = FateIn(cluster_.Ask("n3", FateOf(client.Name(1))));
  EXPECT_EQ(fate.kind, kv::Fated::Kind::kRefused);
  EXPECT_EQ(fate.refusal, kv::Fated::Refusal::kLostHistory);
}

TEST_F(Once, FateOfWhatHappened) {
  const Client client = Open("n1");
  const uint64_t index = IndexOf(cluster_.Ask("n1", PutOnce("1", client.Id(4, 1))));
  const kv::Fated fate = FateIn(cluster_.Ask("n2", FateOf(client.Name(4))));
  EXPECT_EQ(fate.kind, kv::Fated::Kind::kCommitted);
  EXPECT_EQ(fate.commit_index, index);
}

TEST_F(Once, WhatHadNotArrivedWhenItsFateWasAskedForNeverWill) {
  const Client client = Open("n1");
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(client.Name(4)))).kind, kv::Fated::Kind::kCancelled);
  const ReplyBody late = cluster_.Ask("n3", PutOnce("4", client.Id(4, 1)));
  EXPECT_EQ(AsError(late).code, ErrorCode::kAborted);
  EXPECT_EQ(AsError(late).reason, Reason::kCancelled);
  EXPECT_EQ(ValueOf(cluster_.Read("n1", "x")), "0");
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(client.Name(4)))).kind, kv::Fated::Kind::kCancelled);
}

TEST_F(Once, FateOfWhatNobodyKnows) {
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf({999, 4, 0}))).kind, kv::Fated::Kind::kUnknown);
}

// n1 starts again and opens another writer: what the former one has not done it never will.
TEST_F(Once, FateOfWhatItsWriterCannotDoAnyMore) {
  kv::WriteId next = LastWriteOfN1();
  ++next.seq;
  cluster_.Restart("n1");
  cluster_.Write("n1", "x", "1");
  ASSERT_NE(LastWriteOfN1().writer, next.writer);
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(next.Told()))).kind, kv::Fated::Kind::kCancelled);
}

TEST_F(Once, AFateThatAsksForItselfLearnsNothing) {
  kv::WriteId own = LastWriteOfN1();
  ++own.seq;
  const kv::Fated fate = FateIn(cluster_.Ask("n1", FateOf(own.Told())));
  ASSERT_EQ(LastWriteOfN1().name(), own.name());
  EXPECT_EQ(fate.kind, kv::Fated::Kind::kUnknown);
}

TEST_F(Once, ACutOffLeaderTellsNoFate) {
  CutOffLeader();
  cluster_.Send("n1", Put("1"));
  const int64_t asked = cluster_.Send("n1", FateOf(LastWriteOfN1().Told()));
  cluster_.Advance(2000);
  EXPECT_EQ(cluster_.Answer(asked), nullptr);
}

// The write is in the log of a leader that was cut off. Its client is told that this is open, asks
// the others, and hears that it will never happen; and it does not, though the entry comes back.
TEST_F(Once, TheFateOfAnUncommittedWriteIsNotGuessed) {
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

TEST_F(Once, AWriteSurvivesTheLeadersDeathAndHappensOnce) {
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

// Of a retry, "nothing was done" is said of that try alone.
TEST_F(Once, ARetryThatNobodyTookSaysNothingOfTheFirstTry) {
  const Client client = Open("n1");
  cluster_.Ask("n1", PutOnce("1", client.Id(1, 1)));
  cluster_.Advance(200);  // n2 knows that it is committed: it is no longer in n2's tail
  cluster_.Partition({{"n1"}, {"n2"}, {"n3"}});
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.node("n2").raft().leader().empty(); }));
  const Error retry = AsError(cluster_.Ask("n2", PutOnce("1", client.Id(1, 1))));
  EXPECT_EQ(retry.code, ErrorCode::kUnavailable);
  EXPECT_NE(retry.text.find("nothing of an earlier try"), std::string::npos) << retry.text;
  const Error fresh = AsError(cluster_.Ask("n2", Put("2")));
  EXPECT_EQ(fresh.text.find("earlier try"), std::string::npos) << fresh.text;
}

// Writes at n1 whose clients were told that their outcome is open.
class OpenOutcomes : public Sessions {
 protected:
  // A write at n1 that nobody else gets, answered with an open outcome. Its name.
  kv::ToldName WriteThatStaysOpen() {
    CutOffLeader();
    const int64_t asked = cluster_.Send("n1", Put("1"));
    EXPECT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(asked) != nullptr; }));
    const Error open = AsError(*cluster_.Answer(asked));
    EXPECT_EQ(open.code, ErrorCode::kIndefinite);
    cluster_.Heal();
    cluster_.Advance(2'000);
    return open.write_id.value_or(kv::ToldName());
  }
  // What n1 says in its next write that it may still be asked about.
  uint64_t FirstUnanswered() {
    EXPECT_NE(IndexOf(cluster_.Write("n1", "x", "2")), 0u);
    const raft::Log& log = Log("n1");
    raft::Index at = log.last_index();
    while (!std::holds_alternative<raft::CommandRef>(log.At(at)->body)) at = at.Prev();
    return LogCommand::Of(std::get<raft::CommandRef>(log.At(at)->body)).id.first_unanswered;
  }
};

TEST_F(OpenOutcomes, AreKeptForAWhileAndThenLetGoOf) {
  const kv::ToldName open = WriteThatStaysOpen();
  cluster_.Advance(500'000);
  EXPECT_EQ(FirstUnanswered(), open.seq);
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(open))).kind, kv::Fated::Kind::kCancelled);
  cluster_.Advance(100'000);
  EXPECT_GT(FirstUnanswered(), open.seq + 1);
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(open))).kind, kv::Fated::Kind::kUnknown);
}

// Let go of before anybody asked: what is said is not that it never happened.
TEST_F(OpenOutcomes, AreNotGuessedOnceTheyAreLetGoOf) {
  const kv::ToldName open = WriteThatStaysOpen();
  cluster_.Advance(600'000);
  FirstUnanswered();
  EXPECT_EQ(FateIn(cluster_.Ask("n2", FateOf(open))).kind, kv::Fated::Kind::kUnknown);
}

// A write that nobody was ever given holds nothing open.
TEST_F(OpenOutcomes, AreNoneOfWhatWasHandedToNobody) {
  cluster_.Partition({{"n1"}, {"n2"}, {"n3"}});
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.node("n1").raft().leader().empty(); }));
  EXPECT_EQ(AsError(cluster_.Ask("n1", Put("1"))).code, ErrorCode::kUnavailable);
  const kv::WriteId before = LastWriteOfN1();
  cluster_.Heal();
  cluster_.Advance(2'000);
  EXPECT_EQ(FirstUnanswered(), before.seq + 2);
}

}  // namespace
}  // namespace tidemark::server::testing
