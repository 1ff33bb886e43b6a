// The snapshot that a node starts from, and the store that goes on with it. README.md has the
// format.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_FILES_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_FILES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/kv/state_machine.h"
#include "node/raft/snapshot.h"
#include "node/storage/file_system.h"
#include "node/storage/snapshot_store.h"

namespace tidemark::storage {

// The newest one that was installed; both empty if there is none.
struct LoadedSnapshot {
  std::optional<raft::Snapshot> snapshot;
  std::shared_ptr<kv::StateMachine> machine;
};

// Looks and changes nothing. `directory` is one node's and must exist. DataLoss: the snapshot is
// damaged; names the file, the offset and what to do. Older ones beside it are not looked at: the
// log need not go back to them.
absl::StatusOr<LoadedSnapshot> ReadNewestSnapshot(FileSystem* file_system,
                                                  const std::string& directory);

struct OpenedSnapshots {
  std::unique_ptr<SnapshotStore> store;
  std::optional<raft::Snapshot> snapshot;
  std::shared_ptr<kv::StateMachine> machine;
  std::vector<std::string> notices;  // for the operator, one line each
};

// The same, then removes what a crash left half done, and snapshots that a newer one has replaced.
// The caller holds the node's lock. `file_system` outlives the store.
absl::StatusOr<OpenedSnapshots> OpenSnapshots(FileSystem* file_system,
                                              const std::string& directory);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_FILES_H_
