// The directory that is one node's alone: made, locked, and told from any other node's.
#ifndef TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_
#define TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/storage/posix_file.h"

namespace tidemark::storage {

// A name for a directory that no other node id has, and that leads nowhere else: bytes other than
// [A-Za-z0-9_-] become %XX.
std::string DirectoryName(const raft::NodeId& node_id);

// Makes `path` if it is missing. The lock is held as long as the file that comes back is open, and
// ends with the process, however that ends. FailedPrecondition: another process has it.
absl::StatusOr<File> LockDirectory(const std::string& path);

// Makes the file `path` with `contents`: after a crash it has them all, or does not exist.
absl::Status CreateFile(const std::string& path, const std::string& contents);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_
