// How a run is repeated.
#ifndef TIDEMARK_HARNESS_SIMULATION_REPEAT_H_
#define TIDEMARK_HARNESS_SIMULATION_REPEAT_H_

#include <string>

#include "harness/simulation/settings.h"

namespace tidemark::simulation {

// The one command that runs exactly `settings` again.
std::string RepeatCommand(const Settings& settings);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_REPEAT_H_
