// What is to be printed should an assertion end the program.
#ifndef TIDEMARK_HARNESS_EXPLORE_ABORT_REPORT_H_
#define TIDEMARK_HARNESS_EXPLORE_ABORT_REPORT_H_

#include <functional>

namespace tidemark::explore {

// While this lives, an abort in the thread that made it calls `report` first. An abort comes from
// an assertion, between two statements and not inside malloc, so `report` may do what it likes.
class AbortReport {
 public:
  explicit AbortReport(std::function<void()> report);
  ~AbortReport();
  AbortReport(const AbortReport&) = delete;
  AbortReport& operator=(const AbortReport&) = delete;
};

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_ABORT_REPORT_H_
