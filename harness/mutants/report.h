// The table of docs/mutants.md.
#ifndef TIDEMARK_HARNESS_MUTANTS_REPORT_H_
#define TIDEMARK_HARNESS_MUTANTS_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/mutants/found.h"
#include "harness/mutants/mutant.h"

namespace tidemark::mutants {

struct Caught {
  Mutant mutant;
  Found found;
  int64_t ms = 0;
  bool expected = false;  // by what its row says
};

// Markdown: a row a mutant by name, a line that counts them, and which checks and invariants were
// the first to fire for none.
std::string Report(std::vector<Caught> all);

}  // namespace tidemark::mutants

#endif  // TIDEMARK_HARNESS_MUTANTS_REPORT_H_
