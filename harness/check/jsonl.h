// Histories as JSON Lines, to be kept in files and read by people.
//
// One object a line, one operation each, in any order:
//
//   {"session": 1, "f": "write", "key": "x", "value": 3, "outcome": "ok", "invoked": 0,
//    "returned": 12, "index": 7}
//
//   f         "read", "ryw_read", "write", "cas", "delete" or "txn"
//   outcome   "ok", "failed" (definitely) or "indeterminate"
//   session   integer, 0 to 2^32-1; needed
//   invoked, returned   integers, on one clock; returned is left out where nothing returned
//   key       any JSON; left out in a txn, and in histories of one nameless register
//   value     any JSON: what was read, written, or is the new value of a cas; left out where a
//             read found nothing. Of a cas with "observed": what it met, if that is known
//   from, create_if_not_exists   of a cas
//   txn       [["r", key, value], ["w", key, value], ["append", key, value]]; null where a read
//             found nothing or its answer is not known
//   index, need   integers from 0; 0 or left out: not known, none
//   carried   false: the session carried nothing on from this answer; true if left out
//   observed  true: a failure that did evaluate the state; false if left out
#ifndef TIDEMARK_HARNESS_CHECK_JSONL_H_
#define TIDEMARK_HARNESS_CHECK_JSONL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/check/history.h"

namespace tidemark::check {

// Sorted by invocation. Blank lines are skipped. Errors: InvalidArgument, with the line's number,
// the field, what was expected and what came.
absl::StatusOr<History> ParseJsonl(std::string_view text);

// One line an operation, each with its newline. The texts of `history` must be canonical JSON.
void AppendJsonl(const History& history, std::string* out);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_JSONL_H_
