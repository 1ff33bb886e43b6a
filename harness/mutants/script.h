// A schedule that a test plays, message by message.
#ifndef TIDEMARK_HARNESS_MUTANTS_SCRIPT_H_
#define TIDEMARK_HARNESS_MUTANTS_SCRIPT_H_

#include <string>

#include "harness/mutants/found.h"

namespace tidemark::mutants {

// Whether this program has a test of that name, as gtest names it.
bool HasScript(const std::string& name);

// Runs it in a process of its own. What it finds: that an expectation of it or an assertion of the
// product failed. Ends it after a minute, and whatever else ends it is found by "no script".
Found PlayScript(const std::string& name);

}  // namespace tidemark::mutants

#endif  // TIDEMARK_HARNESS_MUTANTS_SCRIPT_H_
