// Rare places of a run, each with a name and a predicate: where a campaign has never been, it has
// found nothing.
#ifndef TIDEMARK_HARNESS_SIMULATION_LANDMARKS_H_
#define TIDEMARK_HARNESS_SIMULATION_LANDMARKS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "harness/simulation/onlooker.h"

namespace tidemark::simulation {

// When a landmark is looked for.
enum class When : uint8_t {
  kArrives,    // one message is at a node, which has not taken it yet
  kElected,    // a node has come to lead
  kDeposed,    // a node leads no more
  kCut,        // entries of a log give way to others
  kInstalled,  // a log gave way to a snapshot
  kSteps,      // after any step
  kReplies,    // a client is answered
  kStarts,     // after the first step of a node
  kStops,      // a node that runs is about to be stopped
};

struct Landmark {
  const char* name;  // as a sentence: what happened
  When when;
  bool (*holds)(const Scene& scene);
};

// In the order of their numbers. At most kMostLandmarks.
absl::Span<const Landmark> Landmarks();

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_LANDMARKS_H_
