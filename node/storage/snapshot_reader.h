// A state's bytes out of a snapshot's file, each of them checked before it is given out.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_READER_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/snapshot.h"
#include "node/storage/file_system.h"
#include "node/storage/snapshot_checksum.h"
#include "node/storage/snapshot_format.h"
#include "zstd.h"

namespace tidemark::storage {

// Errors: DataLoss (damaged: names file and offset), FailedPrecondition (another format), and the
// file system's. After one, or the end, it is of no more use.
class SnapshotReader {
 public:
  static absl::StatusOr<SnapshotReader> Open(FileSystem* file_system, const std::string& path);

  // The state's next bytes, valid until the next call; nothing: that was all, and the file ended
  // where it should.
  absl::StatusOr<std::optional<std::string_view>> Next();

  // What the header says; bytes and checksum are zero before the end.
  const raft::Snapshot& snapshot() const { return snapshot_; }

  // DataLoss that names the file and the block whose bytes Next gave last.
  absl::Status Damaged(std::string_view what) const;

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  SnapshotReader(std::unique_ptr<File> file, uint64_t size);
  absl::Status ReadHeader();
  absl::Status ReadFrame(BlockFrame* frame);
  absl::Status ReadPayload(const BlockFrame& frame);
  absl::Status Unpack(const BlockFrame& frame);
  absl::Status CheckEnd();
  // The next `bytes` bytes of the file, appended to `to`.
  absl::Status Take(size_t bytes, std::string* to);

  std::unique_ptr<File> file_;
  uint64_t size_;
  uint64_t block_at_ = 0;  // the block under way
  uint64_t next_ = 0;      // the file's bytes that were taken
  RunningChecksum checksum_;
  raft::Snapshot snapshot_;
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  std::string payload_;
  std::string state_;
  SnapshotEnd seen_;
  RunningChecksum state_checksum_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_READER_H_
