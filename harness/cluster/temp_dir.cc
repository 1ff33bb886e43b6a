#include "harness/cluster/temp_dir.h"

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
#include <vector>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::cluster {
namespace {

namespace fs = std::filesystem;

// A directory of ours gets this name only when it is locked: nobody can find it free in between.
constexpr std::string_view kLocked = "tidemark.";

// The directory's own lock, or -1: somebody has it, or it is not ours.
int Lock(const std::string& dir) {
  const int fd = open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return -1;
}

void RemoveLeftovers(const std::string& base) {
  std::error_code ignored;
  std::vector<std::string> leftovers;
  for (fs::directory_iterator entry(base, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename();
    if (name.substr(0, kLocked.size()) == kLocked) leftovers.push_back(entry->path());
  }
  for (const std::string& dir : leftovers) {
    const int lock = Lock(dir);
    if (lock < 0) continue;
    fs::remove_all(dir, ignored);
    close(lock);
  }
}

}  // namespace

absl::StatusOr<TempDir> TempDir::Create() {
  const char* bases[] = {"/dev/shm", std::getenv("TEST_TMPDIR"), std::getenv("TMPDIR"), "/tmp"};
  for (const char* base : bases) {
    if (base == nullptr) continue;
    std::string unlocked = Concat(base, "/tidemark-new-XXXXXX");
    if (mkdtemp(unlocked.data()) == nullptr) continue;
    const int lock = Lock(unlocked);
    std::string path = Concat(base, "/", kLocked, getpid(), ".",
                              std::string_view(unlocked).substr(unlocked.size() - 6));
    if (lock < 0 || std::rename(unlocked.c_str(), path.c_str()) != 0) {
      const int error = errno;
      if (lock >= 0) close(lock);
      rmdir(unlocked.c_str());
      return absl::ErrnoToStatus(error, Concat("cannot lock ", unlocked));
    }
    RemoveLeftovers(base);
    return TempDir(std::move(path), lock);
  }
  return absl::ErrnoToStatus(errno, "cannot make a temporary directory in /dev/shm or /tmp");
}

TempDir::TempDir(std::string path, int lock)
    : path_(std::move(path)), lock_(lock), owner_(getpid()) {}

TempDir::TempDir(TempDir&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, -1)),
      owner_(other.owner_) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  std::swap(owner_, other.owner_);
  return *this;
}

TempDir::~TempDir() {
  std::error_code ignored;
  if (!path_.empty() && owner_ == getpid()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) close(lock_);
}

}  // namespace tidemark::cluster
