// Where explorations begin.
#ifndef TIDEMARK_HARNESS_EXPLORE_STARTS_H_
#define TIDEMARK_HARNESS_EXPLORE_STARTS_H_

#include <string>
#include <vector>

#include "harness/explore/world.h"

namespace tidemark::explore {

//   founded    n1 has founded the cluster and leads in term 1; nothing is under way
//   restarted  the same, then all have restarted: nobody leads, nobody hears a leader
//   figure8    the paper's figure 8 as far as three nodes show it: n1 is elected in term 4 with an
//              uncommitted entry of term 2 behind it, n3 has one of term 3 at the same index, and
//              n2 has neither; what n1 sent as a leader is under way. Three nodes.
std::vector<std::string> StartNames();

// The world with the start that the universe's options name.
World StartOf(Universe* universe);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_STARTS_H_
