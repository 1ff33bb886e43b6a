// How long readers wait behind a write, as a table: waited [READS].
#include <cstdio>
#include <cstdlib>

#include "harness/simulation/waits.h"

namespace tidemark::simulation {
namespace {

void PrintRow(const char* what, const WaitSettings& settings) {
  const Waits waits = MeasureWaits(settings);
  const double all = static_cast<double>(waits.waited_ms.size()) / 100;
  std::printf("%-28s %-10s %4lld %4lld %4lld   %5.1f %% %5.1f %% %5.1f %% %5.1f %%\n", what,
              settings.tokens ? "token" : "bare index", static_cast<long long>(waits.Quantile(500)),
              static_cast<long long>(waits.Quantile(990)),
              static_cast<long long>(waits.Quantile(1000)), waits.applied / all, waits.proved / all,
              waits.waited / all, waits.redirected / all);
}

}  // namespace
}  // namespace tidemark::simulation

int main(int argc, char** argv) {
  using tidemark::simulation::WaitSettings;
  WaitSettings settings;
  if (argc > 1) settings.reads = std::atoi(argv[1]);
  if (settings.reads < 1) {
    std::fprintf(stderr, "usage: waited [READS]\n");
    return 2;
  }
  std::printf("%-28s %-10s %4s %4s %4s   %7s %7s %7s %7s\n", "ms until the answer", "carries",
              "p50", "p99", "max", "applied", "proved", "waited", "leader");
  struct Row {
    const char* what;
    bool proved_reads;
    bool pull;
  };
  constexpr Row kRows[] = {{"all on", true, true},
                           {"no proved reads", false, true},
                           {"no pull", true, false},
                           {"neither", false, false}};
  for (const bool tokens : {true, false}) {
    settings.tokens = tokens;
    for (const Row& row : kRows) {
      settings.proved_reads = row.proved_reads;
      settings.pull = row.pull;
      tidemark::simulation::PrintRow(row.what, settings);
    }
  }
  return 0;
}
