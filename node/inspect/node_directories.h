// Where a person means a node's directory to be.
#ifndef TIDEMARK_NODE_INSPECT_NODE_DIRECTORIES_H_
#define TIDEMARK_NODE_INSPECT_NODE_DIRECTORIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/storage/file_system.h"

namespace tidemark::inspect {

// `dir` itself, if it is a node's directory, or else those in it, sorted. NotFound: there are none.
absl::StatusOr<std::vector<std::string>> NodeDirectories(const storage::FileSystem& file_system,
                                                         const std::string& dir);

}  // namespace tidemark::inspect

#endif  // TIDEMARK_NODE_INSPECT_NODE_DIRECTORIES_H_
