// That the searches with a name find nothing, and go as far as they say. That they can find
// something is shown by the mutants that they catch (docs/mutants.md).
#include "harness/explore/searches.h"

#include <cstdint>
#include <cstdio>
#include <string>

#include "gtest/gtest.h"
#include "harness/explore/explorer.h"
#include "harness/explore/report.h"

namespace tidemark::explore {
namespace {

void FindsNothing(const char* name, int jobs = 2) {
  const auto search = SearchNamed(name);
  ASSERT_TRUE(search.has_value());
  SearchLimits limits;
  limits.depth = search->depth;
  limits.jobs = jobs;
  const Report report = Explore(search->world, limits, nullptr);
  EXPECT_NE(report.end, Report::End::kViolation) << TextOf(report);
  std::printf("%s", TextOf(report).c_str());
}

TEST(Searches, StaleRead) { FindsNothing("stale_read"); }
TEST(Searches, RestartedLeader) { FindsNothing("restarted_leader"); }
TEST(Searches, PutBack) { FindsNothing("put_back"); }
TEST(Searches, LateAnswer) { FindsNothing("late_answer"); }
TEST(Searches, HalfBootstrapped) { FindsNothing("half_bootstrapped"); }
TEST(Searches, Stranger) { FindsNothing("stranger"); }

}  // namespace
}  // namespace tidemark::explore
