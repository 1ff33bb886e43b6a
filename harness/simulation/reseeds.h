// Where chance takes another course, as people type it: "12345:99,67890:7", the moment in
// microseconds and a number.
#ifndef TIDEMARK_HARNESS_SIMULATION_RESEEDS_H_
#define TIDEMARK_HARNESS_SIMULATION_RESEEDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/simulation/settings.h"

namespace tidemark::simulation {

// Errors: InvalidArgument, naming what it could not read; moments must not fall.
absl::StatusOr<std::vector<Reseed>> ParseReseeds(std::string_view text);
// What ParseReseeds reads as `reseeds`.
std::string FormatReseeds(const std::vector<Reseed>& reseeds);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_RESEEDS_H_
