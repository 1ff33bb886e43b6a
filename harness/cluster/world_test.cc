// Virtual and real worlds, with fake nodes in them.
#include "harness/cluster/world.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/cluster/real_world.h"
#include "harness/cluster/temp_dir.h"
#include "harness/cluster/virtual_world.h"
#include "harness/testing/fake_node_path.h"
#include "node/base/concat.h"

namespace tidemark::cluster {
namespace {

using Strings = std::vector<std::string>;

constexpr Duration kLong = Duration::Millis(20'000);

WorldOptions ThreeNodes() {
  WorldOptions options;
  options.names = {"n1", "n2", "n3"};
  options.command = {testing::FakeNode()};
  return options;
}

std::string Request(const std::string& to, std::string_view body) {
  return Concat(R"({"src": "c1", "dest": ")", to, R"(", "body": )", body, "}");
}

std::string Ask(const std::string& from, const std::string& peer) {
  return Request(from, Concat(R"({"type": "ask", "msg_id": 1, "peer": ")", peer, R"("})"));
}

class Cluster {
 public:
  explicit Cluster(std::unique_ptr<World> world) : world_(std::move(world)) {
    EXPECT_EQ(world_->StartAndInit({"n1", "n2", "n3"}), absl::OkStatus());
  }
  static Cluster Virtual(WorldOptions options = ThreeNodes()) {
    return Cluster(std::make_unique<VirtualWorld>(std::move(options)));
  }
  static Cluster Real(WorldOptions options = ThreeNodes()) {
    return Cluster(std::make_unique<RealWorld>(std::move(options)));
  }

  World* operator->() { return world_.get(); }

  void Send(const std::string& to, const std::string& line) {
    EXPECT_EQ(world_->Send(to, line), absl::OkStatus());
  }
  // The next thing that is seen: "n1→c1 ask_ok at 2", "n1 exited …", "nothing".
  std::string Next(Duration span = kLong) {
    const absl::Status polled = world_->Poll(span);  // at once where something is there
    EXPECT_EQ(polled, absl::OkStatus());
    if (world_->seen().empty()) return "nothing";
    Seen seen = world_->seen().front();
    world_->seen().pop_front();
    if (const auto* line = std::get_if<Line>(&seen)) return line->text;
    const auto& exit = std::get<Exit>(seen);
    return Concat(exit.node, " ", exit.status.ToString());
  }
  // The same without what stands before the part that a test is about.
  std::string NextFrom(std::string_view part, Duration span = kLong) {
    const std::string next = Next(span);
    const size_t at = next.find(part);
    return at == std::string::npos ? next : next.substr(at);
  }
  int64_t NowMs() const { return world_->Now().us / 1000; }

 private:
  std::unique_ptr<World> world_;
};

TEST(VirtualWorld, AQuestionTakesTwoDelays) {
  Cluster cluster = Cluster::Virtual();
  cluster.Send("n1", Ask("n1", "n2"));
  EXPECT_EQ(cluster.NextFrom("answered_by"), R"(answered_by": "n2", "at_ms": 2}})");
  EXPECT_EQ(cluster.NowMs(), 2);
}

TEST(VirtualWorld, NothingTakesAllTheTimeThereIs) {
  Cluster cluster = Cluster::Virtual();
  EXPECT_EQ(cluster.Next(Duration::Millis(1234)), "nothing");
  EXPECT_EQ(cluster.NowMs(), 1234);
}

TEST(VirtualWorld, RepliesAreThereWhenSendReturns) {
  Cluster cluster = Cluster::Virtual();
  cluster.Send("n1", Request("n1", R"({"type": "echo", "msg_id": 1, "echo": 5})"));
  ASSERT_EQ(cluster->seen().size(), 1u);
  EXPECT_EQ(cluster.Next(),
            R"({"src": "n1", "dest": "c1", "body": {"type": "echo_ok", "in_reply_to": 1, )"
            R"("msg_id": 1, "echo": 5}})");
}

TEST(VirtualWorld, DeadlinesComeWhenTheyAreDueAndNotBefore) {
  Cluster cluster = Cluster::Virtual();
  cluster.Send("n1", Request("n1", R"({"type": "remind", "msg_id": 1, "ms": 50})"));
  EXPECT_EQ(cluster.Next(Duration::Millis(49)), "nothing");
  EXPECT_EQ(cluster.NextFrom("at_ms", Duration::Millis(1)), R"(at_ms": 50}})");
  EXPECT_EQ(cluster.NowMs(), 50);
}

