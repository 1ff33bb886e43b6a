// Linearizability and strict serializability by search, which believes nobody: it knows what was
// asked, what was answered and when, and nothing of indexes, sessions or the log.
#ifndef TIDEMARK_HARNESS_CHECK_SEARCH_H_
#define TIDEMARK_HARNESS_CHECK_SEARCH_H_

#include <cstdint>
#include <optional>

#include "harness/check/history.h"
#include "harness/check/violation.h"

namespace tidemark::check {

// Wing and Gong's algorithm with Lowe's memory of what was tried, in the form that Porcupine gave
// it. Each key is searched alone, or, where transactions join keys, each group of joined keys: that
// is strict serializability of the transactions. kRywRead promises neither and is left out.
//
// At most `max_steps` operations are tried, which bounds time (some 5 million a second) and memory
// (some 30 bytes each). Returns nullopt: there is an order that explains everything. A violation
// says how far the best order came; "unknown": the steps were spent before either was known.
std::optional<Violation> SearchOrder(const History& history, uint64_t max_steps);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_SEARCH_H_
