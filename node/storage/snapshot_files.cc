#include "node/storage/snapshot_files.h"

#include <utility>

#include "node/base/concat.h"
#include "node/storage/snapshot_directory.h"
#include "node/storage/snapshot_load.h"
#include "node/storage/snapshot_names.h"

namespace tidemark::storage {
namespace {

absl::StatusOr<LoadedSnapshot> ReadNewest(const SnapshotNames& names, FileSystem* file_system,
                                          const std::string& directory) {
  if (names.installed.empty()) return LoadedSnapshot{};
  const raft::LogPosition newest = names.installed.back();
  const std::string path = directory + "/" + SnapshotName(newest);
  absl::StatusOr<LoadedSnapshot> loaded = LoadSnapshot(file_system, path);
  if (loaded.ok() && loaded->snapshot->last_included != newest) {
    return absl::DataLossError(
        Concat(path,
               " is damaged at byte 0: its name is that of another snapshot than the one in "
               "it, which goes up to entry ",
               loaded->snapshot->last_included.index.value(),
               ". Somebody has renamed it: put back the files as they were, or restore the "
               "directory from a backup"));
  }
  return loaded;
}

absl::Status RemoveDrafts(const SnapshotNames& names, FileSystem* file_system,
                          const std::string& directory, std::vector<std::string>* notices) {
  for (const std::string& name : names.drafts) {
    const std::string path = directory + "/" + name;
    if (absl::Status removed = file_system->Remove(path); !removed.ok()) return removed;
    notices->push_back(Concat("removed ", path,
                              ", a snapshot that was half written when the node stopped. Nothing "
                              "need be done"));
  }
  return names.drafts.empty() ? absl::OkStatus() : file_system->SyncDirectory(directory);
}

}  // namespace

absl::StatusOr<LoadedSnapshot> ReadNewestSnapshot(FileSystem* file_system,
                                                  const std::string& directory) {
  absl::StatusOr<SnapshotNames> names = ListSnapshots(*file_system, directory);
  if (!names.ok()) return names.status();
  return ReadNewest(*names, file_system, directory);
}

absl::StatusOr<OpenedSnapshots> OpenSnapshots(FileSystem* file_system,
                                              const std::string& directory) {
  absl::StatusOr<SnapshotNames> names = ListSnapshots(*file_system, directory);
  if (!names.ok()) return names.status();
  absl::StatusOr<LoadedSnapshot> loaded = ReadNewest(*names, file_system, directory);
  if (!loaded.ok()) return loaded.status();
  OpenedSnapshots opened;
  auto store = std::make_unique<SnapshotDirectory>(file_system, directory);
  const absl::Status removed = RemoveDrafts(*names, file_system, directory, &opened.notices);
  if (!removed.ok()) return removed;
  if (loaded->snapshot) {
    if (absl::Status adopted = store->Recover(*loaded->snapshot); !adopted.ok()) return adopted;
  }
  opened.store = std::move(store);
  opened.snapshot = std::move(loaded->snapshot);
  opened.machine = std::move(loaded->machine);
  return opened;
}

}  // namespace tidemark::storage
