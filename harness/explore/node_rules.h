// The rules that one node can break by itself.
#ifndef TIDEMARK_HARNESS_EXPLORE_NODE_RULES_H_
#define TIDEMARK_HARNESS_EXPLORE_NODE_RULES_H_

#include <optional>

#include "harness/check/violation.h"
#include "harness/explore/node.h"

namespace tidemark::explore {

// What a step from `before` to `after`, in which `out` left, broke:
//
//   Leader Append-Only     of the paper's figure 3
//   Match index            of figure 2: it does not fall while its leader leads
//   One vote a term        on disk; a name and its incarnation have one disk
//   Promises are durable   what a message promises is on disk when it leaves
std::optional<check::Violation> CheckStep(const Node& before, const Node& after,
                                          const Departures& out);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_NODE_RULES_H_
