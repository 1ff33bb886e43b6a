// The parts that a simulation is made of, one at a time.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/simulation/clock.h"
#include "harness/simulation/direction.h"
#include "harness/simulation/disk.h"
#include "harness/simulation/event_queue.h"
#include "harness/simulation/holds.h"
#include "harness/simulation/message_group.h"
#include "harness/simulation/network.h"

namespace tidemark::simulation {
namespace {

raft::EntryRef EntryAt(uint64_t term, uint64_t index) {
  return std::make_shared<const raft::Entry>(
      raft::Entry{{raft::Term(term), raft::Index(index)}, raft::TermStart{}});
}

storage::Owner Me() { return {"n1", {"n1", "n2", "n3"}}; }

server::PeerMessage Said(raft::Body body) { return {{}, std::move(body)}; }

TEST(Holds, KeepWhatTheRuleNamesAndLetTheRestPass) {
  Holds holds;
  holds.Hold({.star = 0, .others = {false, true}, .from_star = true, .kinds = kAppends});
  server::PeerMessage append = Said(raft::AppendEntries{});
  server::PeerMessage vote = Said(raft::Vote{});
  EXPECT_FALSE(holds.Pass(0, 1, &append));
  EXPECT_TRUE(holds.Pass(0, 2, &append));
  EXPECT_TRUE(holds.Pass(1, 0, &append));
  EXPECT_TRUE(holds.Pass(0, 1, &vote));
  holds.Bar(0, 2);
  EXPECT_FALSE(holds.Pass(0, 2, &vote));
  holds.Reconnect();
  EXPECT_TRUE(holds.Pass(0, 2, &vote));
  EXPECT_TRUE(holds.Release(/*from_star=*/false).empty());
  EXPECT_EQ(holds.Release(/*from_star=*/true).size(), 1u);
  EXPECT_TRUE(holds.Pass(0, 1, &append));
}

TEST(Holds, CopiesPassAndCandidaciesOfOthersDoNot) {
  Holds holds;
  holds.Hold(
      {.star = 2, .others = {true}, .from_star = false, .kinds = kAllMessages, .copies = true});
  holds.set_may_stand({false, true, true});
  server::PeerMessage stands = Said(raft::RequestVote{});
  server::PeerMessage reply = Said(raft::AppendReply{});
  EXPECT_FALSE(holds.Pass(0, 2, &stands));
  EXPECT_TRUE(holds.Pass(1, 2, &stands));
  EXPECT_TRUE(holds.Pass(0, 2, &reply));
  EXPECT_EQ(holds.Release(/*from_star=*/false).size(), 1u);
}

// A leader that is deposed and leads again while what it said before is held: the point of it all.
TEST(Direction, HalfOfThemMakeOneNodeLeadTwice) {
  int twice = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const Direction direction = DrawDirection(3, 1, &random);
    const auto elections =
        std::count_if(direction.stages.begin(), direction.stages.end(),
                      [](const Stage& stage) { return stage.kind == Stage::Kind::kElectStar; });
    if (elections >= 2) ++twice;
    EXPECT_FALSE(direction.slow[static_cast<size_t>(direction.star)]);
  }
  EXPECT_GT(twice, 80);
}

TEST(Disk, ThatIsFullHasRoomOnceItIsFreed) {
  Disk disk(raft::Incarnation(1), 16 << 10);
  std::string problem;
  disk.Open({"n1", {"n1"}}, &problem);
  ASSERT_EQ(problem, "");
  disk.Fill(0);
  const server::Room full = disk.LookForRoom();
  EXPECT_TRUE(full.full);
  disk.Free();
  const server::Room freed = disk.LookForRoom();
  EXPECT_FALSE(freed.full);
  EXPECT_GE(freed.bytes, full.bytes);
}

TEST(Disk, KeepsWhatIsSyncedAndPerhapsTheRest) {
  std::set<size_t> survived;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    std::string problem;
    Disk disk(raft::Incarnation(1), 64 << 10);
    disk.Open(Me(), &problem);
    disk.Write(1, {EntryAt(1, 1)}, raft::Index(1));
    disk.BeginSync();
    disk.Write(2, {EntryAt(1, 2), EntryAt(1, 3)}, raft::Index(1));
    EXPECT_EQ(std::get<server::Persisted>(disk.EndSync().front()).sequence, 1u);
    disk.BeginSync();
    disk.Crash(&random);
    survived.insert(disk.Open(Me(), &problem).log.size());
    EXPECT_EQ(problem, "");
    EXPECT_TRUE(disk.Holds({raft::Term(1), raft::Index(1)}));
    EXPECT_TRUE(disk.idle());
  }
  // Both lie in one sector, which is written whole or not at all.
  EXPECT_EQ(survived, (std::set<size_t>{1, 3}));
}

TEST(Disk, ASyncCoversAllThatWasWrittenBeforeIt) {
  std::string problem;
  Disk disk(raft::Incarnation(1), 64 << 10);
  disk.Open(Me(), &problem);
  disk.Write(1, {EntryAt(1, 1)}, raft::Index(1));
  disk.Write(2, {EntryAt(1, 2)}, raft::Index(1));
  disk.BeginSync();
  EXPECT_EQ(std::get<server::Persisted>(disk.EndSync().front()).sequence, 2u);
  EXPECT_TRUE(disk.idle());
}

TEST(Disk, TellsWhatDidNotComeBack) {
  std::string problem;
  Random random(1);
  Disk disk(raft::Incarnation(1), 64 << 10);
  disk.Open(Me(), &problem);
  disk.Write(1, {EntryAt(1, 1)}, raft::Index(1));
  disk.BeginSync();
  disk.EndSync();
  disk.Forget();
  disk.Crash(&random);
  disk.Open(Me(), &problem);
  EXPECT_NE(problem, "");
}

