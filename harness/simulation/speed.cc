// How many simulated seconds one core runs in a second: five nodes, 100 client operations a
// simulated second, half of them reads, the default faults, all checks on.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "harness/simulation/result_line.h"
#include "harness/simulation/simulation.h"

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  tidemark::simulation::Settings settings;
  settings.nodes = 5;
  settings.operations_per_second = 160;  // some sessions wait, and none ask after the faults
  const uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200;
  tidemark::simulation::Result sums;
  double simulated = 0;
  const auto began = Clock::now();
  for (settings.seed = 1; settings.seed <= seeds; ++settings.seed) {
    const tidemark::simulation::Result result = tidemark::simulation::Simulate(settings);
    if (result.violation) {
      std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(settings.seed),
                  result.violation->check.c_str(), result.violation->text.c_str());
      return 1;
    }
    tidemark::simulation::AddCounts(result, &sums);
    simulated += static_cast<double>(result.ended_us) / 1e6;
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  std::printf("%.0f simulated seconds in %.2f s: %.0f times real time on one core\n", simulated,
              seconds, simulated / seconds);
  std::printf("%.0f events a simulated second, %.0f ns each; %.1f operations a simulated second\n",
              static_cast<double>(sums.events) / simulated,
              seconds * 1e9 / static_cast<double>(sums.events),
              static_cast<double>(sums.clients.invoked) / simulated);
  return 0;
}
