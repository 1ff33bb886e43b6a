// Readers that wait at a follower: what they ask, how long, how many.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"
#include "node/server/verdict.h"

namespace tidemark::server::testing {
namespace {

class Waiting : public Sessions {};

TEST_F(Waiting, WaitingReadersShareOneQuestionARoundTrip) {
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

TEST_F(Waiting, NewsOfOneWhoHasNotMadeSureRefusesNobody) {
  RecordPulls();
  const int64_t asked = cluster_.Send("n2", GetOwn(1000));
  CutOffLeader();
  TellN2ThatThereIsNothing(pull_, false);
  EXPECT_EQ(cluster_.Answer(asked), nullptr);
}

TEST_F(Waiting, NewsRefusesThoseWhoWereThereWhenTheLeaderWasAsked) {
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

TEST_F(Waiting, ACutOffLeaderHasNoNewsOfWhatItLacks) {
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

TEST_F(Waiting, AnExplanationHasTheNumbers) {
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
}  // namespace tidemark::server::testing
