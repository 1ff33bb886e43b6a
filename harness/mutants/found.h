// What came of hunting a mutant.
#ifndef TIDEMARK_HARNESS_MUTANTS_FOUND_H_
#define TIDEMARK_HARNESS_MUTANTS_FOUND_H_

#include <cstdint>
#include <string>

namespace tidemark::mutants {

struct Found {
  std::string by;                // the check or the test that caught it; empty: nothing did
  std::string what;              // it had to say
  uint64_t seed = 0;             // under which it was caught, or the last one tried; 0: no seed was
  uint64_t tried = 0;            // seeds, that one included
  double simulated_seconds = 0;  // of all runs until then, futures too
};

}  // namespace tidemark::mutants

#endif  // TIDEMARK_HARNESS_MUTANTS_FOUND_H_
