#include "harness/explore/report.h"

#include <sys/resource.h>

#include "node/base/concat.h"

namespace tidemark::explore {
namespace {

const char* TextOf(Report::End end) {
  switch (end) {
    case Report::End::kComplete:
      return "no violation in any execution, of whatever length";
    case Report::End::kDepth:
      return "no violation in any execution up to this depth";
    case Report::End::kLimit:
      return "no violation; a limit ended the search within the next depth";
    case Report::End::kViolation:
      return "VIOLATION";
  }
  return "";
}

int64_t PeakMebibytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}  // namespace

std::string Numbered(const std::vector<std::string>& path) {
  std::string text;
  for (size_t i = 0; i < path.size(); ++i) {
    ConcatTo(&text, i < 9 ? "  " : " ", i + 1, ". ", path[i], "\n");
  }
  return text;
}

std::string TextOf(const Report& report) {
  const auto milliseconds = static_cast<int64_t>(report.seconds * 1000);
  const auto rate = static_cast<int64_t>(static_cast<double>(report.states) / report.seconds);
  std::string text = Concat(report.states, " states, ", report.transitions, " transitions, depth ",
                            report.depth, "\n");
  ConcatTo(&text, "made of ", report.distinct_nodes, " node states and ", report.distinct_messages,
           " messages, by ", report.core_steps, " steps of the core\n");
  ConcatTo(&text, milliseconds, " ms, ", rate, " states/s, peak memory ", PeakMebibytes(), " MiB\n",
           TextOf(report.end), "\n");
  if (report.violation) {
    ConcatTo(&text, report.violation->check, ": ", report.violation->text, "\n",
             Numbered(report.path));
  }
  return text;
}

}  // namespace tidemark::explore