TEST(Memory, AnEntryReplacesWhatStoodAtItsIndexAndBehind) {
  Memory memory;
  for (const raft::EntryRef& record :
       {EntryAt(1, 1), EntryAt(1, 2), EntryAt(1, 3), EntryAt(2, 2)}) {
    memory.Keep(record);
  }
  EXPECT_EQ(memory.last(), (raft::LogPosition{raft::Term(2), raft::Index(2)}));
  EXPECT_TRUE(memory.Holds({raft::Term(2), raft::Index(2)}));
  EXPECT_FALSE(memory.Holds({raft::Term(1), raft::Index(2)}));
}

TEST(Clock, RunsAtItsRateAndNeverBack) {
  Clock clock;
  EXPECT_EQ(clock.Read(1'000).us, 1'000);
  clock.SetRate(1'000, 900);
  EXPECT_EQ(clock.Read(2'000).us, 1'900);
  clock.Jump(2'000, Duration{500});
  EXPECT_EQ(clock.Read(2'000).us, 2'400);
  clock.SetRate(2'000, 1'100);
  Time before;
  for (int64_t now = 2'000; now < 4'000; ++now) {
    EXPECT_GE(clock.Read(now), before);
    before = clock.Read(now);
  }
}

TEST(Clock, KnowsWhenItShowsATime) {
  for (const int64_t rate : {900, 1'000, 1'037, 1'100}) {
    Clock clock;
    clock.SetRate(500, rate);
    for (int64_t time = 500; time < 3'000; time += 7) {
      const int64_t at = clock.WhenItShows(Time{time});
      EXPECT_GE(clock.Read(at).us, time);
      if (at > 500) {
        EXPECT_LT(clock.Read(at - 1).us, time);
      }
    }
  }
}

TEST(EventQueue, IsOrderedByTimeThenByPlanning) {
  EventQueue queue;
  queue.Push(5, EventKind::kWake, 0, 1);
  queue.Push(3, EventKind::kWake, 0, 2);
  queue.Push(5, EventKind::kWake, 0, 3);
  queue.Push(3, EventKind::kWake, 0, 4);
  std::vector<uint32_t> order;
  while (!queue.empty()) order.push_back(queue.Pop().what);
  EXPECT_EQ(order, (std::vector<uint32_t>{2, 4, 1, 3}));
}

NetworkPlan Quiet() {
  NetworkPlan plan;
  plan.delay_min = plan.delay_max = Duration{1'000};
  return plan;
}

TEST(EventQueue, ForgetsWhatItIsToldAndKeepsTheOrderOfTheRest) {
  EventQueue events;
  for (const int64_t at : {5, 3, 9, 1, 7}) {
    events.Push(at, at % 3 == 0 ? EventKind::kMessage : EventKind::kWake, 0, 0);
  }
  events.Drop([](const Event& event) { return event.kind == EventKind::kMessage; });
  for (const int64_t at : {1, 5, 7}) EXPECT_EQ(events.Pop().at_us, at);
  EXPECT_TRUE(events.empty());
}

TEST(Disk, ACopyIsWhatACrashWouldHaveLeft) {
  Disk disk(raft::Incarnation(1), 64 << 10);
  std::string problem;
  disk.Open({"n1", {"n1"}}, &problem);
  disk.Write(1, {raft::HardState{raft::Term(2), {}}}, {});
  disk.BeginSync();
  disk.EndSync();
  Random random(7);
  Disk copy = disk.Copy(&random);
  disk.Write(2, {raft::HardState{raft::Term(3), {}}}, {});
  disk.BeginSync();
  disk.EndSync();
  EXPECT_EQ(copy.Open({"n1", {"n1"}}, &problem).hard_state.term, raft::Term(2));
  EXPECT_EQ(problem, "");
  EXPECT_EQ(disk.durable().hard_state.term, raft::Term(3));
}

TEST(Network, LosesDoublesAndDelaysAsOftenAsItIsTold) {
  NetworkPlan plan = Quiet();
  plan.loss_permille = 300;
  plan.duplication_permille = 500;
  plan.late_max = Duration::Millis(100);
  Network network(plan, 3, 1);
  int lost = 0;
  int doubled = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Network::Arrivals arrivals = network.Send(0, 1, 0);
    lost += arrivals.empty() ? 1 : 0;
    doubled += arrivals.size() == 2 ? 1 : 0;
  }
  EXPECT_NEAR(lost, 3'000, 200);
  EXPECT_NEAR(doubled, 3'500, 200);
}

TEST(Network, EveryPartitionCutsSomeLinkAndEndsWhole) {
  std::set<std::string> shapes;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    Network network(Quiet(), 5, 1);
    shapes.insert(network.Partition(/*leader=*/2, &random).substr(0, 5));
    network.Unpartition();
    for (int a = 0; a < 5; ++a) {
      for (int b = 0; b < 5; ++b) EXPECT_FALSE(network.IsCut(a, b));
    }
  }
  EXPECT_GE(shapes.size(), 8u);  // split, ring, leader, and one-way and bridge for several nodes
}

TEST(Network, AClogHoldsBackOneLink) {
  Network network(Quiet(), 3, 1);
  network.Clog(0, 1, 5'000'000);
  EXPECT_EQ(network.Send(0, 1, 0).front(), 5'001'000);
  EXPECT_EQ(network.Send(1, 0, 0).front(), 1'000);
  network.Heal({true, true, true});
  EXPECT_EQ(network.Send(0, 1, 0).front(), 1'000);
}

}  // namespace
}  // namespace tidemark::simulation
