#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/check/testing/build_history.h"
#include "harness/simulation/fault_names.h"
#include "harness/simulation/isolated.h"
#include "harness/simulation/landmarks.h"
#include "harness/simulation/landscape.h"
#include "harness/simulation/minimise.h"
#include "harness/simulation/ranges.h"
#include "harness/simulation/repeat.h"
#include "harness/simulation/reseeds.h"
#include "harness/simulation/result_line.h"

namespace tidemark::simulation {
namespace {

TEST(Ranges, AreReadAsTheyAreWritten) {
  for (const char* text : {"", "0", "3", "0-2", "1-3,5,7-8"}) {
    ASSERT_TRUE(ParseRanges(text).ok()) << text;
    EXPECT_EQ(FormatRanges(*ParseRanges(text)), text);
  }
  for (const char* text : {"a", "3-", "-", "5-3", "1,,2", "1-2-3", "99999999"}) {
    EXPECT_FALSE(ParseRanges(text).ok()) << text;
  }
}

TEST(FaultNames, AreReadAsTheyAreWritten) {
  EXPECT_EQ(*ParseFaults("all"), kAllFaults);
  EXPECT_EQ(*ParseFaults("none"), kNoFaults);
  EXPECT_EQ(*ParseFaults("crash,wipe"), kCrash | kWipe);
  EXPECT_EQ(*ParseFaults("all,-wipe"), kAllFaults & ~kWipe);
  EXPECT_EQ(FormatFaults(kCrash | kWipe), "crash,wipe");
  EXPECT_EQ(*ParseFaults(FormatFaults(kAllFaults & ~kLoss)), kAllFaults & ~kLoss);
  EXPECT_FALSE(ParseFaults("fire").ok());
}

TEST(ResultLine, IsReadAsItIsWritten) {
  Result result;
  result.trace_hash = 0xfedcba9876543210u;
  result.ended_us = 77;
  result.clients.session_reads = 5;
  result.violation = check::Violation{"a check", "a text\twith a tab\nand a line"};
  result.reseeds = {{5, 6}, {7, 8}};
  result.reached.landmarks.set(3);
  result.reached.steps.set(kStepPlaces - 1);
  result.reached.told.set(0);
  Result read;
  ASSERT_TRUE(ParseResultLine(FormatResultLine(result), &read));
  EXPECT_EQ(read.trace_hash, result.trace_hash);
  EXPECT_EQ(read.ended_us, 77);
  EXPECT_EQ(read.reseeds, result.reseeds);
  EXPECT_EQ(read.reached, result.reached);
  EXPECT_EQ(read.clients.session_reads, 5u);
  ASSERT_TRUE(read.violation);
  EXPECT_EQ(read.violation->text, result.violation->text);
  EXPECT_FALSE(ParseResultLine("1\t2", &read));
}

TEST(Judge, CountsWhatTheSearchCouldNotDecideApart) {
  check::BuildHistory build;
  for (uint32_t i = 0; i < 3; ++i) build.Write(i, std::to_string(i), {0, 100});
  build.Read(3, "0", {0, 100});
  Result decided;
  Judge(build.Done(), true, 1'000'000, &decided);
  EXPECT_FALSE(decided.violation);
  EXPECT_EQ(decided.undecided, 0u);
  Result undecided;
  Judge(build.Done(), true, 1, &undecided);
  EXPECT_FALSE(undecided.violation) << undecided.violation->check;
  EXPECT_EQ(undecided.undecided, 1u);
  Result read;
  ASSERT_TRUE(ParseResultLine(FormatResultLine(undecided), &read));
  AddCounts(undecided, &read);
  EXPECT_EQ(read.undecided, 2u);
}

TEST(Judge, FailsWhatHasNoOrder) {
  check::BuildHistory build;
  build.Write(0, "1", {0, 100});
  build.Read(1, "2", {200, 300});
  Result result;
  Judge(build.Done(), true, 1'000'000, &result);
  ASSERT_TRUE(result.violation);
  EXPECT_EQ(result.undecided, 0u);
}

TEST(RunBatch, RunsEverySeedOnceAndTheSameAsInOneProcess) {
  Batch batch;
  batch.settings.sim_seconds = 2;
  batch.first_seed = 10;
  batch.seeds = 7;
  batch.jobs = 3;
  std::set<uint64_t> seeds;
  ASSERT_TRUE(RunBatch(batch, [&](const SeedRun& run) {
                EXPECT_TRUE(seeds.insert(run.seed).second);
                Settings settings = batch.settings;
                settings.seed = run.seed;
                EXPECT_EQ(run.result.trace_hash, Simulate(settings).trace_hash);
                return true;
              }).ok());
  EXPECT_EQ(seeds.size(), 7u);
  EXPECT_EQ(*seeds.begin(), 10u);
}

TEST(Reseeds, AreReadAsTheyAreWritten) {
  for (const char* text : {"", "5:6", "0:18446744073709551615", "5:6,5:7,9:0"}) {
    ASSERT_TRUE(ParseReseeds(text).ok()) << text;
    EXPECT_EQ(FormatReseeds(*ParseReseeds(text)), text);
  }
  for (const char* text : {"5", "5:", ":5", "5:6,", "5:6:7", "-1:5", "6:1,5:1", "a:b"}) {
    EXPECT_FALSE(ParseReseeds(text).ok()) << text;
  }
}

TEST(Reached, PlacesOfStepsHaveNumbers) {
  for (size_t i = 0; i < kStepPlaces; ++i) ASSERT_EQ(NumberOf(StepPlaceAt(i)), i);
  EXPECT_EQ(ToldAt(NumberOf(server::RywDecision::kRefuse)), "row 1 of the read's decision table");
  EXPECT_EQ(ToldAt(NumberOf(server::ErrorCode::kIndefinite)), "error 13");
  EXPECT_EQ(ToldAt(NumberOf(server::Reason::kNoRoom)), "reason no_room");
}

TEST(Landmarks, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Landmark& landmark : Landmarks()) EXPECT_TRUE(names.insert(landmark.name).second);
  EXPECT_GE(names.size(), 40u);
}

TEST(Landscape, TellsWhatWasReachedHowOftenAndWhatWasNot) {
  Landscape landscape;
  Reached reached;
  reached.landmarks.set(0);
  landscape.Take(reached, false);
  reached.landmarks.set(1);
  landscape.Take(reached, true);
  const std::string text = landscape.DescribeLandmarks();
  const std::string once = text.substr(text.find("one run only:"));
  EXPECT_NE(once.find(Landmarks()[1].name), std::string::npos);
  EXPECT_EQ(once.substr(0, once.find("no run")).find(Landmarks()[0].name), std::string::npos);
  EXPECT_EQ(landscape.MissingLandmarks().size(), Landmarks().size() - 2);
}

TEST(MustReachAll, IsAskedOfTheWholeMixOnly) {
  Settings settings;
  EXPECT_TRUE(MustReachAll(settings, 100'000));
  EXPECT_FALSE(MustReachAll(settings, 1'000));
  settings.faults = kCrash;
  EXPECT_FALSE(MustReachAll(settings, 100'000));
}

// Every future of some seeds, by its recipe, as it came.
std::vector<SeedRun> FuturesOf(const Batch& batch) {
  std::vector<SeedRun> futures;
  EXPECT_TRUE(RunBatch(batch, [&](const SeedRun& run) {
                if (run.is_future) futures.push_back(run);
                return true;
              }).ok());
  return futures;
}

Result Repeat(const Batch& batch, const SeedRun& future) {
  Settings settings = batch.settings;
  settings.seed = future.seed;
  settings.reseeds = future.result.reseeds;
  return Simulate(settings);
}

TEST(Futures, AreRepeatedByTheirRecipesToTheBit) {
  Batch batch;
  batch.settings.sim_seconds = 2;
  batch.seeds = 4;
  batch.jobs = 2;
  batch.futures = 1;
  const std::vector<SeedRun> futures = FuturesOf(batch);
  ASSERT_GT(futures.size(), 5u);
  size_t nested = 0;
  std::set<uint64_t> hashes;
  for (const SeedRun& future : futures) {
    const Result again = Repeat(batch, future);
    EXPECT_EQ(again.trace_hash, future.result.trace_hash)
        << "seed " << future.seed << ", " << FormatReseeds(future.result.reseeds);
    EXPECT_EQ(again.reached, future.result.reached);
    hashes.insert(again.trace_hash);
    if (future.result.reseeds.size() > 1) ++nested;
  }
  EXPECT_EQ(hashes.size(), futures.size());
  EXPECT_GT(nested, 0u);
}

TEST(Futures, WhatFailsInOneFailsAgainByItsRecipe) {
  Batch batch;
  batch.settings.sim_seconds = 5;
  batch.settings.max_events = 1'000;  // no run ends well
  batch.seeds = 2;
  batch.futures = 1;
  const std::vector<SeedRun> futures = FuturesOf(batch);
  ASSERT_GT(futures.size(), 0u);
  for (const SeedRun& future : futures) {
    const Result again = Repeat(batch, future);
    ASSERT_TRUE(again.violation);
    ASSERT_TRUE(future.result.violation);
    EXPECT_EQ(again.violation->check, "livelock");
    EXPECT_EQ(again.violation->text, future.result.violation->text);
    EXPECT_EQ(again.trace_hash, future.result.trace_hash);
  }
}

// A run that fails, in the place of one: whenever fault 7 and operation 42 are both there.
absl::StatusOr<Result> FailsOfTwo(const Settings& settings) {
  const auto has = [](const std::vector<bool>& without, size_t i) {
    return i >= without.size() || !without[i];
  };
  Result result;
  result.faults = 20;
  result.operations = 100;
  if (has(settings.without_faults, 7) && has(settings.without_operations, 42)) {
    result.violation = check::Violation{"a check", "failed"};
  }
  return result;
}

TEST(Minimise, LeavesWhatItTakes) {
  Settings settings;
  const Minimised small = Minimise(settings, *FailsOfTwo(settings), 1'000, FailsOfTwo);
  ASSERT_TRUE(small.result.violation);
  EXPECT_EQ(small.settings.sim_seconds, 1);
  EXPECT_EQ(FormatRanges(small.settings.without_faults), "0-6,8-19");
  EXPECT_EQ(FormatRanges(small.settings.without_operations), "0-41,43-99");
  EXPECT_LT(small.runs, 200);
}

TEST(Minimise, StopsWhenItsRunsAreSpent) {
  Settings settings;
  const Minimised small = Minimise(settings, *FailsOfTwo(settings), 5, FailsOfTwo);
  EXPECT_EQ(small.runs, 5);
  EXPECT_TRUE(small.result.violation);
}

TEST(RepeatCommand, NamesAllThatIsNotUsual) {
  Settings settings;
  settings.seed = 9;
  settings.nodes = 3;
  settings.faults = kCrash;
  settings.liveness = false;
  settings.reseeds = {{12'345, 99}};
  settings.without_faults = {false, true};
  EXPECT_EQ(RepeatCommand(settings),
            "bazel run --config=opt //harness -- simulate --seed=9 --sim-seconds=60 --nodes=3 "
            "--faults=crash --no-liveness --reseed=12345:99 --without-faults=1");
}

}  // namespace
}  // namespace tidemark::simulation
