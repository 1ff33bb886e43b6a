// A state's bytes into a snapshot's file.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_WRITER_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_WRITER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/snapshot.h"
#include "node/storage/file_system.h"
#include "node/storage/snapshot_checksum.h"
#include "node/storage/snapshot_draft.h"
#include "node/storage/snapshot_format.h"
#include "zstd.h"

namespace tidemark::storage {

// After an error, which is the file system's, it is of no more use. Equal states, however they are
// cut, give equal files.
class SnapshotWriter {
 public:
  static absl::StatusOr<SnapshotWriter> Create(FileSystem* file_system, const std::string& path,
                                               const raft::Snapshot& snapshot);

  absl::Status Add(std::string_view state);
  // Ends the file and syncs it. Returns the snapshot with bytes and checksum.
  absl::StatusOr<raft::Snapshot> Finish();

  const std::string& path() const { return draft_.path(); }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };

  SnapshotWriter(SnapshotDraft draft, const raft::Snapshot& snapshot);
  absl::Status WriteBlock();
  absl::Status WritePayload(size_t state_bytes, std::string_view payload);

  SnapshotDraft draft_;
  raft::Snapshot snapshot_;
  std::unique_ptr<ZSTD_CCtx, Free> context_;
  std::string block_;   // the state's bytes that are not written yet
  std::string packed_;  // room for them when they are
  SnapshotEnd end_;
  RunningChecksum state_checksum_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_WRITER_H_
