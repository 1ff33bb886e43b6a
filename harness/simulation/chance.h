// Draws.
#ifndef TIDEMARK_HARNESS_SIMULATION_CHANCE_H_
#define TIDEMARK_HARNESS_SIMULATION_CHANCE_H_

#include <cstdint>

#include "node/base/random.h"

namespace tidemark::simulation {

// An integer in [low, high], for spans below 2^32: 32 random bits as a fraction of the span. It
// costs no division, as a run makes several such draws for each message.
inline int64_t Draw(Random* random, int64_t low, int64_t high) {
  const uint64_t span = static_cast<uint64_t>(high - low) + 1;
  return low + static_cast<int64_t>(((random->Next() >> 32) * span) >> 32);
}

inline bool Roll(Random* random, int permille) {
  return permille > 0 && Draw(random, 0, 999) < permille;
}

// For what is drawn once a run.
inline bool Toss(Random* random, int percent) { return random->Between(0, 99) < percent; }

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_CHANCE_H_
