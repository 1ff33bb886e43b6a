// Which of the faults that come from what nodes, disks and clients do together a seed has.
#ifndef TIDEMARK_HARNESS_SIMULATION_MIX_H_
#define TIDEMARK_HARNESS_SIMULATION_MIX_H_

#include "harness/simulation/plan.h"
#include "harness/simulation/settings.h"

namespace tidemark::simulation {

// Adds to `plan`, of chance of its own: what else the seed draws stays as it is.
void DrawMix(const Settings& settings, Plan* plan);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_MIX_H_
