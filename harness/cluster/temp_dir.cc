#include "harness/cluster/temp_dir.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::cluster {

absl::StatusOr<TempDir> TempDir::Create() {
  const char* bases[] = {"/dev/shm", std::getenv("TEST_TMPDIR"), std::getenv("TMPDIR"), "/tmp"};
  for (const char* base : bases) {
    if (base == nullptr) continue;
    std::string path = Concat(base, "/tidemark-XXXXXX");
    if (mkdtemp(path.data()) != nullptr) return TempDir(std::move(path));
  }
  return absl::ErrnoToStatus(errno, "cannot make a temporary directory in /dev/shm or /tmp");
}

TempDir::TempDir(std::string path) : path_(std::move(path)), owner_(getpid()) {}

TempDir::TempDir(TempDir&& other) noexcept
    : path_(std::exchange(other.path_, {})), owner_(other.owner_) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(owner_, other.owner_);
  return *this;
}

TempDir::~TempDir() {
  if (path_.empty() || owner_ != getpid()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace tidemark::cluster
