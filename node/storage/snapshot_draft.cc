#include "node/storage/snapshot_draft.h"

#include <utility>

namespace tidemark::storage {
namespace {

// A disk that is handed all of a large file at once keeps the log's fdatasync waiting for it.
constexpr uint64_t kSyncEveryBytes = uint64_t{4} << 20;

}  // namespace

absl::StatusOr<SnapshotDraft> SnapshotDraft::Create(FileSystem* file_system,
                                                    const std::string& path) {
  absl::StatusOr<std::unique_ptr<File>> file = file_system->Open(path, FileSystem::Mode::kCreate);
  if (!file.ok()) return file.status();
  return SnapshotDraft(*std::move(file));
}

absl::Status SnapshotDraft::Append(std::string_view bytes) {
  if (absl::Status put = file_->WriteAt(bytes_, bytes); !put.ok()) return put;
  bytes_ += bytes.size();
  checksum_.Add(bytes);
  unsynced_ += bytes.size();
  if (unsynced_ < kSyncEveryBytes) return absl::OkStatus();
  unsynced_ = 0;
  return file_->SyncData();
}

}  // namespace tidemark::storage
