// Where explorations begin.
#ifndef TIDEMARK_HARNESS_EXPLORE_STARTS_H_
#define TIDEMARK_HARNESS_EXPLORE_STARTS_H_

#include <string>
#include <vector>

#include "harness/explore/world.h"

namespace tidemark::explore {

//   bootstrapped    n1 has bootstrapped the cluster and leads in term 1; nothing is under way
//   restarted  the same, then all have restarted: nobody leads, nobody hears a leader
//   figure8    the paper's figure 8 as far as three nodes show it: n1 is elected in term 4 with an
//              uncommitted entry of term 2 behind it, n3 has one of term 3 at the same index, and
//              n2 has neither; what n1 sent as a leader is under way. Three nodes.
//   heartbeats as bootstrapped, and a heartbeat of n1 is under way to each of the others
//   restarted_leader  the same, and then n1 has restarted
//   put_back   n1 was elected in term 2, its entry of that term reached nobody, and a heartbeat is
//              under way to each of the others, who are in term 2 too; then n1's disk was put back
//              to what it had before it stood, and n1 started
//   unbootstrapped  nodes with empty disks, and no cluster
std::vector<std::string> StartNames();

// The world with the start that the universe's options name.
World StartOf(Universe* universe);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_STARTS_H_
