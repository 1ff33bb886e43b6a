// How many operations a second the checkers take: bazel run --config=opt
// //harness/check:check_benchmark
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>

#include "benchmark/benchmark.h"
#include "harness/check/search.h"
#include "harness/check/sessions.h"
#include "harness/check/testing/random_history.h"
#include "harness/check/witness.h"

namespace tidemark::check {
namespace {

constexpr int kOperations = 1'000'000;

// Made once: what honest clients of 100 sessions saw of 1,000 keys.
const History& Honest() {
  static const auto* const kHistory = [] {
    RandomHistoryOptions options;
    options.sessions = 100;
    options.keys = 1'000;
    options.operations = kOperations;
    options.indeterminate_percent = 1;
    return new History(RandomHistory(options));
  }();
  return *kHistory;
}

double PeakMebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <typename Check>
void Measure(benchmark::State& state, Check check) {
  const History& history = Honest();
  for (auto _ : state) {
    if (!check(history)) {
      std::fprintf(stderr, "an honest history was found guilty\n");
      std::abort();
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * history.operations().size()));
  state.counters["peak_MiB"] = PeakMebibytes();
}

void BM_SessionIndexes(benchmark::State& state) {
  Measure(state, [](const History& history) { return CheckSessionIndexes(history).empty(); });
}
BENCHMARK(BM_SessionIndexes)->Unit(benchmark::kMillisecond);

void BM_SessionValues(benchmark::State& state) {
  Measure(state, [](const History& history) { return CheckSessionValues(history).empty(); });
}
BENCHMARK(BM_SessionValues)->Unit(benchmark::kMillisecond);

void BM_Witness(benchmark::State& state) {
  Measure(state, [](const History& history) { return CheckWitness(history).empty(); });
}
BENCHMARK(BM_Witness)->Unit(benchmark::kMillisecond);

void BM_Search(benchmark::State& state) {
  Measure(state, [](const History& history) { return !SearchOrder(history, 1'000'000'000); });
}
BENCHMARK(BM_Search)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidemark::check
