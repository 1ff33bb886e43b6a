// Histories in files of either kind.
#ifndef TIDEMARK_HARNESS_CHECK_FILES_H_
#define TIDEMARK_HARNESS_CHECK_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "harness/check/history.h"

namespace tidemark::check {

// A file whose name ends in .edn is read as EDN, any other as JSON Lines. Errors: NotFound;
// InvalidArgument, which names the file and the place in it.
absl::StatusOr<History> ReadHistory(const std::string& path);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_FILES_H_
