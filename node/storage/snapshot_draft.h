// A snapshot's file while it is written, from its beginning to its end, under a name that a start
// takes for leftovers.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_DRAFT_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_DRAFT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/storage/file_system.h"
#include "node/storage/snapshot_checksum.h"

namespace tidemark::storage {

// Errors are the file system's.
class SnapshotDraft {
 public:
  // Whatever is there is replaced.
  static absl::StatusOr<SnapshotDraft> Create(FileSystem* file_system, const std::string& path);

  absl::Status Append(std::string_view bytes);
  absl::Status Sync() { return file_->SyncAll(); }

  const std::string& path() const { return file_->path(); }
  uint64_t bytes() const { return bytes_; }
  uint64_t checksum() const { return checksum_.value(); }

 private:
  explicit SnapshotDraft(std::unique_ptr<File> file) : file_(std::move(file)) {}

  std::unique_ptr<File> file_;
  uint64_t bytes_ = 0;
  uint64_t unsynced_ = 0;
  RunningChecksum checksum_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_DRAFT_H_
