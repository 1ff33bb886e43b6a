// How long a reader waits who was told of a write and asks a follower at once.
#ifndef TIDEMARK_HARNESS_SIMULATION_WAITS_H_
#define TIDEMARK_HARNESS_SIMULATION_WAITS_H_

#include <cstdint>
#include <vector>

namespace tidemark::simulation {

struct WaitSettings {
  uint64_t seed = 1;
  int reads = 5'000;
  bool proved_reads = true;
  bool pull = true;
  bool tokens = true;  // false: the reader carries the write's index, bare
};

// Of all reads, by how they were served, and what each of them waited for its answer.
struct Waits {
  std::vector<int64_t> waited_ms;  // sorted: as clients see it, redirected or not
  int applied = 0;                 // at once, by what the follower had applied
  int proved = 0;                  // at once, by what it had in its log
  int waited = 0;                  // by the follower, later
  int redirected = 0;              // by the leader

  // REQUIRES: there was a read. `permille` of 500: the median.
  int64_t Quantile(int permille) const;
};

// Five nodes, a millisecond from each other, heartbeats every 150 ms, no faults, and nobody else
// there: a write at any node, and the moment its answer is there, a ryw_read at any follower.
Waits MeasureWaits(const WaitSettings& settings);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_WAITS_H_
