// Collects what a checker found, and stops repeating itself.
#ifndef TIDEMARK_HARNESS_CHECK_FINDINGS_H_
#define TIDEMARK_HARNESS_CHECK_FINDINGS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/check/violation.h"

namespace tidemark::check {

class Findings {
 public:
  // Of each promise as many are told in words; one line more says how many there were.
  static constexpr size_t kTold = 5;

  // `text` is a function that makes the text: most findings of a broken history are only counted.
  template <typename MakeText>
  void Add(std::string_view check, const MakeText& text) {
    if (CountOne(check) <= kTold) told_.push_back({std::string(check), text()});
  }

  bool empty() const { return told_.empty(); }
  std::vector<Violation> Take() &&;

 private:
  // Returns how many there are by now, with this one.
  size_t CountOne(std::string_view check);

  std::vector<Violation> told_;
  std::vector<std::pair<std::string, size_t>> counts_;
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_FINDINGS_H_
