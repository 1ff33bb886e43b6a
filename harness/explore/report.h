// What an exploration came to, and how to say it.
#ifndef TIDEMARK_HARNESS_EXPLORE_REPORT_H_
#define TIDEMARK_HARNESS_EXPLORE_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/check/violation.h"

namespace tidemark::explore {

struct Report {
  enum class End {
    kComplete,   // nothing more can be reached: all executions, of whatever length
    kDepth,      // all executions of as many steps as were asked for
    kLimit,      // states or seconds have run out
    kViolation,  // found one; none is shorter
  };
  End end = End::kComplete;
  int depth = 0;  // every execution of so many steps was followed
  uint64_t states = 0;
  uint64_t transitions = 0;
  double seconds = 0;
  // What the worlds were made of, and how often the core was run.
  uint64_t distinct_nodes = 0;
  uint64_t distinct_messages = 0;
  uint64_t core_steps = 0;
  std::optional<check::Violation> violation;
  std::vector<std::string> path;  // to the violation, a line a step
};

// A path as lines with numbers.
std::string Numbered(const std::vector<std::string>& path);

// Some lines for a person, with this process's peak memory.
std::string TextOf(const Report& report);

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_REPORT_H_
