#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/simulation/fault_names.h"
#include "harness/simulation/isolated.h"
#include "harness/simulation/minimise.h"
#include "harness/simulation/ranges.h"
#include "harness/simulation/repeat.h"
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
  Result read;
  ASSERT_TRUE(ParseResultLine(FormatResultLine(result), &read));
  EXPECT_EQ(read.trace_hash, result.trace_hash);
  EXPECT_EQ(read.ended_us, 77);
  EXPECT_EQ(read.clients.session_reads, 5u);
  ASSERT_TRUE(read.violation);
  EXPECT_EQ(read.violation->text, result.violation->text);
  EXPECT_FALSE(ParseResultLine("1\t2", &read));
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
  settings.without_faults = {false, true};
  EXPECT_EQ(RepeatCommand(settings),
            "bazel run --config=opt //harness -- simulate --seed=9 --sim-seconds=60 --nodes=3 "
            "--faults=crash --no-liveness --without-faults=1");
}

}  // namespace
}  // namespace tidemark::simulation
