// Two JSON texts side by side, with what differs marked.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_DIFF_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_DIFF_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/wire/json.h"

namespace tidemark::transcript {

// A text and the parts of it (begin, end) that are to be looked at, in order.
struct Marked {
  std::string text;
  std::vector<std::pair<size_t, size_t>> marks;
};

struct Difference {
  Marked expected;
  Marked came;
  // One line each: "body.waited_ms: expected 50, came 40".
  std::vector<std::string> fields;
};

// Field by field; "<any>" in `expected` differs from nothing.
Difference DiffJson(const wire::Json& expected, const wire::Json& came);
// From the first byte that differs. For texts that mean the same, or are no JSON.
Difference DiffBytes(std::string_view expected, std::string_view came);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_DIFF_H_
