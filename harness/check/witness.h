// Linearizability and strict serializability by a witness: the log says in which order updates
// happened, so nothing needs to be searched.
#ifndef TIDEMARK_HARNESS_CHECK_WITNESS_H_
#define TIDEMARK_HARNESS_CHECK_WITNESS_H_

#include <vector>

#include "harness/check/history.h"
#include "harness/check/violation.h"

namespace tidemark::check {

// The whole key space is one object, and the indexes of updates are its order: no two share one,
// each does what its answer says when all are replayed in that order, none lies before what had
// returned when it was invoked, and each linearizable read has a place among them. A ryw_read that
// names an index must have read the state of that index ("read-your-writes"), how old it may be.
//
// Indeterminate updates without an index are taken not to have happened. Where that does not fit
// and one of them may explain it, or where an acknowledged update has no index, the answer is
// "unknown": ask the search. Takes O(n log n) and some 50 bytes an operation.
std::vector<Violation> CheckWitness(const History& history);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_WITNESS_H_
