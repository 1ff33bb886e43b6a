// What an update has changed, for its reader.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_LINE_DIFF_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_LINE_DIFF_H_

#include <string>
#include <string_view>

namespace tidemark::transcript {

// Lines of `before` that are not in `after` ("-", with their numbers in `before`) and the other way
// round ("+", with their numbers in `after`), in their order, each with its newline; long ones are
// cut. Empty: no difference.
std::string DiffLines(std::string_view before, std::string_view after, bool colour);

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_LINE_DIFF_H_
