#include "client_cli/asking.h"

#include <string>
#include <vector>

#include "client_cli/played_nodes.h"
#include "client_cli/reply.h"
#include "client_cli/silence.h"
#include "gtest/gtest.h"

namespace tidemark::client {
namespace {

using wire::Json;

constexpr char kGood[] = R"({"type": "good"})";
constexpr char kBad[] = R"({"type": "bad"})";

// Asks n1, n2, n3 in this order; all of them together have 900 ms.
Told Ask(PlayedNodes* nodes, bool alone_is_enough = false) {
  const Json body = Json::Object({{"type", Json::String("q")}});
  const Time deadline = nodes->Now() + Duration::Millis(900);
  return AskInTurn(nodes, {body, {"n1", "n2", "n3"}, deadline, [=](const Json& answer, bool alone) {
                             return StringOf(answer, "type") == "good" ||
                                    (alone_is_enough && alone);
                           }});
}

using Lines = std::vector<std::string>;

TEST(AskInTurn, AsksOneWhereOneAnswers) {
  PlayedNodes nodes({"n1", "n2", "n3"});
  nodes.Play("n1", {Replies{5, kGood}});
  const Told told = Ask(&nodes);
  EXPECT_TRUE(told.enough);
  EXPECT_EQ(told.node, "n1");
  EXPECT_EQ(told.asked, 1);
  EXPECT_EQ(nodes.TakeSent(), (Lines{R"(0 n1 <- {"type": "q"})"}));
  EXPECT_EQ(WhoKeptSilent(told), "");
}

TEST(AskInTurn, GoesOnAtOnceWhereANodeDies) {
  PlayedNodes nodes({"n1", "n2", "n3"});
  nodes.Play("n1", {Dies{7}});
  nodes.Play("n2", {Replies{5, kGood}});
  const Told told = Ask(&nodes);
  EXPECT_TRUE(told.enough);
  EXPECT_EQ(told.node, "n2");
  EXPECT_EQ(nodes.TakeSent(), (Lines{R"(0 n1 <- {"type": "q"})", R"(7 n2 <- {"type": "q"})"}));
  EXPECT_EQ(WhoKeptSilent(told), "n1 ended");
}

TEST(AskInTurn, TheTimeIsShared) {
  PlayedNodes nodes({"n1", "n2", "n3"});
  const Told told = Ask(&nodes);
  EXPECT_FALSE(told.enough);
  EXPECT_FALSE(told.interrupted);
  EXPECT_EQ(nodes.now_ms(), 900);
  EXPECT_EQ(nodes.TakeSent(), (Lines{R"(0 n1 <- {"type": "q"})", R"(300 n2 <- {"type": "q"})",
                                     R"(600 n3 <- {"type": "q"})"}));
  EXPECT_EQ(nodes.given_up(), (std::set<int64_t>{1, 2, 3}));
  EXPECT_EQ(NoAnswer(told), "n1, n2 and n3 have not answered within 900 ms");
  EXPECT_EQ(ReasonFor(told), "no_answer");
}

TEST(AskInTurn, WhoIsDeadTakesNoTime) {
  PlayedNodes nodes({"n1", "n3"});
  Ask(&nodes);
  EXPECT_EQ(nodes.TakeSent(), (Lines{R"(0 n1 <- {"type": "q"})", R"(450 n3 <- {"type": "q"})"}));
}

// Slow links are no reason to hear nobody.
TEST(AskInTurn, ALateAnswerCountsWhileOthersAreAsked) {
  PlayedNodes nodes({"n1", "n2", "n3"});
  nodes.Play("n1", {Replies{700, kGood}});
  const Told told = Ask(&nodes);
  EXPECT_TRUE(told.enough);
  EXPECT_EQ(told.node, "n1");
  EXPECT_EQ(nodes.now_ms(), 700);
  EXPECT_EQ(WhoKeptSilent(told), "n2 and n3 did not answer");
  EXPECT_EQ(nodes.given_up(), (std::set<int64_t>{2, 3}));
}

TEST(AskInTurn, AnAnswerThatIsNotEnoughSendsItOn) {
  PlayedNodes nodes({"n1", "n2", "n3"});
  nodes.Play("n1", {Replies{1, kBad}});
  nodes.Play("n2", {Replies{1, kBad}});
  nodes.Play("n3", {Replies{1, kBad}});
  const Told told = Ask(&nodes);
  EXPECT_FALSE(told.enough);
  EXPECT_EQ(told.node, "n3");
  EXPECT_EQ(nodes.now_ms(), 3);
  EXPECT_TRUE(told.unanswered.empty());
}

TEST(AskInTurn, AloneIsWhoseAnswerIsTheLastThatCanCome) {
  {
    PlayedNodes nodes({"n1", "n2", "n3"});
    nodes.Play("n1", {Replies{1, kBad}});
    EXPECT_TRUE(Ask(&nodes, /*alone_is_enough=*/true).enough);
  }
  {  // n1 has died with the question in its hands
    PlayedNodes nodes({"n1", "n2"});
    nodes.Play("n1", {Dies{1}});
    nodes.Play("n2", {Replies{1, kBad}});
    EXPECT_FALSE(Ask(&nodes, /*alone_is_enough=*/true).enough);
  }
  {  // n1 answers behind n2
    PlayedNodes nodes({"n1", "n2"});
    nodes.Play("n1", {Replies{800, kBad}});
    nodes.Play("n2", {Replies{1, kBad}});
    const Told told = Ask(&nodes, /*alone_is_enough=*/true);
    EXPECT_TRUE(told.enough);
    EXPECT_EQ(nodes.now_ms(), 800);
  }
}

TEST(AskInTurn, AnInterruptionEndsIt) {
  PlayedNodes nodes({"n1", "n2", "n3"});
  nodes.InterruptAt(400);
  const Told told = Ask(&nodes);
  EXPECT_TRUE(told.interrupted);
  EXPECT_EQ(nodes.now_ms(), 400);
  EXPECT_EQ(told.asked, 2);
  EXPECT_EQ(NoAnswer(told), "stopped waiting for n1 and n2 after 400 ms");
  EXPECT_EQ(ReasonFor(told), "interrupted");
}

TEST(AskInTurn, NobodyRuns) {
  PlayedNodes nodes({});
  const Told told = Ask(&nodes);
  EXPECT_EQ(told.asked, 0);
  EXPECT_FALSE(told.enough);
}

TEST(Silence, OfOneAndOfMany) {
  PlayedNodes nodes({"n1", "n2"});
  nodes.Play("n1", {Dies{1}});
  Told told = Ask(&nodes);
  EXPECT_EQ(NoAnswer(told), "n2 has not answered within 900 ms, n1 ended before it answered");
  EXPECT_EQ(WhoKeptSilent(told), "n1 ended, n2 did not answer");
  told.unanswered = {{1, "n1", true}, {2, "n2", true}};
  EXPECT_EQ(NoAnswer(told), "n1 and n2 ended before they answered");
  EXPECT_EQ(ReasonFor(told), "node_ended");
  EXPECT_EQ(Describe("n1", {Silence::Why::kTimedOut, 5}), "n1 has not answered within 5 ms");
  EXPECT_EQ(Describe("n1", {Silence::Why::kNodeEnded, 5}), "n1 ended before it answered");
  EXPECT_EQ(Describe("n1", {Silence::Why::kInterrupted, 5}), "stopped waiting for n1 after 5 ms");
}

}  // namespace
}  // namespace tidemark::client
