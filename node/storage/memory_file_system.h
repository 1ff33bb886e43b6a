// Files in memory, for a node that keeps nothing between its starts and still takes snapshots, lest
// its log grow for ever. Syncs have nothing to do.
#ifndef TIDEMARK_NODE_STORAGE_MEMORY_FILE_SYSTEM_H_
#define TIDEMARK_NODE_STORAGE_MEMORY_FILE_SYSTEM_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {

// There are no directories: a name is all of its path. One thread at a time.
class MemoryFileSystem final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override;
  bool Exists(const std::string& path) const override { return files_.count(path) > 0; }
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const override;
  absl::Status MakeDirectories(const std::string& /*path*/) override { return absl::OkStatus(); }
  absl::Status SyncDirectory(const std::string& /*path*/) override { return absl::OkStatus(); }
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<Lock>> TakeLock(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<Lock>> ShareLock(const std::string& path) override {
    return TakeLock(path);
  }

 private:
  // An open file goes on when its name has gone.
  std::map<std::string, std::shared_ptr<std::string>> files_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_MEMORY_FILE_SYSTEM_H_
