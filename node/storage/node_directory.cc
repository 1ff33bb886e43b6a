#include "node/storage/node_directory.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::storage {

absl::StatusOr<NodeDirectory> ReadNodeDirectory(FileSystem* file_system,
                                                const std::string& node_dir,
                                                const RecordVisit& visit) {
  absl::StatusOr<std::optional<Identity>> identity = ReadIdentity(file_system, node_dir);
  if (!identity.ok()) return identity.status();
  if (!identity->has_value()) {
    return absl::NotFoundError(
        Concat(IdentityPath(node_dir), " is missing: this is no directory of a node"));
  }
  absl::StatusOr<LoadedSnapshot> snapshot = ReadNewestSnapshot(file_system, node_dir);
  if (!snapshot.ok()) return snapshot.status();
  absl::StatusOr<FoundLog> log =
      ReadLog(file_system, node_dir, (*identity)->owner.incarnation, snapshot->snapshot, visit);
  if (!log.ok()) return log.status();
  return NodeDirectory{**std::move(identity), *std::move(snapshot), *std::move(log)};
}

}  // namespace tidemark::storage
