#include "node/inspect/node_reader.h"

#include <utility>

#include "node/storage/snapshot_names.h"

namespace tidemark::inspect {

absl::StatusOr<NodeReader> NodeReader::Open(storage::FileSystem* file_system,
                                            const std::string& directory) {
  NodeReader reader(file_system, directory);
  absl::StatusOr<std::unique_ptr<storage::Lock>> lock = file_system->ShareLock(directory + "/lock");
  if (!lock.ok()) return lock.status();
  reader.lock_ = *std::move(lock);
  return reader;
}

absl::StatusOr<std::optional<storage::Identity>> NodeReader::Identity() const {
  return storage::ReadIdentity(file_system_, directory_);
}

absl::StatusOr<std::optional<raft::LogPosition>> NodeReader::SnapshotPosition() const {
  absl::StatusOr<storage::SnapshotNames> names = storage::ListSnapshots(*file_system_, directory_);
  if (!names.ok()) return names.status();
  if (names->installed.empty()) return std::optional<raft::LogPosition>();
  return std::optional<raft::LogPosition>(names->installed.back());
}

absl::StatusOr<std::optional<std::string>> NodeReader::SnapshotPath() const {
  absl::StatusOr<std::optional<raft::LogPosition>> position = SnapshotPosition();
  if (!position.ok()) return position.status();
  if (!position->has_value()) return std::optional<std::string>();
  return std::optional<std::string>(directory_ + "/" + storage::SnapshotName(**position));
}

absl::StatusOr<storage::FoundLog> NodeReader::Log(const storage::Identity& identity,
                                                  std::optional<raft::Snapshot> snapshot,
                                                  const storage::RecordVisit& visit) const {
  absl::StatusOr<std::optional<raft::LogPosition>> position = SnapshotPosition();
  if (!position.ok()) return position.status();
  if (!snapshot && position->has_value()) snapshot.emplace().last_included = **position;
  return storage::ReadLog(file_system_, directory_, identity.owner.incarnation, snapshot, visit);
}

}  // namespace tidemark::inspect
