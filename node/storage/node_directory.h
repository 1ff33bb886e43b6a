// Whether the files in a node's directory belong together.
#ifndef TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_
#define TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/storage/file_system.h"
#include "node/storage/identity.h"
#include "node/storage/log_recovery.h"

namespace tidemark::storage {

// The identity is written last, and nothing is promised before. So what a start that came to no end
// left has no identity and no record. Looks whether that is so, and changes nothing. DataLoss:
// there was a node (names what it left); FailedPrecondition: another format's.
absl::Status CheckLeftovers(FileSystem* file_system, const std::string& node_dir);

// An identity is of the cluster of the log and its snapshot, or of one that this one has replaced,
// as the log says, or of none yet: an entry that names a cluster is on disk before the identity
// does. DataLoss: it is of another.
absl::Status CheckCluster(const std::string& node_dir, const Identity& identity,
                          const FoundLog& found);

// Names of what is in the directory and no node has put there, sorted.
absl::StatusOr<std::vector<std::string>> StrayNames(const FileSystem& file_system,
                                                    const std::string& node_dir);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_
