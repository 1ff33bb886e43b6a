// Goes through all states of a model, those nearest to the start first.
#ifndef TIDEMARK_HARNESS_MODEL_CHECKER_H_
#define TIDEMARK_HARNESS_MODEL_CHECKER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/model/reads.h"

namespace tidemark::model {

struct Findings {
  uint64_t states = 0;
  int depth = 0;
  // What of the theorem is broken, by a shortest way, a line a step; empty: nothing.
  std::string broken;
  std::vector<std::string> path;
};

// To the very end, or to the first breach. States that differ in which of n2 and n3 is which are
// one; so are two of one 64-bit hash: of n states some two have one by chance with a probability of
// n²/2⁶⁵.
Findings Check(const State& start, const Bounds& bounds, Without without);

}  // namespace tidemark::model

#endif  // TIDEMARK_HARNESS_MODEL_CHECKER_H_
