// From a run that fails to a short one that fails in the same way.
#ifndef TIDEMARK_HARNESS_SIMULATION_MINIMISE_H_
#define TIDEMARK_HARNESS_SIMULATION_MINIMISE_H_

#include <functional>

#include "absl/status/statusor.h"
#include "harness/simulation/settings.h"
#include "harness/simulation/simulation.h"

namespace tidemark::simulation {

struct Minimised {
  Settings settings;
  Result result;
  int runs = 0;  // tried on the way
};

// Leaves out faults and operations, and time behind the failure, as long as the same check fails
// (delta debugging: Zeller and Hildebrandt 2002). Tries at most `max_runs`, each with `run`.
Minimised Minimise(const Settings& settings, const Result& result, int max_runs,
                   const std::function<absl::StatusOr<Result>(const Settings&)>& run);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_MINIMISE_H_
