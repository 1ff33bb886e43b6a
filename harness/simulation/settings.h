// What one is asked to simulate.
#ifndef TIDEMARK_HARNESS_SIMULATION_SETTINGS_H_
#define TIDEMARK_HARNESS_SIMULATION_SETTINGS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tidemark::simulation {

// Kinds of faults, as bits.
enum Fault : uint32_t {
  kLoss = 1u << 0,         // messages disappear
  kDuplication = 1u << 1,  // messages arrive twice
  kLateness = 1u << 2,     // messages overtake each other, up to seconds late
  kClogging = 1u << 3,     // a link holds everything back for up to 5 s
  kPartition = 1u << 4,    // symmetric, one-way, ring, bridge, the leader alone
  kCrash = 1u << 5,        // the process dies; what was not synced survives as a random prefix
  kWipe = 1u << 6,         // comes back with an empty disk: a new incarnation
  kPause = 1u << 7,        // up to 30 s
  kClock = 1u << 8,        // rates of ±10 %, jumps
  kDisk = 1u << 9,         // slow fsyncs
  kLimits = 1u << 10,      // one entry a message, a window of one, a 20-byte batch
  kDirected = 1u << 11,    // messages are held beyond elections that are made (direction.h)
  kFullDisk = 1u << 12,    // of one, of the followers, of the leader; freed later
  kHungDisk = 1u << 13,    // a sync does not return for seconds, the leader's above all
  kSlowSyncs = 1u << 14,   // of 1 to 5 s, at all nodes at once
  kOddState = 1u << 15,    // a state that differs, at a minority at most
  kCatchUp = 1u << 16,     // a node comes back under load
  kFullTail = 1u << 17,    // followers' disks are full and the leader is deposed
  kDoubling = 1u << 18,    // what a client asks arrives twice
  kSharing = 1u << 19,     // several requests under way in one session, one writer for two
  kLargeValues = 1u << 20,
  kGuessing = 1u << 21,  // clients ask for fates around a name that they were told
  kRestored = 1u << 22,  // all disks are put back to an old copy, and the clients go on
  kForced = 1u << 23,    // one survivor's disk becomes a new cluster's, and the clients go on
  kLaunches = 1u << 24,  // nodes start one after the other, and none may be spoken to before
  kGoesBack = 1u << 25,  // an older copy takes the place of one machine's disk
};
constexpr uint32_t kNoFaults = 0;
constexpr int kFaultKinds = 26;
constexpr uint32_t kAllFaults = (1u << kFaultKinds) - 1;

// At the end of the moment `at_us` of the run, chance takes another course.
struct Reseed {
  int64_t at_us = 0;
  uint64_t number = 0;
  bool operator==(const Reseed&) const = default;
};

// Where it stands among all.
constexpr size_t Place(Fault fault) { return static_cast<size_t>(std::countr_zero(+fault)); }

struct Settings {
  uint64_t seed = 1;
  int64_t sim_seconds = 60;
  int nodes = 0;  // 1 to 7; 0: drawn from the seed
  uint32_t faults = kAllFaults;
  int operations_per_second = 100;
  int sessions = 0;  // 0: drawn from the seed
  // Faults end when so many operations have begun, whatever sim_seconds says; 0: they do not.
  uint64_t operations = 0;
  bool storm = false;  // every seed is one; else some are (plan.cc)
  // After the faults a random majority heals for good and must serve again.
  bool liveness = true;
  // More than any honest run needs: nodes that answer each other for ever would let no time pass.
  uint64_t max_events = 50'000'000;
  // Which of the seed's faults and operations are left out, by number: what a minimised run is
  // made of.
  std::vector<bool> without_faults;
  std::vector<bool> without_operations;
  // In the order of their moments: what makes a future of a seed (futures.h).
  std::vector<Reseed> reseeds;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_SETTINGS_H_
