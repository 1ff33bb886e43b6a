// Goes through all worlds that can be reached, those nearest to the start first.
#ifndef TIDEMARK_HARNESS_EXPLORE_EXPLORER_H_
#define TIDEMARK_HARNESS_EXPLORE_EXPLORER_H_

#include <cstdint>
#include <functional>

#include "harness/explore/options.h"
#include "harness/explore/report.h"

namespace tidemark::explore {

struct SoFar {
  int depth = 0;  // being looked at
  uint64_t states = 0;
  double seconds = 0;
};

// Follows every execution that the options allow, up to the limits, on `limits.jobs` threads. The
// numbers of states and transitions do not depend on how many there are, as long as only the depth
// is limited and nothing is violated. Where an assertion in the core fails, the path to it goes to
// stderr before the program ends. `progress` may be null; it is called about once a second.
//
// Two worlds with one fingerprint are taken for one. Of n worlds some two share one by chance with
// a probability of n²/2⁶⁵: three in a million for ten million.
Report Explore(const WorldOptions& options, const SearchLimits& limits,
               const std::function<void(const SoFar&)>& progress);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_EXPLORER_H_
