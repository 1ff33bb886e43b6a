// Where the node's program is.
#ifndef TIDEMARK_HARNESS_NODE_PROGRAM_H_
#define TIDEMARK_HARNESS_NODE_PROGRAM_H_

#include <string>

#include "absl/status/statusor.h"

namespace tidemark {

// `given` if it is not empty; else the node that was built together with this program: beside it
// (bazel-bin/harness/harness, bazel-bin/node/node) or in its runfiles. Errors: NotFound, saying how
// to name one.
absl::StatusOr<std::string> FindNodeProgram(const std::string& given);

}  // namespace tidemark

#endif  // TIDEMARK_HARNESS_NODE_PROGRAM_H_
