#include "harness/simulation/ranges.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "node/base/concat.h"

namespace tidemark::simulation {
namespace {

// Beyond any run: a typing error must not ask for gigabytes.
constexpr uint32_t kHighest = 10'000'000;

}  // namespace

absl::StatusOr<std::vector<bool>> ParseRanges(std::string_view text) {
  std::vector<bool> set;
  if (text.empty()) return set;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(std::string(text), ','))) {
    const std::vector<std::string> ends = absl::StrSplit(part, '-');
    uint32_t first = 0;
    uint32_t last = 0;
    const bool fits = ends.size() <= 2 && absl::SimpleAtoi(ends.front(), &first) &&
                      absl::SimpleAtoi(ends.back(), &last) && first <= last && last <= kHighest;
    if (!fits) {
      return absl::InvalidArgumentError(
          Concat("\"", part, "\" is no number and no range: expected something like 3-7,9"));
    }
    if (set.size() <= last) set.resize(last + 1);
    for (uint32_t i = first; i <= last; ++i) set[i] = true;
  }
  return set;
}

std::string FormatRanges(const std::vector<bool>& set) {
  std::string text;
  for (size_t first = 0; first < set.size(); ++first) {
    if (!set[first]) continue;
    size_t last = first;
    while (last + 1 < set.size() && set[last + 1]) ++last;
    if (!text.empty()) text += ',';
    ConcatTo(&text, first);
    if (last > first) ConcatTo(&text, "-", last);
    first = last;
  }
  return text;
}

size_t CountLeft(size_t all, const std::vector<bool>& set) {
  return all - std::min(all, static_cast<size_t>(std::count(set.begin(), set.end(), true)));
}

}  // namespace tidemark::simulation
