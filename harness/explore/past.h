// What a world's past has settled, and the rules of Raft that speak of it (figure 3 of the paper).
//
// The past is part of a world: two worlds that differ in it are two worlds, so that merging equal
// ones loses no execution that could yet break a rule. It only holds what the rules ask for, and
// that is mostly settled by the logs that are there, so it makes few worlds different.
//
//   Election Safety        one leader a term: `leaders`, of all terms so far
//   State Machine Safety   what a node takes for committed is a prefix of `committed` or extends it
//   Leader Completeness    who leads in a term has all that was committed in earlier terms
//   Log Matching           two logs with one entry at one index are the same up to there; of logs
//                          that are there at one moment, so nothing of it is kept
//   Committed is durable   `committed` is on the disks of a majority from the moment it is
//   committed Read index             a confirmed read's index covers what was committed when it was
//   asked for
#ifndef TIDEMARK_HARNESS_EXPLORE_PAST_H_
#define TIDEMARK_HARNESS_EXPLORE_PAST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "harness/check/violation.h"
#include "harness/explore/model.h"

namespace tidemark::explore {

struct Past {
  struct Committed {
    uint64_t chain = 0;
    raft::Term term;  // the term of who first took it for committed
  };
  std::vector<Committed> committed;  // index 1, 2, …
  std::vector<std::pair<raft::Term, size_t>> leaders;
  size_t asked_at = 0;  // how much was committed when the last read was asked for

  uint64_t Fingerprint() const;
};

// Nodes as they stand, in their order.
using Standings = absl::Span<const KnownNode* const>;

// Adds to `past` what the step that `nodes[stepped]` has just done settled; says what it broke of
// the rules that `options` check.
std::optional<check::Violation> Settle(const WorldOptions& options, Standings nodes, size_t stepped,
                                       const Step& step, Past* past);
// Whether a step from `before` to `after` can settle or break anything.
bool Matters(const KnownNode& before, const KnownNode& after, const Step& step);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_PAST_H_
