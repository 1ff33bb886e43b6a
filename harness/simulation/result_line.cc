#include "harness/simulation/result_line.h"

#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "harness/simulation/reseeds.h"
#include "node/base/concat.h"

namespace tidemark::simulation {
namespace {

// Every count of a result, in one order.
template <typename ResultType, typename Visit>
void VisitCounts(ResultType& result, Visit visit) {
  visit(result.undecided);
  visit(result.events);
  visit(result.messages);
  visit(result.elections);
  visit(result.committed);
  visit(result.faults);
  visit(result.lost);
  for (auto& count : result.played) visit(count);
  visit(result.clients.invoked);
  visit(result.clients.ok);
  visit(result.clients.failed);
  visit(result.clients.indeterminate);
  visit(result.clients.session_reads);
  visit(result.clients.follower_reads);
  visit(result.clients.proved_reads);
  visit(result.clients.linearizable_reads);
  visit(result.clients.tokens);
  visit(result.clients.once_writes);
  visit(result.clients.repetitions);
  visit(result.clients.fates);
  visit(result.clients.cancellations);
  visit(result.clients.forged);
}

}  // namespace

std::string FormatResultLine(const Result& result) {
  std::string line = Concat(result.trace_hash, "\t", result.ended_us, "\t", result.operations, "\t",
                            FormatReseeds(result.reseeds), "\t", FormatReached(result.reached));
  VisitCounts(result, [&](uint64_t count) { ConcatTo(&line, "\t", count); });
  if (result.violation) {
    ConcatTo(&line, "\t", absl::CEscape(result.violation->check), "\t",
             absl::CEscape(result.violation->text));
  }
  return line;
}

bool ParseResultLine(const std::string& line, Result* result) {
  const std::vector<std::string> fields = absl::StrSplit(line, '\t');
  size_t at = 0;
  bool good = true;
  const auto next = [&](auto* number) {
    good = good && at < fields.size() && absl::SimpleAtoi(fields[at++], number);
  };
  next(&result->trace_hash);
  next(&result->ended_us);
  next(&result->operations);
  if (!good || at + 2 > fields.size()) return false;
  auto reseeds = ParseReseeds(fields[at++]);
  std::optional<Reached> reached = ParseReached(fields[at++]);
  if (!reseeds.ok() || !reached) return false;
  result->reseeds = *std::move(reseeds);
  result->reached = *reached;
  VisitCounts(*result, [&](uint64_t& count) { next(&count); });
  if (!good || at == fields.size()) return good;
  if (at + 2 != fields.size()) return false;
  check::Violation violation;
  if (!absl::CUnescape(fields[at], &violation.check)) return false;
  if (!absl::CUnescape(fields[at + 1], &violation.text)) return false;
  result->violation = violation;
  return true;
}

void AddCounts(const Result& from, Result* to) {
  std::vector<uint64_t> counts;
  VisitCounts(from, [&](uint64_t count) { counts.push_back(count); });
  size_t at = 0;
  VisitCounts(*to, [&](uint64_t& count) { count += counts[at++]; });
  to->reached.Add(from.reached);
}

}  // namespace tidemark::simulation
