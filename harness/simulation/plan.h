// What a seed draws once, before anything happens: the cluster, its limits, the rates of its
// faults.
#ifndef TIDEMARK_HARNESS_SIMULATION_PLAN_H_
#define TIDEMARK_HARNESS_SIMULATION_PLAN_H_

#include <cstdint>
#include <vector>

#include "harness/simulation/settings.h"
#include "node/base/random.h"
#include "node/base/time.h"
#include "node/kv/writers.h"
#include "node/server/options.h"

namespace tidemark::simulation {

struct NetworkPlan {
  Duration delay_min, delay_max;
  int loss_permille = 0;         // up to 300
  int duplication_permille = 0;  // up to 500
  int late_permille = 0;
  Duration late_max;  // up to 5 s
};

struct DiskPlan {
  Duration sync_min, sync_max;
  int slow_permille = 0;
  Duration slow_max;
};

// A kind of fault that begins at some moment, for some time.
enum class ActKind : uint8_t {
  kPartition,
  kClog,
  kCrash,
  kWipe,
  kPause,
  kClockRate,
  kClockJump,
  kSlowDisk,
  kDirected,
  kFullDisk,
  kHungDisk,
  kSlowSyncs,
  kCatchUp,
  kFullTail,
  kOddState,
  kRestored,
  kForced,
  kGoesBack,
};

struct Plan {
  int nodes = 0;
  int sessions = 0;
  // How many of the sessions carry tokens, write under ids of their own, ask for fates.
  int tokens_percent = 0;
  int once_percent = 0;
  int fates_percent = 0;
  server::Options options;
  kv::WriterLimits writers;  // the same at all nodes
  NetworkPlan network;
  DiskPlan disk;
  bool search = false;        // the history is judged by search as well
  bool codec = false;         // messages go through their JSON form as well
  Duration batch;             // a node takes what arrived within this time in one step; zero: not
  Duration client_patience;   // when a client gives up waiting
  int64_t keys = 1;           // how many at a time
  std::vector<ActKind> acts;  // the kinds that occur; drawn from with equal chances
  Duration act_interval;      // on average
  Duration act_span;          // none lasts longer
  int64_t wipes = 0;          // at most
  uint64_t segment_bytes = uint64_t{64} << 10;  // of the log on disk: a run goes through many
  int doubling_permille = 0;                    // of clients' requests
  int guessing_permille = 0;  // of operations: a fate is asked for under a guessed name
  int large_permille = 0;     // of the values that are written
  int64_t large_bytes = 0;    // at most
  int together_percent = 0;  // of the sessions: they are another one's, with a request of their own
  int lent_percent = 0;      // of the sessions: they write under another one's writer
  // When each node is launched, as by Maelstrom (node --maelstrom); empty: all at once.
  std::vector<int64_t> launch_us;
};

Plan DrawPlan(const Settings& settings);

// A course of chance of its own for the `ordinal`-th thing of a kind: leaving one out does not move
// the others.
Random Chance(uint64_t seed, uint64_t kind, uint64_t ordinal);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_PLAN_H_
