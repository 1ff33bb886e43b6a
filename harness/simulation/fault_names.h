// Faults as people type them.
#ifndef TIDEMARK_HARNESS_SIMULATION_FAULT_NAMES_H_
#define TIDEMARK_HARNESS_SIMULATION_FAULT_NAMES_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/simulation/settings.h"

namespace tidemark::simulation {

// "loss, duplication, …"
std::string FaultNames();

// "all", "none", or names with commas between them; "all,-wipe": all but that one. Errors:
// InvalidArgument, naming the word that is none.
absl::StatusOr<uint32_t> ParseFaults(std::string_view text);
// What ParseFaults reads as `faults`.
std::string FormatFaults(uint32_t faults);

// "3 crash, 17 directed": how often each was played, by its bit.
std::string PlayedText(const std::array<uint64_t, kFaultKinds>& played);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_FAULT_NAMES_H_
