// A mutant hunted through seeds of the simulator.
#ifndef TIDEMARK_HARNESS_MUTANTS_SEEDS_H_
#define TIDEMARK_HARNESS_MUTANTS_SEEDS_H_

#include "harness/mutants/found.h"
#include "harness/simulation/isolated.h"

namespace tidemark::mutants {

// Tries the seeds of `batch` one after the other until something is found. Errors are found too:
// by "no hunt".
Found HuntThroughSeeds(const simulation::Batch& batch);

}  // namespace tidemark::mutants

#endif  // TIDEMARK_HARNESS_MUTANTS_SEEDS_H_
