// Against nodes that are none: they say what they are told to, when they are told to.
#include "client_cli/connection.h"

#include <signal.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client_cli/pump.h"
#include "client_cli/signals.h"
#include "gtest/gtest.h"
#include "harness/cluster/real_world.h"
#include "harness/testing/fake_node_path.h"
#include "node/base/time.h"

namespace tidemark::client {
namespace {

using wire::Json;

cluster::WorldOptions Options() {
  cluster::WorldOptions options;
  options.names = {"n1", "n2"};
  options.command = {testing::FakeNode()};
  return options;
}

class ConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.StartAndInit({"n1", "n2"}).ok()); }

  int64_t Send(const std::string& node, std::string_view body) {
    return *connection_.Send(node, *wire::ParseJson(body));
  }
  // So that all that the nodes were to say before has been said.
  int64_t LastWordOf(const std::string& node) {
    return Send(node, R"({"type": "remind", "ms": 30, "echo": "last"})");
  }
  Time Never() { return world_.Now() + Duration::Millis(60'000); }

  cluster::RealWorld world_{Options()};
  Signals signals_;
  Pump pump_{&world_, &signals_, /*interrupt_ends=*/true};
  Connection connection_{&world_, &pump_, Duration::Millis(60'000)};
};

TEST_F(ConnectionTest, TheFirstAnswerOfManyIsTold) {
  const int64_t slow = LastWordOf("n1");
  const int64_t quick = Send("n2", R"({"type": "echo", "echo": "quick"})");
  const Transport::Word first = connection_.AwaitAny({slow, quick}, Never());
  EXPECT_EQ(first.id, quick);
  EXPECT_EQ(std::get<Answer>(first.outcome).body.Find("echo")->string_value(), "quick");
  EXPECT_EQ(connection_.AwaitAny({slow}, Never()).id, slow);
}

TEST_F(ConnectionTest, ANodeThatEndsSaysNoMore) {
  const int64_t other = LastWordOf("n2");
  const int64_t doomed = Send("n1", R"({"type": "exit", "status": 3})");
  const Transport::Word word = connection_.AwaitAny({other, doomed}, Never());
  EXPECT_EQ(word.id, doomed);
  EXPECT_EQ(std::get<Silence>(word.outcome).why, Silence::Why::kNodeEnded);
  EXPECT_FALSE(connection_.Runs("n1"));
  EXPECT_FALSE(connection_.Send("n1", *wire::ParseJson(R"({"type": "echo"})")).ok());
}

TEST_F(ConnectionTest, TheDeadlineEndsTheWait) {
  const int64_t never = Send("n1", R"({"type": "say", "line": "no answer"})");
  const Time deadline = world_.Now() + Duration::Millis(5);
  const Transport::Word word = connection_.AwaitAny({never}, deadline);
  EXPECT_EQ(word.id, 0);
  EXPECT_EQ(std::get<Silence>(word.outcome).why, Silence::Why::kTimedOut);
  EXPECT_GE(world_.Now(), deadline);
}

TEST_F(ConnectionTest, OfASlowAnswerIsToldOnce) {
  std::vector<std::string> slow;
  connection_.set_on_slow([&](const std::string& node) {
    slow.push_back(node);
    // Whoever is told may ask.
    const int64_t asked = Send("n2", R"({"type": "echo", "echo": "?"})");
    EXPECT_EQ(connection_.AwaitAny({asked}, Never()).id, asked);
  });
  connection_.Await(Send("n1", R"({"type": "remind", "ms": 900, "echo": 1})"));
  EXPECT_TRUE(slow.empty());
  connection_.Await(Send("n1", R"({"type": "remind", "ms": 2200, "echo": 1})"));
  EXPECT_EQ(slow, std::vector<std::string>{"n1"});
}

TEST_F(ConnectionTest, AnInterruptWhileSlownessIsToldEndsTheWaitThatIsSlow) {
  connection_.set_on_slow([&](const std::string&) {
    raise(SIGTERM);
    const int64_t asked = Send("n2", R"({"type": "remind", "ms": 60000, "echo": 1})");
    EXPECT_EQ(connection_.AwaitAny({asked}, Never()).id, 0);
  });
  const Outcome outcome = connection_.Await(Send("n1", R"({"type": "remind", "ms": 60000})"));
  EXPECT_EQ(std::get<Silence>(outcome).why, Silence::Why::kInterrupted);
}

TEST_F(ConnectionTest, WhatWasGivenUpIsLate) {
  const int64_t given_up = Send("n1", R"({"type": "remind", "ms": 1, "echo": "late"})");
  connection_.GiveUp(given_up);
  connection_.Await(LastWordOf("n1"));
  const std::vector<Answer> late = connection_.TakeLate();
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].id, given_up);
}

TEST_F(ConnectionTest, WhatHasComeAndIsForgottenIsNotTold) {
  connection_.GiveUp(Send("n1", R"({"type": "remind", "ms": 1, "echo": "late"})"));
  connection_.Await(LastWordOf("n1"));
  connection_.ForgetLate();
  EXPECT_TRUE(connection_.TakeLate().empty());
}

TEST_F(ConnectionTest, WhatIsUnderWayAndForgottenIsNotTold) {
  connection_.GiveUp(Send("n1", R"({"type": "remind", "ms": 1, "echo": "late"})"));
  connection_.ForgetLate();
  connection_.Await(LastWordOf("n1"));
  EXPECT_TRUE(connection_.TakeLate().empty());
}

}  // namespace
}  // namespace tidemark::client
