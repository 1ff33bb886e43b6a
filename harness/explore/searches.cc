#include "harness/explore/searches.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

namespace tidemark::explore {
namespace {

using Spent = std::initializer_list<std::pair<Budget, uint8_t>>;

// Disks take no step, and a message carries all that its receiver lacks.
WorldOptions Short(std::string start, Spent spent) {
  WorldOptions world;
  world.start = std::move(start);
  world.instant_disks = true;
  world.entries_per_message = 8;
  for (const auto& [budget, times] : spent) world.budgets.Set(budget, times);
  return world;
}

WorldOptions HalfBootstrapped() {
  WorldOptions world = Short("unbootstrapped", {{Budget::kRequests, 2}, {Budget::kCrashes, 1}});
  // The crash comes before the founder's disk has what it has sent.
  world.instant_disks = false;
  world.must_recover = true;
  return world;
}

// The rounds under way are of the second beat, so a later term needs one more to come to the same.
// With the fault planted a match may fall before a read is confirmed: who answers late seems to
// have forgotten it.
WorldOptions Held(std::string start) {
  WorldOptions world = Short(
      std::move(start), {{Budget::kReads, 1}, {Budget::kElections, 2}, {Budget::kHeartbeats, 1}});
  world.unchecked = {"Match index"};
  return world;
}

WorldOptions PutBack() {
  WorldOptions world = Short("put_back", {{Budget::kReads, 1}, {Budget::kElections, 2}});
  world.unchecked = {"Match index"};
  return world;
}

WorldOptions Stranger() {
  WorldOptions world = Short("bootstrapped", {{Budget::kWipes, 1},
                                              {Budget::kRequests, 3},
                                              {Budget::kCrashes, 2},
                                              {Budget::kElections, 1},
                                              {Budget::kHeartbeats, 1}});
  // What the emptied node had does not count as lost: two others have it.
  world.unchecked = {"Committed is durable"};
  return world;
}

}  // namespace

std::vector<Search> Searches() {
  return {
      {"stale_read", Held("heartbeats"), 11, "Read index"},
      {"restarted_leader", Held("restarted_leader"), 11, "Read index"},
      {"put_back", PutBack(), 10, "Read index"},
      {"late_answer", Short("heartbeats", {{Budget::kLateAnswers, 1}, {Budget::kElections, 1}}), 8,
       "CheckQuorum"},
      {"half_bootstrapped", HalfBootstrapped(), 9, "Recovery"},
      {"stranger", Stranger(), 11, "Named raise terms"},
  };
}

std::optional<Search> SearchNamed(std::string_view name) {
  for (const Search& search : Searches()) {
    if (search.name == name) return search;
  }
  return std::nullopt;
}

}  // namespace tidemark::explore
