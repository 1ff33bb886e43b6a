// What the tables say of each mutant, once its code is in place.
#ifndef TIDEMARK_HARNESS_MUTANTS_MUTANT_H_
#define TIDEMARK_HARNESS_MUTANTS_MUTANT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tidemark::mutants {

struct Mutant {
  std::string name;
  std::string area;  // its table
  uint32_t number = 0;
  // What catches it: a test, as gtest names it, or a search of the explorer, or one of these checks
  // in a seed.
  std::string script;
  std::string search;
  std::vector<std::string> expect;
  // How seeds are run for it; where nothing is said, as they are for all.
  std::string faults;
  int nodes = 0;
  int64_t seconds = 0;
  int64_t rate = 0;
  bool calm = false;
  bool storm = false;
};

// All of them, table by table.
const std::vector<Mutant>& AllMutants();

// What may catch them in a seed, by name; and the conditions that a node asserts of itself at each
// step.
const std::vector<std::string>& AllChecks();
const std::vector<std::string>& AllInvariants();

}  // namespace tidemark::mutants

#endif  // TIDEMARK_HARNESS_MUTANTS_MUTANT_H_
