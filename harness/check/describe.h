// Operations in words.
#ifndef TIDEMARK_HARNESS_CHECK_DESCRIBE_H_
#define TIDEMARK_HARNESS_CHECK_DESCRIBE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/check/history.h"

namespace tidemark::check {

// "read", "ryw_read", … as requests are called.
std::string_view FunctionName(Function function);
// "ok", "failed", "indeterminate".
std::string_view OutcomeName(Outcome outcome);

// A value, shortened if it is long; "nothing" for kMissing.
std::string ValueText(const History& history, TextId value);

// "key x"; "the register" for kMissing.
std::string KeyText(const History& history, TextId key);

// The operation with its number, as in
// `#4 (session 2: write 5 = 17; ok, index 12, time 100 to 140)`.
std::string Describe(const History& history, size_t operation);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_DESCRIBE_H_
