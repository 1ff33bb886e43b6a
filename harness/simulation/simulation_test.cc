// That a run repeats to the bit, that it does real work, and that it notices what must not be.
#include "harness/simulation/simulation.h"

#include <set>

#include "gtest/gtest.h"

namespace tidemark::simulation {
namespace {

Result RunOnce(const Settings& settings) { return Simulation(settings).Run(); }

TEST(Simulation, RepeatsToTheBit) {
  std::set<uint64_t> hashes;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Settings settings;
    settings.seed = seed;
    settings.sim_seconds = 5;
    const Result once = RunOnce(settings);
    const Result twice = RunOnce(settings);
    EXPECT_EQ(once.trace_hash, twice.trace_hash) << "seed " << seed;
    EXPECT_EQ(once.events, twice.events);
    hashes.insert(once.trace_hash);
  }
  EXPECT_EQ(hashes.size(), 20u);
}

TEST(Simulation, DoesRealWork) {
  Settings settings;
  settings.nodes = 5;
  settings.faults = kNoFaults;
  settings.sim_seconds = 20;
  const Result result = RunOnce(settings);
  EXPECT_FALSE(result.violation) << result.violation->text;
  EXPECT_EQ(result.elections, 1u);
  EXPECT_EQ(result.faults, 0u);
  EXPECT_GT(result.clients.invoked, 1'500u);
  EXPECT_GT(result.clients.ok, result.clients.invoked * 8 / 10);
  EXPECT_GT(result.clients.session_reads, 400u);
  EXPECT_GT(result.clients.follower_reads, 100u);
  EXPECT_GT(result.clients.linearizable_reads, 150u);
  EXPECT_GT(result.committed, 500u);
}

TEST(Simulation, FaultsHappenAndElectionsFollow) {
  Settings settings;
  settings.nodes = 5;
  uint64_t elections = 0;
  uint64_t faults = 0;
  for (settings.seed = 1; settings.seed <= 10; ++settings.seed) {
    const Result result = RunOnce(settings);
    EXPECT_FALSE(result.violation) << result.violation->text;
    elections += result.elections;
    faults += result.faults;
  }
  EXPECT_GT(elections, 30u);
  EXPECT_GT(faults, 100u);
}

TEST(Simulation, EverySizeOfCluster) {
  for (int nodes = 1; nodes <= kMaxNodes; ++nodes) {
    Settings settings;
    settings.nodes = nodes;
    settings.sim_seconds = 10;
    const Result result = RunOnce(settings);
    EXPECT_FALSE(result.violation) << nodes << " nodes: " << result.violation->text;
    EXPECT_GT(result.committed, 10u) << nodes << " nodes";
  }
}

TEST(Simulation, MessagesThatPassTheCodecMakeTheSameRun) {
  Settings settings;
  settings.seed = 250;  // every hundredth goes through the codec
  settings.sim_seconds = 5;
  const Result result = RunOnce(settings);
  EXPECT_FALSE(result.violation) << result.violation->text;
  EXPECT_GT(result.messages, 100u);
}

TEST(Simulation, WhatIsLeftOutDoesNotHappen) {
  Settings settings;
  settings.nodes = 3;
  settings.sim_seconds = 10;
  settings.liveness = false;
  settings.without_operations.assign(100'000, true);
  const Result quiet = RunOnce(settings);
  EXPECT_EQ(quiet.clients.invoked, 0u);
  EXPECT_EQ(quiet.committed, 0u);
  settings.without_operations.assign(501, true);
  const Result late = RunOnce(settings);
  EXPECT_GT(late.clients.invoked, 0u);
  EXPECT_GT(late.operations, 501u);
}

}  // namespace
}  // namespace tidemark::simulation
