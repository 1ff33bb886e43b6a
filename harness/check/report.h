// All checks of a history that apply to it.
#ifndef TIDEMARK_HARNESS_CHECK_REPORT_H_
#define TIDEMARK_HARNESS_CHECK_REPORT_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/check/history.h"
#include "harness/check/violation.h"

namespace tidemark::check {

struct CheckOptions {
  bool indexes = true;          // CheckSessionIndexes
  bool values = true;           // CheckSessionValues
  bool lists = true;            // CheckLists
  bool witness = true;          // CheckWitness
  bool search = true;           // SearchOrder
  uint64_t steps = 10'000'000;  // that the search may take
};

// What is wrong with the history; empty: nothing. A check that could not be finished is in it as
// "unknown". `ran`, if not null, gets the names of the checks that were made.
//
// Where nobody asked for a state by its index (no ryw_read, no `need`), no promise was made to
// sessions, and none is checked. The witness needs indexes of updates; the search is only made
// where the witness is not there or does not know: an order that it has shown needs no search.
std::vector<Violation> CheckHistory(const History& history, const CheckOptions& options,
                                    std::vector<std::string_view>* ran = nullptr);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_REPORT_H_
