// What a count on the command line may be. CLI11's own PositiveNumber names the largest double
// there is when it refuses, in 309 digits.
#ifndef TIDEMARK_HARNESS_BASE_COUNTS_H_
#define TIDEMARK_HARNESS_BASE_COUNTS_H_

#include <CLI/CLI.hpp>
#include <cstdint>

namespace tidemark {

inline CLI::Range AtLeast(int64_t least) {
  constexpr int64_t kMost = 1'000'000'000;
  return CLI::Range(least, kMost);
}

}  // namespace tidemark

#endif  // TIDEMARK_HARNESS_BASE_COUNTS_H_
