// A file of zeros in the making, which is to become a segment: what is overwritten later needs no
// room on the disk, and no change of the file's length.
#ifndef TIDEMARK_NODE_STORAGE_PREPARED_FILE_H_
#define TIDEMARK_NODE_STORAGE_PREPARED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {

class PreparedFile {
 public:
  // Made if it is missing. What it holds already is overwritten, zeros too: they may stand where
  // the disk has nothing yet. `size`: what it is to have in the end.
  static absl::StatusOr<PreparedFile> Open(FileSystem* file_system, const std::string& path,
                                           uint64_t size);

  const std::string& path() const { return file_->path(); }
  // So many zeros, from the beginning, are on disk; a multiple of kBlockBytes.
  uint64_t ready() const { return ready_; }
  bool complete() const { return ready_ == size_; }

  // Prepares the next part. After ResourceExhausted it may be called again, later.
  absl::Status Prepare();
  // Until it is complete, or the disk is full (which is an error here).
  absl::Status PrepareAll();

  std::unique_ptr<File> Take() && { return std::move(file_); }

 private:
  PreparedFile(std::unique_ptr<File> file, uint64_t size) : file_(std::move(file)), size_(size) {}

  absl::Status Sync();

  std::unique_ptr<File> file_;
  uint64_t size_;
  uint64_t written_ = 0;
  uint64_t ready_ = 0;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_PREPARED_FILE_H_