TEST(VirtualWorld, AtOneMomentNodesActInTheOrderOfNames) {
  Cluster cluster = Cluster::Virtual();
  for (const char* node : {"n3", "n1", "n2"}) {
    cluster.Send(node, Request(node, R"({"type": "remind", "msg_id": 1, "ms": 5})"));
  }
  for (const char* node : {"n1", "n2", "n3"}) {
    EXPECT_EQ(cluster.Next().substr(0, 12), Concat(R"({"src": ")", node, "\""));
  }
}

TEST(VirtualWorld, ANodesClockStartsWithIt) {
  Cluster cluster = Cluster::Virtual();
  EXPECT_EQ(cluster->Pass(Duration::Millis(1000)), absl::OkStatus());
  EXPECT_EQ(cluster->Restart("n1", World::Data::kWipe), absl::OkStatus());
  EXPECT_EQ(cluster->Init("n1"), absl::OkStatus());
  cluster.Send("n1", Request("n1", R"({"type": "remind", "msg_id": 1, "ms": 7})"));
  EXPECT_EQ(cluster.NextFrom("at_ms"), R"(at_ms": 7}})");
  EXPECT_EQ(cluster.NowMs(), 1007);
}

TEST(VirtualWorld, EachStartHasASeedOfItsOwnAndTheSameEachTime) {
  auto seeds = [] {
    Cluster cluster = Cluster::Virtual();
    Strings found;
    const std::string start = R"({"type": "start", "msg_id": 1})";
    for (const char* node : {"n1", "n2"}) {
      cluster.Send(node, Request(node, start));
      found.push_back(cluster.NextFrom("seed"));
    }
    EXPECT_EQ(cluster->Restart("n1", World::Data::kKeep), absl::OkStatus());
    EXPECT_EQ(cluster->Init("n1"), absl::OkStatus());
    cluster.Send("n1", Request("n1", start));
    found.push_back(cluster.NextFrom("seed"));
    return found;
  };
  const Strings once = seeds();
  EXPECT_NE(once[0], once[1]);
  EXPECT_NE(once[0], once[2]);
  EXPECT_EQ(once, seeds());
}

TEST(VirtualWorld, APartitionSilencesAndHealingHelps) {
  Cluster cluster = Cluster::Virtual();
  cluster->network().Partition({{"n1"}, {"n2", "n3"}});
  cluster.Send("n1", Ask("n1", "n2"));
  EXPECT_EQ(cluster.Next(Duration::Millis(100)), "nothing");
  cluster->network().Heal();
  cluster.Send("n1", Ask("n1", "n2"));
  EXPECT_EQ(cluster.NextFrom("at_ms"), R"(at_ms": 102}})");
}

TEST(VirtualWorld, WhatIsSentToTheDeadIsLost) {
  Cluster cluster = Cluster::Virtual();
  EXPECT_EQ(cluster->Kill("n2"), absl::OkStatus());
  cluster.Send("n1", Ask("n1", "n2"));
  EXPECT_EQ(cluster.Next(Duration::Millis(100)), "nothing");
  EXPECT_TRUE(absl::IsFailedPrecondition(cluster->Send("n2", "{}")));
  EXPECT_TRUE(absl::IsFailedPrecondition(cluster->Kill("n2")));
}

