// Splits a history into parts that can be searched one by one.
#ifndef TIDEMARK_HARNESS_CHECK_GROUPS_H_
#define TIDEMARK_HARNESS_CHECK_GROUPS_H_

#include <cstdint>
#include <vector>

#include "harness/check/history.h"

namespace tidemark::check {

// Keys that transactions join, with the operations on them, by number and in order.
struct Group {
  std::vector<TextId> keys;
  std::vector<uint32_t> operations;
};

// Small ones first. What has no part in linearizability is left out: ryw_reads, what failed without
// telling anything, reads without an answer, and indeterminate updates whose effect, had there been
// one, nobody can have seen: leaving those out changes no answer and much time.
std::vector<Group> SplitByKeys(const History& history);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_GROUPS_H_
