// Files as the system has them, with errors that say what was tried, on which file, and what to do.
#ifndef TIDEMARK_NODE_STORAGE_POSIX_FILE_H_
#define TIDEMARK_NODE_STORAGE_POSIX_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tidemark::storage {

// What errno `error` means when `action` ("write to", "open") failed on `path`.
absl::Status SystemError(int error, const std::string& action, const std::string& path);

// An open file; closed at the end of its life.
class File {
 public:
  // `flags` are open(2)'s; files that are made are their owner's alone.
  static absl::StatusOr<File> Open(const std::string& path, int flags);

  File(File&& other) noexcept;
  File& operator=(File&& other) = delete;
  ~File();

  const std::string& path() const { return path_; }

  absl::StatusOr<uint64_t> Size() const;
  // Exactly `bytes` bytes. DataLoss if the file ends before them.
  absl::Status ReadAt(uint64_t offset, size_t bytes, char* to) const;
  // All of `bytes`, or an error after which any part of them may be there.
  absl::Status WriteAt(uint64_t offset, std::string_view bytes) const;
  absl::Status Truncate(uint64_t size) const;
  // What was written to the disk (fdatasync): contents, and the length that it needs.
  absl::Status SyncData() const;
  // All of it (fsync): a length that was cut, too.
  absl::Status SyncAll() const;
  // False: somebody else, in this process or another, has the lock.
  absl::StatusOr<bool> TryLock() const;

 private:
  File(int descriptor, const std::string& path) : descriptor_(descriptor), path_(path) {}

  int descriptor_ = -1;
  std::string path_;
};

bool Exists(const std::string& path);
// With all that are missing above it; each new name is on disk when this returns.
absl::Status MakeDirectories(const std::string& path);
// The names in it to the disk.
absl::Status SyncDirectory(const std::string& path);
absl::Status Rename(const std::string& from, const std::string& to);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_POSIX_FILE_H_
