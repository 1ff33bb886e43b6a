// A mutant hunted through every execution of a small cluster.
#ifndef TIDEMARK_HARNESS_MUTANTS_EXPLORED_H_
#define TIDEMARK_HARNESS_MUTANTS_EXPLORED_H_

#include <string>

#include "harness/mutants/found.h"

namespace tidemark::mutants {

// Whether there is a search of that name (harness/explore/searches.h).
bool HasSearch(const std::string& name);

// Makes it in a process of its own. It is what has found something if the rule that it looks at was
// broken; else that is the other rule, or "assertion", or "no search" where it ended otherwise.
Found FindBySearch(const std::string& name);

}  // namespace tidemark::mutants

#endif  // TIDEMARK_HARNESS_MUTANTS_EXPLORED_H_
