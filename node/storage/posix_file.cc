#include "node/storage/posix_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tidemark::storage {
namespace {

// Linux moves at most 2 GiB - 4 KiB at a time; asking for less keeps every count in range.
constexpr size_t kMaxBytesAtOnce = size_t{1} << 30;

const char* Advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return ". Make room there, then start the node again";
    case EFBIG:
      return ". Raise the limit of file size (ulimit -f), then start the node again";
    case EIO:
      return ". Look for disk errors (dmesg) before you start the node again";
    case EACCES:
    case EPERM:
      return ". The node's user must own this place; give it to that user or choose another";
    case EROFS:
      return ". Mount the file system writable, or choose another directory";
    case ENOTDIR:
      return ". Something in this path is a file; choose another directory";
    default:
      return "";
  }
}

std::string Parent(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

template <typename Call>
auto RetryInterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace

absl::Status SystemError(int error, const std::string& action, const std::string& path) {
  return absl::Status(absl::ErrnoToStatusCode(error),
                      absl::StrCat("cannot ", action, " ", path, ": ",
                                   std::generic_category().message(error), Advice(error)));
}

absl::StatusOr<File> File::Open(const std::string& path, int flags) {
  const int descriptor =
      RetryInterrupted([&] { return open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR); });
  if (descriptor < 0) return SystemError(errno, "open", path);
  return File(descriptor, path);
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

File::~File() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<uint64_t> File::Size() const {
  struct stat about = {};
  if (fstat(descriptor_, &about) != 0) return SystemError(errno, "look at", path_);
  return static_cast<uint64_t>(about.st_size);
}

absl::Status File::ReadAt(uint64_t offset, size_t bytes, char* to) const {
  while (bytes > 0) {
    const ssize_t got = RetryInterrupted([&] {
      return pread(descriptor_, to, std::min(bytes, kMaxBytesAtOnce), static_cast<off_t>(offset));
    });
    if (got < 0) return SystemError(errno, "read", path_);
    if (got == 0) {
      return absl::DataLossError(absl::StrCat(path_, " became shorter while it was read, at byte ",
                                              offset, ". Find out who else writes to it"));
    }
    offset += static_cast<uint64_t>(got);
    to += got;
    bytes -= static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::Status File::WriteAt(uint64_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t put = RetryInterrupted([&] {
      return pwrite(descriptor_, bytes.data(), std::min(bytes.size(), kMaxBytesAtOnce),
                    static_cast<off_t>(offset));
    });
    if (put < 0) return SystemError(errno, "write to", path_);
    // A regular file takes at least one byte or says why not; anything else would spin here.
    if (put == 0) return SystemError(EIO, "write to", path_);
    offset += static_cast<uint64_t>(put);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return absl::OkStatus();
}

absl::Status File::Truncate(uint64_t size) const {
  const int result =
      RetryInterrupted([&] { return ftruncate(descriptor_, static_cast<off_t>(size)); });
  return result == 0 ? absl::OkStatus() : SystemError(errno, "shorten", path_);
}

absl::Status File::SyncData() const {
  const int result = RetryInterrupted([&] { return fdatasync(descriptor_); });
  return result == 0 ? absl::OkStatus() : SystemError(errno, "sync to disk", path_);
}

absl::Status File::SyncAll() const {
  const int result = RetryInterrupted([&] { return fsync(descriptor_); });
  return result == 0 ? absl::OkStatus() : SystemError(errno, "sync to disk", path_);
}

absl::StatusOr<bool> File::TryLock() const {
  const int result = RetryInterrupted([&] { return flock(descriptor_, LOCK_EX | LOCK_NB); });
  if (result == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return SystemError(errno, "lock", path_);
}

bool Exists(const std::string& path) {
  struct stat about = {};
  return stat(path.c_str(), &about) == 0 || errno != ENOENT;
}

absl::Status MakeDirectories(const std::string& path) {
  if (mkdir(path.c_str(), S_IRWXU) == 0) return SyncDirectory(Parent(path));
  if (errno == EEXIST) return absl::OkStatus();
  const std::string parent = Parent(path);
  if (errno != ENOENT || Exists(parent)) return SystemError(errno, "make directory", path);
  if (absl::Status made = MakeDirectories(parent); !made.ok()) return made;
  if (mkdir(path.c_str(), S_IRWXU) == 0) return SyncDirectory(parent);
  return errno == EEXIST ? absl::OkStatus() : SystemError(errno, "make directory", path);
}

absl::Status SyncDirectory(const std::string& path) {
  absl::StatusOr<File> directory = File::Open(path, O_RDONLY | O_DIRECTORY);
  if (!directory.ok()) return directory.status();
  return directory->SyncAll();
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return SystemError(errno, "rename to " + to + " the file", from);
}

}  // namespace tidemark::storage
