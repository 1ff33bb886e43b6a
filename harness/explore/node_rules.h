// The rules that one node can break by itself.
#ifndef TIDEMARK_HARNESS_EXPLORE_NODE_RULES_H_
#define TIDEMARK_HARNESS_EXPLORE_NODE_RULES_H_

#include <optional>

#include "harness/check/violation.h"
#include "harness/explore/event.h"
#include "harness/explore/node.h"

namespace tidemark::explore {

// What a step did, and the message that it delivered; null: none.
struct Happened {
  Action action = Action::kDeliver;
  const raft::Message* message = nullptr;
};

// What a step from `before` to `after`, in which `out` left, broke:
//
//   Leader Append-Only     of the paper's figure 3
//   Match index            of figure 2: it does not fall while its leader leads
//   One vote a term        on disk; a name and its incarnation have one disk
//   Promises are durable   what a message promises is on disk when it leaves
//   CheckQuorum            a leader to whom nobody has answered anything that it said within the
//                          last election time-out leads no more (dissertation §6.2)
//   Named raise terms      what bears no cluster's id raises the term of a node that has a log
//                          only if its configuration names the sender's incarnation
std::optional<check::Violation> CheckStep(const Node& before, const Node& after,
                                          const Happened& happened, const Departures& out);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_NODE_RULES_H_
