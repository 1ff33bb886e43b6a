// How many worlds a second are looked at: every execution of three nodes with two writes, a crash,
// a lost message and a time-out, as deep as takes more than ten million worlds.
#include <cstdint>
#include <cstdio>

#include "harness/base/processors.h"
#include "harness/explore/explorer.h"
#include "harness/explore/options.h"
#include "harness/explore/report.h"

namespace tidemark::explore {
namespace {

constexpr int kDepth = 12;
constexpr uint64_t kStates = 10'000'000;

int Run() {
  WorldOptions options;
  options.budgets.Set(Budget::kWrites, 2);
  options.budgets.Set(Budget::kTimeouts, 1);
  options.budgets.Set(Budget::kCrashes, 1);
  options.budgets.Set(Budget::kDrops, 1);
  SearchLimits limits;
  limits.depth = kDepth;
  limits.jobs = static_cast<int>(UsableProcessors());
  const Report report = Explore(options, limits, nullptr);
  std::printf("%s", TextOf(report).c_str());
  return report.end == Report::End::kDepth && report.states >= kStates ? 0 : 1;
}

}  // namespace
}  // namespace tidemark::explore

int main() { return tidemark::explore::Run(); }
