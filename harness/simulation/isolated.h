// Runs in processes of their own: a run may end in an assertion of the node, which ends its process
// and is as good a catch as any.
#ifndef TIDEMARK_HARNESS_SIMULATION_ISOLATED_H_
#define TIDEMARK_HARNESS_SIMULATION_ISOLATED_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/simulation/settings.h"
#include "harness/simulation/simulation.h"

namespace tidemark::simulation {

struct SeedRun {
  uint64_t seed = 0;
  // One of the seed's futures: result.reseeds says which.
  bool is_future = false;
  // Where the process died of it: a violation named "assertion", with what it said last.
  Result result;
};

// How long it was simulated; what a future shares with its seed is the seed's.
int64_t SimulatedUs(const SeedRun& run);

struct Batch {
  Settings settings;  // but for the seed
  uint64_t first_seed = 1;
  uint64_t seeds = 1;
  int jobs = 1;     // processes at a time
  int futures = 0;  // at each landmark that is worth it (futures.h)
};

// Runs every seed of `batch`, and futures of some, and hands over each run as it ends, in any
// order, until `take` says false. Errors: Internal, if processes cannot be started;
// ResourceExhausted, if one got no memory.
absl::Status RunBatch(const Batch& batch, const std::function<bool(const SeedRun&)>& take);

// One run.
absl::StatusOr<Result> RunIsolated(const Settings& settings);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_ISOLATED_H_
