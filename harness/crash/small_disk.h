// Small disks of this process's own, to be filled up: tmpfs in a mount namespace, which also who is
// not root can have in a user namespace.
#ifndef TIDEMARK_HARNESS_CRASH_SMALL_DISK_H_
#define TIDEMARK_HARNESS_CRASH_SMALL_DISK_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tidemark::crash {

// From here on what this process mounts is seen by nobody but itself and its children. To be called
// before it has threads. Errors: the system forbids it, and what to do.
absl::Status EnterOwnMounts();

class SmallDisk {
 public:
  // A disk of `bytes` at `path`, a directory that is made for it; gone with the object.
  static absl::StatusOr<SmallDisk> Mount(const std::string& path, uint64_t bytes);
  SmallDisk(SmallDisk&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  SmallDisk& operator=(SmallDisk&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~SmallDisk();

  // Leaves no room: a file takes it all.
  absl::Status Fill() const;
  absl::Status Empty() const;

 private:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {}
  std::string Filler() const { return path_ + "/filler"; }

  std::string path_;  // empty: moved away
};

}  // namespace tidemark::crash

#endif  // TIDEMARK_HARNESS_CRASH_SMALL_DISK_H_
