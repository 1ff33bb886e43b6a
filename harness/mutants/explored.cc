#include "harness/mutants/explored.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/explore/explorer.h"
#include "harness/explore/options.h"
#include "harness/explore/report.h"
#include "harness/explore/searches.h"
#include "harness/mutants/child.h"
#include "node/base/assert.h"

namespace tidemark::mutants {
namespace {

constexpr unsigned kLongestSeconds = 300;
constexpr int kBroken = 1;

// Says which rule is broken, and how, in a line each.
int Explore(const explore::Search& search) {
  explore::SearchLimits limits;
  limits.depth = search.depth;
  const explore::Report report = explore::Explore(search.world, limits, nullptr);
  if (!report.violation) return 0;
  std::printf("%s\n%s, in %zu steps\n", report.violation->check.c_str(),
              report.violation->text.c_str(), report.path.size());
  return kBroken;
}

}  // namespace

bool HasSearch(const std::string& name) { return explore::SearchNamed(name).has_value(); }

Found FindBySearch(const std::string& name) {
  const auto search = explore::SearchNamed(name);
  TM_ASSERT(search.has_value());
  const Ended ended = RunInChild(kLongestSeconds, [&] { return Explore(*search); });
  if (WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 0) return {};
  if (WIFSIGNALED(ended.status) && WTERMSIG(ended.status) == SIGABRT) {
    return {"assertion", ended.said, 0, 0};
  }
  if (WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == kBroken) {
    const size_t end = ended.said.find('\n');
    const std::string rule = ended.said.substr(0, end);
    return {rule == search->rule ? name : rule, ended.said.substr(end + 1), 0, 0};
  }
  return {"no search", absl::StrCat(name, " ended with status ", ended.status, ": ", ended.said), 0,
          0};
}

}  // namespace tidemark::mutants
