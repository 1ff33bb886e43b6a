#include "node/storage/node_directory.h"

#include <fcntl.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tidemark::storage {

std::string DirectoryName(const raft::NodeId& node_id) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string name;
  for (const char c : node_id) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '_' || c == '-') {
      name += c;
    } else {
      name += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return name;
}

absl::StatusOr<File> LockDirectory(const std::string& path) {
  if (absl::Status made = MakeDirectories(path); !made.ok()) return made;
  absl::StatusOr<File> lock = File::Open(path + "/lock", O_RDWR | O_CREAT);
  if (!lock.ok()) return lock.status();
  absl::StatusOr<bool> locked = lock->TryLock();
  if (!locked.ok()) return locked.status();
  if (!*locked) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " is in use by another process, which holds the lock on ", path,
        "/lock. Stop that process (fuser ", path,
        "/lock names it), or give this node another directory. Do not delete the lock"));
  }
  return lock;
}

absl::Status CreateFile(const std::string& path, const std::string& contents) {
  const std::string draft = path + ".new";
  absl::StatusOr<File> file = File::Open(draft, O_RDWR | O_CREAT | O_TRUNC);
  if (!file.ok()) return file.status();
  if (absl::Status put = file->WriteAt(0, contents); !put.ok()) return put;
  if (absl::Status synced = file->SyncAll(); !synced.ok()) return synced;
  return Rename(draft, path);
}

}  // namespace tidemark::storage
