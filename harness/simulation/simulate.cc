#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"

namespace tidemark::simulation {
namespace {

constexpr uint64_t kTwiceEvery = 100;

}  // namespace

Result Simulate(const Settings& settings) {
  Simulation simulation(settings);
  Result result = simulation.Run();
  if (result.violation || settings.seed % kTwiceEvery != 0) return result;
  const Result again = Simulation(settings).Run();
  if (again.trace_hash != result.trace_hash) {
    result.violation = check::Violation{
        "determinism",
        absl::StrCat("seed ", settings.seed, " gave two runs: their traces hash to ",
                     absl::Hex(result.trace_hash), " and ", absl::Hex(again.trace_hash))};
  }
  return result;
}

}  // namespace tidemark::simulation
