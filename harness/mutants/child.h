// Something that is done in a process of its own, since it may end in an assertion.
#ifndef TIDEMARK_HARNESS_MUTANTS_CHILD_H_
#define TIDEMARK_HARNESS_MUTANTS_CHILD_H_

#include <string>

#include "absl/functional/function_ref.h"

namespace tidemark::mutants {

struct Ended {
  int status = 0;    // as waitpid has it
  std::string said;  // on stdout and stderr
};

// Runs `what`, which returns an exit status, and ends it after so many seconds.
Ended RunInChild(unsigned seconds, absl::FunctionRef<int()> what);

}  // namespace tidemark::mutants

#endif  // TIDEMARK_HARNESS_MUTANTS_CHILD_H_
