// That explorations are exhaustive, repeatable and able to fail. The core carries no switches to
// break it by, so what breaks here is the world around it: a disk.
#include <cstdint>
#include <cstdio>
#include <string>

#include "gtest/gtest.h"
#include "harness/explore/abort_report.h"
#include "harness/explore/explorer.h"
#include "harness/explore/options.h"
#include "harness/explore/report.h"
#include "node/base/assert.h"

namespace tidemark::explore {
namespace {

WorldOptions Bootstrapped() {
  WorldOptions options;
  options.budgets.Set(Budget::kWrites, 2);
  options.budgets.Set(Budget::kTimeouts, 1);
  options.budgets.Set(Budget::kCrashes, 1);
  options.budgets.Set(Budget::kDrops, 1);
  return options;
}

// From nodes that have just restarted, none of which leads.
WorldOptions Elections(uint8_t timeouts) {
  WorldOptions options;
  options.start = "restarted";
  options.budgets.Set(Budget::kTimeouts, timeouts);
  options.budgets.Set(Budget::kCrashes, 1);
  return options;
}

Report ToDepth(const WorldOptions& options, int depth, int jobs = 2) {
  SearchLimits limits;
  limits.depth = depth;
  limits.jobs = jobs;
  return Explore(options, limits, nullptr);
}

// The numbers stand for what is explored: a change of theirs is a change of the core's behaviour,
// of what a node's fingerprint takes for equal, or of what can happen in a world.
TEST(Explore, FindsNothingAndAsMuchWithOneThreadAsWithTwo) {
  for (const int jobs : {1, 2}) {
    const Report report = ToDepth(Bootstrapped(), 7, jobs);
    EXPECT_EQ(report.end, Report::End::kDepth);
    EXPECT_EQ(report.depth, 7);
    EXPECT_EQ(report.states, 118'038u);
    EXPECT_EQ(report.transitions, 372'733u);
  }
}

// One write and no mishap: few enough for all executions, of whatever length.
TEST(Explore, EndsWhereNothingMoreCanHappen) {
  WorldOptions options;
  options.budgets.Set(Budget::kWrites, 1);
  const Report report = ToDepth(options, 1000);
  EXPECT_EQ(report.end, Report::End::kComplete);
  EXPECT_EQ(report.states, 69u);
}

TEST(Explore, EveryElectionWithOneTimeout) {
  WorldOptions options = Elections(1);
  options.budgets.Set(Budget::kCrashes, 0);
  const Report report = ToDepth(options, 1000);
  EXPECT_EQ(report.end, Report::End::kComplete);
  EXPECT_EQ(report.states, 21'451u);
}

TEST(Explore, ADiskThatForgetsAnEntryHasNoMajorityForIt) {
  WorldOptions options = Bootstrapped();
  options.disk = DiskKind::kForgetsEntry;
  const Report report = ToDepth(options, 8);
  ASSERT_EQ(report.end, Report::End::kViolation);
  EXPECT_EQ(report.violation->check, "Committed is durable");
  EXPECT_EQ(report.path.size(), 4u) << Numbered(report.path);
}

TEST(Explore, ADiskThatForgetsAnEntryLetsOneLeadWithoutIt) {
  WorldOptions options = Bootstrapped();
  options.budgets.Set(Budget::kWrites, 1);
  options.budgets.Set(Budget::kDrops, 0);
  options.disk = DiskKind::kForgetsEntry;
  options.unchecked = {"Committed is durable"};
  const Report report = ToDepth(options, 14);
  ASSERT_EQ(report.end, Report::End::kViolation);
  EXPECT_EQ(report.violation->check, "Leader Completeness");
  EXPECT_EQ(report.path.size(), 9u) << Numbered(report.path);
}

TEST(Explore, ADiskThatForgetsAVoteIsFoundOut) {
  WorldOptions options = Elections(2);
  options.disk = DiskKind::kForgetsVote;
  const Report report = ToDepth(options, 12);
  ASSERT_EQ(report.end, Report::End::kViolation);
  EXPECT_EQ(report.violation->check, "One vote a term");
}

TEST(Explore, ADiskThatForgetsAVoteLetsTwoLeadInATerm) {
  WorldOptions options = Elections(2);
  options.disk = DiskKind::kForgetsVote;
  options.unchecked = {"One vote a term"};
  const Report report = ToDepth(options, 12);
  ASSERT_EQ(report.end, Report::End::kViolation);
  EXPECT_EQ(report.violation->check, "Election Safety");
  EXPECT_EQ(report.path.size(), 11u) << Numbered(report.path);
}

TEST(Explore, ADiskThatAnswersTooSoonDoesNotHaveWhatIsCommitted) {
  WorldOptions options = Bootstrapped();
  options.disk = DiskKind::kAnswersTooSoon;
  const Report report = ToDepth(options, 8);
  ASSERT_EQ(report.end, Report::End::kViolation);
  EXPECT_EQ(report.violation->check, "Committed is durable");
  EXPECT_EQ(report.path.size(), 3u) << Numbered(report.path);
}

TEST(Explore, NamesTheStepsOfTheShortestWay) {
  WorldOptions options = Bootstrapped();
  options.disk = DiskKind::kAnswersTooSoon;
  const Report report = ToDepth(options, 8, /*jobs=*/1);
  ASSERT_FALSE(report.path.empty());
  EXPECT_EQ(report.path[0], "n1 is given a write");
  EXPECT_NE(report.path[1].find("AppendEntries n1→n"), std::string::npos) << report.path[1];
}

TEST(AbortReport, ComesBeforeAnAssertionEndsTheProgram) {
  const auto fail = [] {
    const AbortReport report([] { std::fputs("the way here\n", stderr); });
    TM_ASSERT(false);
  };
  EXPECT_DEATH(fail(), "assertion failed(.|\n)*the way here");
}

}  // namespace
}  // namespace tidemark::explore
