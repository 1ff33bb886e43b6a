#include "harness/mutants/report.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tidemark::mutants {
namespace {

std::string By(const Found& found) {
  if (found.by.empty()) return "nothing";
  return found.seed > 0 ? found.by : absl::StrCat("`", found.by, "`");
}

std::string Row(const Caught& caught) {
  const std::string tried = caught.found.seed > 0 ? absl::StrCat(caught.found.tried) : "";
  return absl::StrCat("| ", caught.mutant.name, " | ", By(caught.found), " | ", tried, " | ",
                      caught.ms, " |\n");
}

std::string Count(const std::vector<Caught>& all) {
  std::vector<uint64_t> tried;
  size_t unexpected = 0;
  size_t caught = 0;
  for (const Caught& one : all) {
    unexpected += one.expected ? 0 : 1;
    if (one.found.by.empty()) continue;
    ++caught;
    if (one.found.seed > 0) tried.push_back(one.found.tried);
  }
  std::sort(tried.begin(), tried.end());
  std::string text = absl::StrCat(caught, " of ", all.size(), " caught");
  if (!tried.empty()) {
    absl::StrAppend(&text, ", ", tried.size(), " of them by seeds: ", tried[(tried.size() - 1) / 2],
                    " in the median, ", tried.back(), " at most");
  }
  if (unexpected > 0) absl::StrAppend(&text, "; ", unexpected, " not by what was expected");
  return absl::StrCat(text, "\n");
}

// The first to fire for none of them; `fired` says whether one was for this mutant.
template <typename Fired>
std::string Idle(const std::vector<Caught>& all, const std::vector<std::string>& names,
                 const Fired& fired) {
  std::string text;
  for (const std::string& name : names) {
    const bool idle = std::none_of(all.begin(), all.end(),
                                   [&](const Caught& caught) { return fired(caught.found, name); });
    if (idle) absl::StrAppend(&text, "- `", name, "`\n");
  }
  return text.empty() ? "- none\n" : text;
}

std::string AllIdle(const std::vector<Caught>& all) {
  const auto by_check = [](const Found& found, const std::string& name) {
    return found.seed > 0 && found.by == name;
  };
  const auto by_invariant = [](const Found& found, const std::string& condition) {
    return absl::StrContains(found.what, condition);
  };
  return absl::StrCat("\nChecks that were the first to fire for no mutant:\n\n",
                      Idle(all, AllChecks(), by_check),
                      "\nInvariants that were the first to fire for no mutant:\n\n",
                      Idle(all, AllInvariants(), by_invariant));
}

}  // namespace

std::string Report(std::vector<Caught> all) {
  std::sort(all.begin(), all.end(), [](const Caught& one, const Caught& other) {
    return one.mutant.name < other.mutant.name;
  });
  std::string text = "| mutant | caught by | seeds tried | ms |\n|---|---|--:|--:|\n";
  for (const Caught& caught : all) absl::StrAppend(&text, Row(caught));
  return absl::StrCat(text, "\n", Count(all), AllIdle(all));
}

}  // namespace tidemark::mutants
