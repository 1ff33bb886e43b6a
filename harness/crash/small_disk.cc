#include "harness/crash/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tidemark::crash {
namespace {

absl::Status WriteProcFile(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (file.flush()) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat("cannot write ", path));
}

// Root in there is who we are out here.
absl::Status MapIds(uid_t user, gid_t group) {
  if (absl::Status set = WriteProcFile("/proc/self/setgroups", "deny"); !set.ok()) return set;
  const std::string users = absl::StrCat("0 ", user, " 1");
  if (absl::Status set = WriteProcFile("/proc/self/uid_map", users); !set.ok()) return set;
  return WriteProcFile("/proc/self/gid_map", absl::StrCat("0 ", group, " 1"));
}

absl::Status MakeNamespaces() {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) return MapIds(user, group);
  const int error = errno;
  // In a changed root there are no user namespaces; who is root needs none.
  if (unshare(CLONE_NEWNS) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(
      error,
      "cannot make a user and a mount namespace (man 2 unshare), in which this test mounts small "
      "disks. Allow them (sysctl kernel.unprivileged_userns_clone=1, or "
      "user.max_user_namespaces), or run it outside the sandbox "
      "(bazel test --spawn_strategy=local)");
}

}  // namespace

absl::Status EnterOwnMounts() {
  if (absl::Status made = MakeNamespaces(); !made.ok()) return made;
  // A changed root is no mount of its own: what is mounted below it goes with this process all the
  // same.
  const bool own = mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  if (own || errno == EINVAL) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "cannot make this process's mounts its own");
}

absl::StatusOr<SmallDisk> SmallDisk::Mount(const std::string& path, uint64_t bytes) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", path));
  }
  const std::string size = absl::StrCat("size=", bytes);
  if (mount("tmpfs", path.c_str(), "tmpfs", 0, size.c_str()) == 0) return SmallDisk(path);
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot mount a tmpfs of ", bytes, " at ", path));
}

SmallDisk::~SmallDisk() {
  if (!path_.empty()) umount2(path_.c_str(), MNT_DETACH);
}

absl::Status SmallDisk::Fill() const {
  const int fd = open(Filler().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", Filler()));
  const std::vector<char> page(4096, 'f');
  while (write(fd, page.data(), page.size()) > 0) continue;
  const int error = errno;
  close(fd);
  if (error == ENOSPC) return absl::OkStatus();
  return absl::ErrnoToStatus(error, absl::StrCat("cannot fill ", Filler()));
}

absl::Status SmallDisk::Empty() const {
  if (unlink(Filler().c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot remove ", Filler()));
}

}  // namespace tidemark::crash
