// What a checker has to say.
#ifndef TIDEMARK_HARNESS_CHECK_VIOLATION_H_
#define TIDEMARK_HARNESS_CHECK_VIOLATION_H_

#include <string>

namespace tidemark::check {

struct Violation {
  // The promise that was broken, by its name in docs/testing.md: "read-your-writes",
  // "linearizability", "Election Safety", … A checker that could not finish says "unknown".
  std::string check;
  std::string text;  // what was seen, and why it cannot be; for a person
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_VIOLATION_H_
