#include "harness/check/findings.h"

#include "node/base/concat.h"

namespace tidemark::check {

std::vector<Violation> Findings::Take() && {
  for (const auto& [check, count] : counts_) {
    if (count > kTold) told_.push_back({check, Concat("and ", count - kTold, " more like these")});
  }
  return std::move(told_);
}

size_t Findings::CountOne(std::string_view check) {
  for (auto& [name, count] : counts_) {
    if (name == check) return ++count;
  }
  counts_.emplace_back(check, 1);
  return 1;
}

}  // namespace tidemark::check
