#include "harness/mutants/seeds.h"

#include <string>

#include "absl/status/status.h"

namespace tidemark::mutants {

Found HuntThroughSeeds(const simulation::Batch& batch) {
  Found found;
  const absl::Status status = RunBatch(batch, [&](const simulation::SeedRun& run) {
    found.tried += run.seed == found.seed ? 0 : 1;  // futures of a seed come before it ends
    found.seed = run.seed;
    found.simulated_seconds += static_cast<double>(SimulatedUs(run)) / 1e6;
    if (run.result.violation) {
      found.by = run.result.violation->check;
      found.what = run.result.violation->text;
    }
    return found.by.empty();
  });
  if (!status.ok()) {
    found.by = "no hunt";
    found.what = std::string(status.message());
  }
  return found;
}

}  // namespace tidemark::mutants