TEST(VirtualWorld, WhatTheDeadHaveSentArrives) {
  Cluster cluster = Cluster::Virtual();
  cluster.Send("n1", Ask("n1", "n2"));
  EXPECT_EQ(cluster->Pass(Duration::Millis(1)), absl::OkStatus());
  EXPECT_EQ(cluster->Kill("n2"), absl::OkStatus());
  EXPECT_EQ(cluster.NextFrom("answered_by"), R"(answered_by": "n2", "at_ms": 2}})");
}

TEST(VirtualWorld, DataSurvivesARestartUnlessItIsWiped) {
  auto dir = TempDir::Create();
  ASSERT_TRUE(dir.ok());
  WorldOptions options = ThreeNodes();
  options.data_dir = dir->path();
  Cluster cluster = Cluster::Virtual(options);
  auto starts = [&cluster] {
    cluster.Send("n1", Request("n1", R"({"type": "start", "msg_id": 1})"));
    return cluster.NextFrom("starts");
  };
  EXPECT_EQ(starts(), R"(starts": 1, "args": []}})");
  EXPECT_EQ(cluster->Restart("n1", World::Data::kKeep), absl::OkStatus());
  EXPECT_EQ(cluster->Init("n1"), absl::OkStatus());
  EXPECT_EQ(starts(), R"(starts": 2, "args": []}})");
  EXPECT_EQ(cluster->Restart("n1", World::Data::kWipe), absl::OkStatus());
  EXPECT_EQ(cluster->Init("n1"), absl::OkStatus());
  EXPECT_EQ(starts(), R"(starts": 1, "args": []}})");
}

TEST(VirtualWorld, AnExitIsSeenBehindTheLastWords) {
  Cluster cluster = Cluster::Virtual();
  const std::string say = R"({"type": "say", "msg_id": 1, "line": "farewell"})";
  cluster.Send("n1", Concat(Request("n1", say), "\n",
                            Request("n1", R"({"type": "exit", "msg_id": 2, "status": 3})")));
  EXPECT_EQ(cluster.Next(), "farewell");
  EXPECT_EQ(cluster.Next(), "n1 exited with status 3");
  EXPECT_FALSE(cluster->Running("n1"));
}

TEST(VirtualWorld, AtTheEndOfItsInputANodeExits) {
  Cluster cluster = Cluster::Virtual();
  EXPECT_EQ(cluster->CloseStdin("n2"), absl::OkStatus());
  EXPECT_EQ(cluster.Next(), "n2 exited with status 0");
}

