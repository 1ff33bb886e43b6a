#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/check/report.h"
#include "harness/check/search.h"
#include "harness/simulation/simulation.h"

namespace tidemark::simulation {
namespace {

constexpr uint64_t kTwiceEvery = 100;

// A checker says that it could not finish by a violation of its own.
bool Unknown(const check::Violation& violation) { return violation.check == "unknown"; }

}  // namespace

void Judge(const check::History& history, bool search, uint64_t search_steps, Result* result) {
  check::CheckOptions options;
  options.search = false;
  std::vector<check::Violation> found = check::CheckHistory(history, options);
  // The search decides what the witness could not.
  if (search || std::any_of(found.begin(), found.end(), Unknown)) {
    std::optional<check::Violation> order = check::SearchOrder(history, search_steps);
    found.erase(std::remove_if(found.begin(), found.end(), Unknown), found.end());
    if (order) found.push_back(*std::move(order));
  }
  const auto known = std::find_if_not(found.begin(), found.end(), Unknown);
  if (known != found.end()) {
    result->violation = std::move(*known);
  } else if (!found.empty()) {
    result->undecided = 1;
  }
}

Result Simulate(const Settings& settings, Crossroads* crossroads) {
  Simulation simulation(settings, nullptr, crossroads);
  Result result = simulation.Run();
  if (!result.violation) {
    Judge(simulation.history(), simulation.plan().search, check::CheckOptions().steps, &result);
  }
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
