#include "harness/explore/abort_report.h"

#include <csignal>
#include <utility>

namespace tidemark::explore {
namespace {

thread_local std::function<void()> the_report;

void OnAbort(int) {
  // Taken out, so that a failure in the report does not begin it anew.
  const std::function<void()> report = std::exchange(the_report, nullptr);
  if (report) report();
}

}  // namespace

AbortReport::AbortReport(std::function<void()> report) {
  the_report = std::move(report);
  std::signal(SIGABRT, OnAbort);  // abort() ends the program once this has returned
}

AbortReport::~AbortReport() { the_report = nullptr; }

}  // namespace tidemark::explore
