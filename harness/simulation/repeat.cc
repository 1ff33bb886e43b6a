#include "harness/simulation/repeat.h"

#include "harness/simulation/fault_names.h"
#include "harness/simulation/ranges.h"
#include "harness/simulation/reseeds.h"
#include "node/base/concat.h"

namespace tidemark::simulation {

std::string RepeatCommand(const Settings& settings) {
  const Settings usual;
  std::string command =
      Concat("bazel run --config=opt //harness -- simulate --seed=", settings.seed,
             " --sim-seconds=", settings.sim_seconds);
  if (settings.nodes != usual.nodes) ConcatTo(&command, " --nodes=", settings.nodes);
  if (settings.operations_per_second != usual.operations_per_second) {
    ConcatTo(&command, " --operations-per-second=", settings.operations_per_second);
  }
  if (settings.sessions != usual.sessions) ConcatTo(&command, " --sessions=", settings.sessions);
  if (settings.operations != usual.operations) {
    ConcatTo(&command, " --operations=", settings.operations);
  }
  if (settings.faults != usual.faults) {
    ConcatTo(&command, " --faults=", FormatFaults(settings.faults));
  }
  if (settings.storm) command += " --storm";
  if (!settings.liveness) command += " --no-liveness";
  if (!settings.reseeds.empty()) {
    ConcatTo(&command, " --reseed=", FormatReseeds(settings.reseeds));
  }
  const std::string faults = FormatRanges(settings.without_faults);
  if (!faults.empty()) ConcatTo(&command, " --without-faults=", faults);
  const std::string operations = FormatRanges(settings.without_operations);
  if (!operations.empty()) ConcatTo(&command, " --without-operations=", operations);
  return command;
}

}  // namespace tidemark::simulation
