#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/check/report.h"
#include "harness/check/search.h"
#include "harness/simulation/simulation.h"

namespace tidemark::simulation {
namespace {

constexpr uint64_t kTwiceEvery = 100;

std::optional<check::Violation> Judge(const check::History& history, bool search) {
  check::CheckOptions options;
  options.search = false;
  std::vector<check::Violation> violations = check::CheckHistory(history, options);
  if (!violations.empty()) return std::move(violations.front());
  if (!search) return std::nullopt;
  return check::SearchOrder(history, options.steps);
}

}  // namespace

Result Simulate(const Settings& settings, Crossroads* crossroads) {
  Simulation simulation(settings, nullptr, crossroads);
  Result result = simulation.Run();
  if (!result.violation) result.violation = Judge(simulation.history(), simulation.plan().search);
  if (result.violation || settings.seed % kTwiceEvery != 0) return result;
  Settings same = settings;
  same.reseeds = result.reseeds;
  const Result again = Simulation(same).Run();
  if (again.trace_hash != result.trace_hash) {
    result.violation = check::Violation{
        "determinism",
        absl::StrCat("seed ", settings.seed, " gave two runs: their traces hash to ",
                     absl::Hex(result.trace_hash), " and ", absl::Hex(again.trace_hash))};
  }
  return result;
}

}  // namespace tidemark::simulation
