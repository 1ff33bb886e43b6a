// Brings the operations of a file into the order that a History promises.
#ifndef TIDEMARK_HARNESS_CHECK_SORT_H_
#define TIDEMARK_HARNESS_CHECK_SORT_H_

#include <algorithm>

#include "harness/check/history.h"

namespace tidemark::check {

inline void SortByInvocation(History* history) {
  std::stable_sort(history->operations().begin(), history->operations().end(),
                   [](const Operation& a, const Operation& b) { return a.invoked < b.invoked; });
}

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_SORT_H_
