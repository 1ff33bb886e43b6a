// Explorations that have a name, since a test, a page of docs or a mutant refers to them. Each is
// about one rule, and small enough to be made in seconds; it finds nothing in the product.
#ifndef TIDEMARK_HARNESS_EXPLORE_SEARCHES_H_
#define TIDEMARK_HARNESS_EXPLORE_SEARCHES_H_

#include <optional>
#include <string_view>
#include <vector>

#include "harness/explore/options.h"

namespace tidemark::explore {

//   stale_read    n1 leads twice, within the life of its heartbeats; then n2 or n3 leads, and n1 is
//                 asked for a read index: do answers to its first term confirm it?
//   restarted_leader  the same where n1 restarts in between
//   put_back      the same where n1 leads twice in one term, since its disk went back
//   late_answer   an answer comes when its leader's time is up: does it lead on?
//   half_bootstrapped  the founder crashes, and clients go on asking: does anybody ever lead?
//   stranger      the founder comes back empty and goes through terms while it is cut off: do those
//                 of the cluster take its term?
struct Search {
  std::string_view name;
  WorldOptions world;
  int depth = 0;
  std::string_view rule;  // what a fault of the kind that it looks for breaks
};

std::vector<Search> Searches();
std::optional<Search> SearchNamed(std::string_view name);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_SEARCHES_H_
