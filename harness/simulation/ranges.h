// Sets of numbers as people type them: "3-7,9".
#ifndef TIDEMARK_HARNESS_SIMULATION_RANGES_H_
#define TIDEMARK_HARNESS_SIMULATION_RANGES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tidemark::simulation {

// The set as flags: element i is true if i is in it. Errors: InvalidArgument, naming what it could
// not read.
absl::StatusOr<std::vector<bool>> ParseRanges(std::string_view text);

// The shortest text that ParseRanges reads as this set; empty for the empty set.
std::string FormatRanges(const std::vector<bool>& set);

// How many of `all` numbered things are left without those in `set`.
size_t CountLeft(size_t all, const std::vector<bool>& set);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_RANGES_H_
