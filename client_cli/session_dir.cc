#include "client_cli/session_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLock = "session.lock";

// The lock gets its name when it is held: nobody can find it free in between.
absl::StatusOr<int> Lock(const std::string& dir) {
  const std::string lock = Concat(dir, "/", kLock);
  const std::string unnamed = Concat(lock, ".new");
  const int fd = open(unnamed.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
      std::rename(unnamed.c_str(), lock.c_str()) == 0) {
    return fd;
  }
  const int error = errno;
  if (fd >= 0) close(fd);
  return absl::ErrnoToStatus(error, Concat("cannot lock ", lock));
}

bool OwnerIsDead(const fs::path& dir) {
  const int fd = open((dir / kLock).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool dead = flock(fd, LOCK_EX | LOCK_NB) == 0;
  close(fd);
  return dead;
}

void RemoveLeftovers(const std::string& base) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(base, ignored)) {
    const std::string name = entry.path().filename();
    if (name.substr(0, 9) == "tidemark-" && OwnerIsDead(entry.path())) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

}  // namespace

absl::StatusOr<SessionDir> SessionDir::Create() {
  absl::StatusOr<cluster::TempDir> dir = cluster::TempDir::Create();
  if (!dir.ok()) return dir.status();
  absl::StatusOr<int> lock = Lock(dir->path());
  if (!lock.ok()) return lock.status();
  RemoveLeftovers(fs::path(dir->path()).parent_path());
  return SessionDir(*std::move(dir), *lock);
}

SessionDir::SessionDir(cluster::TempDir dir, int lock) : dir_(std::move(dir)), lock_(lock) {}

SessionDir::SessionDir(SessionDir&& other) noexcept
    : dir_(std::move(other.dir_)), lock_(std::exchange(other.lock_, -1)) {}

SessionDir::~SessionDir() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace tidemark::client
