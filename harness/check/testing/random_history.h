// Histories of a store that keeps its promises, for testing and measuring checkers.
#ifndef TIDEMARK_HARNESS_CHECK_TESTING_RANDOM_HISTORY_H_
#define TIDEMARK_HARNESS_CHECK_TESTING_RANDOM_HISTORY_H_

#include <cstdint>

#include "harness/check/history.h"

namespace tidemark::check {

struct RandomHistoryOptions {
  uint64_t seed = 1;
  int sessions = 4;
  int keys = 3;
  int operations = 100;
  int indeterminate_percent = 10;  // of updates; half of them take effect, some of those late
  bool ryw_reads = true;
  bool deletes = true;
  bool txns = false;               // of reads and writes
  bool appends = false;            // txns append too, to keys of their own
  bool tell_read_index = false;    // of linearizable reads
  bool tell_indeterminate = true;  // the index of indeterminate updates that took effect
};

// Every written value is a number of its own. Updates name their log index, ryw_reads theirs.
History RandomHistory(const RandomHistoryOptions& options);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_TESTING_RANDOM_HISTORY_H_
