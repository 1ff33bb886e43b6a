// Which mutant runs. Only copies of the product's files that harness/mutants makes ask for it.
#ifndef TIDEMARK_HARNESS_MUTANTS_ACTIVE_H_
#define TIDEMARK_HARNESS_MUTANTS_ACTIVE_H_

#include <cstdint>

namespace tidemark::mutants {

// A mutant's number; 0: none of them, the product as it is.
inline uint32_t active = 0;

inline bool IsActive(uint32_t number) { return active == number; }

}  // namespace tidemark::mutants

#endif  // TIDEMARK_HARNESS_MUTANTS_ACTIVE_H_