TEST(VirtualWorld, ANodeThatHangsIsAnError) {
  WorldOptions options = ThreeNodes();
  options.patience = Duration::Millis(50);
  Cluster cluster = Cluster::Virtual(options);
  absl::Status status = cluster->Send("n1", Request("n1", R"({"type": "hang"})"));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST(VirtualWorld, AProgramWithoutAVirtualClockIsAnError) {
  WorldOptions options = ThreeNodes();
  options.command = {"sh", "-c",
                     R"(read line; echo '{"src": "n1", "dest": "harness", "body": )"
                     R"({"type": "error", "in_reply_to": 1, "code": 10}}'; cat)"};
  VirtualWorld world(options);
  absl::Status status = world.StartAndInit({"n1"});
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(std::string(status.message()).find("virtual clock"), std::string::npos) << status;
}

TEST(VirtualWorld, TenMebibytesOfOutputDoNotDeadlock) {
  Cluster cluster = Cluster::Virtual();
  cluster.Send("n1", Request("n1", R"({"type": "flood", "msg_id": 1, "lines": 10240, )"
                                   R"("bytes": 1000})"));
  EXPECT_EQ(cluster->seen().size(), 10241u);
}

TEST(VirtualWorld, ShowsPeersOnRequest) {
  Cluster cluster = Cluster::Virtual();
  cluster->set_show_peers(true);
  cluster.Send("n1", Ask("n1", "n2"));
  EXPECT_NE(cluster.Next().find(R"("question")"), std::string::npos);
  EXPECT_NE(cluster.Next().find(R"("answer")"), std::string::npos);
  EXPECT_NE(cluster.Next().find(R"("ask_ok")"), std::string::npos);
}

TEST(VirtualWorld, RunsThousandsOfEventsTheSameWayTwice) {
  auto run = [] {
    Cluster cluster = Cluster::Virtual();
    for (const char* node : {"n1", "n2", "n3"}) {
      cluster.Send(node, Request(node, R"({"type": "gossip", "msg_id": 1, "every_ms": 7})"));
    }
    cluster->set_show_peers(true);
    EXPECT_EQ(cluster->Pass(Duration::Millis(1000)), absl::OkStatus());
    Strings lines;
    for (const Seen& seen : cluster->TakeSeen()) {
      const Line& line = std::get<Line>(seen);
      lines.push_back(Concat(line.at.us, " ", line.text));
    }
    return lines;
  };
  const Strings once = run();
  EXPECT_EQ(once.size(), 3u + 2u * 3u * 142u);
  EXPECT_EQ(once, run());
}

TEST(World, RefusesAStrangersName) {
  VirtualWorld world(ThreeNodes());
  EXPECT_TRUE(absl::IsInvalidArgument(world.Start("n4")));
  EXPECT_TRUE(absl::IsFailedPrecondition(world.Restart("n1", World::Data::kKeep)));
}

TEST(World, SaysWhatCameInsteadOfInitOk) {
  WorldOptions options = ThreeNodes();
  options.command = {"sh", "-c", "echo hello; cat"};
  options.patience = Duration::Millis(5000);
  RealWorld world(options);
  absl::Status status = world.StartAndInit({"n1"});
  EXPECT_NE(std::string(status.message()).find("hello"), std::string::npos) << status;
}

TEST(RealWorld, DeliversBetweenNodes) {
  Cluster cluster = Cluster::Real();
  cluster.Send("n1", Ask("n1", "n3"));
  EXPECT_EQ(cluster.NextFrom("answered_by").substr(0, 19), R"(answered_by": "n3",)");
  EXPECT_GE(cluster.NowMs(), 2);
}

TEST(RealWorld, APartitionSilencesAndHealingHelps) {
  Cluster cluster = Cluster::Real();
  cluster->network().Partition({{"n1"}});
  cluster.Send("n1", Ask("n1", "n2"));
  EXPECT_EQ(cluster.Next(Duration::Millis(30)), "nothing");
  cluster->network().Heal();
  cluster.Send("n1", Ask("n1", "n2"));
  EXPECT_NE(cluster.Next(), "nothing");
}

TEST(RealWorld, SeesAnExit) {
  Cluster cluster = Cluster::Real();
  cluster.Send("n2", Request("n2", R"({"type": "exit", "status": 4})"));
  EXPECT_EQ(cluster.Next(), "n2 exited with status 4");
  EXPECT_EQ(cluster->Restart("n2", World::Data::kKeep), absl::OkStatus());
  EXPECT_EQ(cluster->Init("n2"), absl::OkStatus());
}

TEST(RealWorld, TimePassesWhileANodeIsPaused) {
  WorldOptions options = ThreeNodes();
  RealWorld world(options);
  ASSERT_EQ(world.StartAndInit({"n1"}), absl::OkStatus());
  ASSERT_EQ(world.Pause("n1"), absl::OkStatus());
  ASSERT_EQ(world.Send("n1", Request("n1", R"({"type": "echo", "msg_id": 1, "echo": 1})")),
            absl::OkStatus());
  ASSERT_EQ(world.Resume("n1"), absl::OkStatus());
  ASSERT_EQ(world.Poll(kLong), absl::OkStatus());
  EXPECT_EQ(world.TakeSeen().size(), 1u);
}

}  // namespace
}  // namespace tidemark::cluster
