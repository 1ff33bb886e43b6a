// The promises to sessions: read-your-writes, monotonic reads, monotonic writes and
// writes-follow-reads. A session's operations follow each other in time.
#ifndef TIDEMARK_HARNESS_CHECK_SESSIONS_H_
#define TIDEMARK_HARNESS_CHECK_SESSIONS_H_

#include <vector>

#include "harness/check/history.h"
#include "harness/check/violation.h"

namespace tidemark::check {

// From the indexes that answers named, and only from them; an operation without one is skipped.
// Takes one pass.
std::vector<Violation> CheckSessionIndexes(const History& history);

// From values, which a node cannot make up, and never from `index` or `need`: a node that lies
// about its index is caught here. Needs a workload in which each value is written to a key once;
// a value that was written twice proves nothing and is skipped. Finds too what was never written
// ("invented value") or is the effect of a definite failure ("definite errors").
//
// An old value is known by time: if the write of r returned before the write of s was invoked, r
// lies before s in every order, and who knows s may not see r again. A session knows of a key: what
// it wrote itself (else "read-your-writes"), what it read and carried ("monotonic reads"), and, of
// each other session from which it has read and carried some value, what that one had written
// ("monotonic writes") or read and carried ("writes-follow-reads") when it wrote that value. That
// is one step: what the other one had in turn from a third is not followed. Keys with appends are
// left to CheckLists.
std::vector<Violation> CheckSessionValues(const History& history);

// The same for keys that are changed by nothing but appends of transactions, whose values are JSON
// lists. Of all lists that were read of a key, one is the start of the other ("strict
// serializability"); no append is in a list twice ("at most once"); a session's own appends and
// what it read before are in what it reads.
std::vector<Violation> CheckLists(const History& history);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_SESSIONS_H_
