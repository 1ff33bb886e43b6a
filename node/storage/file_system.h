// What storage needs of a file system: the system's own, one in memory, one that a simulation
// makes fail. Errors say what was tried, on which file, and what to do. ResourceExhausted: there is
// no room on the disk, and there may be later. Any other error of a write or a sync is final: what
// it was about may or may not be on disk, and nothing may be retried.
#ifndef TIDEMARK_NODE_STORAGE_FILE_SYSTEM_H_
#define TIDEMARK_NODE_STORAGE_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tidemark::storage {

// An open file; closed at the end of its life.
class File {
 public:
  virtual ~File() = default;

  virtual const std::string& path() const = 0;
  virtual absl::StatusOr<uint64_t> Size() const = 0;
  // Exactly `bytes` bytes. DataLoss if the file ends before them.
  virtual absl::Status ReadAt(uint64_t offset, size_t bytes, char* to) const = 0;
  // All of `bytes`, or an error after which any part of them may be there.
  virtual absl::Status WriteAt(uint64_t offset, std::string_view bytes) = 0;
  // A hint: these bytes will be synced some time, and may be on their way until then.
  virtual void StartWriting(uint64_t /*offset*/, uint64_t /*bytes*/) {}
  virtual absl::Status Truncate(uint64_t size) = 0;
  // What was written to the disk (fdatasync): contents, and the length that they need.
  virtual absl::Status SyncData() = 0;
  // All of it (fsync): a length that was cut, too.
  virtual absl::Status SyncAll() = 0;
};

// Held as long as it lives, and not beyond the process.
class Lock {
 public:
  virtual ~Lock() = default;
  // Whether its file is still where it was taken. FailedPrecondition: it, or the directory, was
  // removed or replaced, and whoever comes next finds no lock there.
  virtual absl::Status Check() const { return absl::OkStatus(); }
};

// Whether a lock could not be taken because another process, or another part of this one, has it.
bool IsInUse(const absl::Status& status);
absl::Status InUse(const std::string& lock_path);

// Several threads may use one at once, each with files of its own.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  enum class Mode {
    kRead,       // must be there
    kReadWrite,  // must be there
    kCreate,     // made, or emptied if it is there
  };
  // FailedPrecondition: what has this name is no plain file.
  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) = 0;
  virtual bool Exists(const std::string& path) const = 0;
  // The names in the directory, sorted.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const = 0;
  // With all that are missing above it; each new name is on disk when this returns.
  virtual absl::Status MakeDirectories(const std::string& path) = 0;
  // The names in it to the disk: what was made, renamed and removed there.
  virtual absl::Status SyncDirectory(const std::string& path) = 0;
  // In one directory; replaces `to`.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;
  // Locks the directory that `path` is in, also against those who find another file there by then.
  // Makes the file if it is missing. IsInUse: somebody else, in this process or another, has it.
  virtual absl::StatusOr<std::unique_ptr<Lock>> TakeLock(const std::string& path) = 0;
  // For those who only look, of whom there may be several; keeps the others out. Changes nothing,
  // and needs no right to: where the file is missing it is not made.
  virtual absl::StatusOr<std::unique_ptr<Lock>> ShareLock(const std::string& path) = 0;
};

// The system's own; lives as long as the process.
FileSystem* PosixFileSystem();

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_FILE_SYSTEM_H_
