// A node's directory that has no identity.
#ifndef TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_
#define TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_

#include <string>

#include "absl/status/status.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {

// The identity is written last, and nothing is promised before. So what a start that came to no end
// left has no identity and no record. Looks whether that is so, and changes nothing. DataLoss:
// there was a node (names what it left); FailedPrecondition: another format's.
absl::Status CheckLeftovers(FileSystem* file_system, const std::string& node_dir);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_
