// In microseconds of simulated time.
#ifndef TIDEMARK_HARNESS_SIMULATION_UNITS_H_
#define TIDEMARK_HARNESS_SIMULATION_UNITS_H_

#include <cstdint>

namespace tidemark::simulation {

inline constexpr int64_t kMs = 1'000;
inline constexpr int64_t kSecondUs = 1'000 * kMs;

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_UNITS_H_
