// The dumbest checker: tries every order of a small history. Shares no code with the others.
#ifndef TIDEMARK_HARNESS_CHECK_TESTING_PERMUTATIONS_H_
#define TIDEMARK_HARNESS_CHECK_TESTING_PERMUTATIONS_H_

#include "harness/check/history.h"

namespace tidemark::check {

// Whether some order explains the linearizable operations. `by_index`: only orders in which updates
// follow their indexes, those that are indeterminate too, and reads lie where theirs say.
bool SomeOrderExplains(const History& history, bool by_index);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_TESTING_PERMUTATIONS_H_
