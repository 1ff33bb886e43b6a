// A node's directory, looked at and not touched.
#ifndef TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_
#define TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_

#include <string>

#include "absl/status/statusor.h"
#include "node/storage/file_system.h"
#include "node/storage/identity.h"
#include "node/storage/log_recovery.h"
#include "node/storage/snapshot_files.h"

namespace tidemark::storage {

struct NodeDirectory {
  Identity identity;
  LoadedSnapshot snapshot;
  FoundLog log;
};

// Reads and verifies all of it; nothing is made, cut or mended. The caller holds the lock
// (`node_dir`/lock), or the node that runs may change it meanwhile. `visit` sees every record.
// Errors as OpenNodeStorage has them; NotFound: there is no identity, so it is no node's directory.
absl::StatusOr<NodeDirectory> ReadNodeDirectory(FileSystem* file_system,
                                                const std::string& node_dir,
                                                const RecordVisit& visit = nullptr);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_NODE_DIRECTORY_H_
