// What a node's snapshots are called in its directory.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_NAMES_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_NAMES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {

// One that is being taken, and one that is being sent to this node: leftovers at a start.
inline constexpr char kTakingName[] = "snapshot.taking";
inline constexpr char kReceivingName[] = "snapshot.receiving";

// One that was installed: "snapshot-<index>-<term>", sixteen hexadecimal digits each.
std::string SnapshotName(raft::LogPosition last_included);
// What SnapshotName made `name` of, or nullopt.
std::optional<raft::LogPosition> ParseSnapshotName(std::string_view name);

// What stands in a directory. Installed ones rise.
struct SnapshotNames {
  std::vector<raft::LogPosition> installed;
  std::vector<std::string> drafts;
};
absl::StatusOr<SnapshotNames> ListSnapshots(const FileSystem& file_system,
                                            const std::string& directory);

// Removes all that are installed but the one at `kept`; their names are off the disk when this
// returns.
absl::Status RemoveSnapshotsBut(raft::LogPosition kept, FileSystem* file_system,
                                const std::string& directory);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_NAMES_H_
