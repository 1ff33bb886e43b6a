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
#include "node/storage/file_system.h"
#include "node/storage/system_error.h"

namespace tidemark::storage {
namespace {

// Linux moves at most 2 GiB - 4 KiB at a time; asking for less keeps every count in range.
constexpr size_t kMaxBytesAtOnce = size_t{1} << 30;

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

absl::Status StatusOf(int result, const std::string& action, const std::string& path) {
  return result == 0 ? absl::OkStatus() : SystemError(errno, action, path);
}

class Descriptor {
 public:
  Descriptor(int number, const std::string& path) : number_(number), path_(path) {}
  Descriptor(Descriptor&& other) noexcept
      : number_(std::exchange(other.number_, -1)), path_(std::move(other.path_)) {}
  Descriptor& operator=(Descriptor&& other) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }

  // `flags` are open(2)'s; files that are made are their owner's alone.
  static absl::StatusOr<Descriptor> Open(const std::string& path, int flags) {
    const int number =
        RetryInterrupted([&] { return open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR); });
    if (number < 0) return SystemError(errno, "open", path);
    return Descriptor(number, path);
  }

  int number() const { return number_; }
  const std::string& path() const { return path_; }

 private:
  int number_ = -1;
  std::string path_;
};

class PosixFile final : public File {
 public:
  explicit PosixFile(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  const std::string& path() const override { return descriptor_.path(); }

  absl::StatusOr<uint64_t> Size() const override {
    struct stat about = {};
    if (fstat(descriptor_.number(), &about) != 0) return SystemError(errno, "look at", path());
    return static_cast<uint64_t>(about.st_size);
  }

  absl::Status ReadAt(uint64_t offset, size_t bytes, char* to) const override {
    while (bytes > 0) {
      const ssize_t got = RetryInterrupted([&] {
        return pread(descriptor_.number(), to, std::min(bytes, kMaxBytesAtOnce),
                     static_cast<off_t>(offset));
      });
      if (got < 0) return SystemError(errno, "read", path());
      if (got == 0) return EndedEarly(offset);
      offset += static_cast<uint64_t>(got);
      to += got;
      bytes -= static_cast<size_t>(got);
    }
    return absl::OkStatus();
  }

  absl::Status WriteAt(uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put = RetryInterrupted([&] {
        return pwrite(descriptor_.number(), bytes.data(), std::min(bytes.size(), kMaxBytesAtOnce),
                      static_cast<off_t>(offset));
      });
      if (put < 0) return SystemError(errno, "write to", path());
      // A regular file takes at least one byte or says why not; anything else would spin here.
      if (put == 0) return SystemError(EIO, "write to", path());
      offset += static_cast<uint64_t>(put);
      bytes.remove_prefix(static_cast<size_t>(put));
    }
    return absl::OkStatus();
  }

  void StartWriting(uint64_t offset, uint64_t bytes) override {
    // What comes of it is for the sync to say.
    (void)sync_file_range(descriptor_.number(), static_cast<off64_t>(offset),
                          static_cast<off64_t>(bytes), SYNC_FILE_RANGE_WRITE);
  }

  absl::Status Truncate(uint64_t size) override {
    const int result =
        RetryInterrupted([&] { return ftruncate(descriptor_.number(), static_cast<off_t>(size)); });
    return StatusOf(result, "change the length of", path());
  }

  absl::Status SyncData() override {
    const int result = RetryInterrupted([&] { return fdatasync(descriptor_.number()); });
    return StatusOf(result, "sync to disk", path());
  }

  absl::Status SyncAll() override {
    const int result = RetryInterrupted([&] { return fsync(descriptor_.number()); });
    return StatusOf(result, "sync to disk", path());
  }

 private:
  absl::Status EndedEarly(uint64_t offset) const {
    return absl::DataLossError(absl::StrCat(path(), " ended while it was read, at byte ", offset,
                                            ". Find out who else writes to it"));
  }

  Descriptor descriptor_;
};

class PosixLock final : public Lock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

absl::Status Locked(const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrCat(Parent(path), " is in use by another process, which holds the lock on ", path,
                   ". Stop that process (fuser ", path,
                   " names it), or give this node another directory. Do not delete the lock"));
}

int Flags(FileSystem::Mode mode) {
  switch (mode) {
    case FileSystem::Mode::kRead:
      return O_RDONLY;
    case FileSystem::Mode::kReadWrite:
      return O_RDWR;
    case FileSystem::Mode::kCreate:
      break;
  }
  return O_RDWR | O_CREAT | O_TRUNC;
}

class Posix final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override {
    absl::StatusOr<Descriptor> descriptor = Descriptor::Open(path, Flags(mode));
    if (!descriptor.ok()) return descriptor.status();
    return std::make_unique<PosixFile>(*std::move(descriptor));
  }

  // What cannot be looked at is there: better to fail on it than to make another one.
  bool Exists(const std::string& path) const override {
    struct stat about = {};
    return stat(path.c_str(), &about) == 0 || errno != ENOENT;
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const override {
    std::error_code error;
    std::vector<std::string> names;
    std::filesystem::directory_iterator next(directory, error);
    while (!error && next != std::filesystem::directory_iterator()) {
      names.push_back(next->path().filename().string());
      next.increment(error);
    }
    if (error) return SystemError(error.value(), "list", directory);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status MakeDirectories(const std::string& path) override {
    if (mkdir(path.c_str(), S_IRWXU) == 0) return SyncDirectory(Parent(path));
    if (errno == EEXIST) return absl::OkStatus();
    const std::string parent = Parent(path);
    if (errno != ENOENT || Exists(parent)) return SystemError(errno, "make directory", path);
    if (absl::Status made = MakeDirectories(parent); !made.ok()) return made;
    if (mkdir(path.c_str(), S_IRWXU) == 0) return SyncDirectory(parent);
    return errno == EEXIST ? absl::OkStatus() : SystemError(errno, "make directory", path);
  }

  absl::Status SyncDirectory(const std::string& path) override {
    absl::StatusOr<Descriptor> directory = Descriptor::Open(path, O_RDONLY | O_DIRECTORY);
    if (!directory.ok()) return directory.status();
    const int result = RetryInterrupted([&] { return fsync(directory->number()); });
    return StatusOf(result, "sync to disk", path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    return StatusOf(rename(from.c_str(), to.c_str()), "rename to " + to + " the file", from);
  }

  absl::Status Remove(const std::string& path) override {
    return StatusOf(unlink(path.c_str()), "remove", path);
  }

  absl::StatusOr<std::unique_ptr<Lock>> TakeLock(const std::string& path) override {
    absl::StatusOr<Descriptor> descriptor = Descriptor::Open(path, O_RDWR | O_CREAT);
    if (!descriptor.ok()) return descriptor.status();
    const int result =
        RetryInterrupted([&] { return flock(descriptor->number(), LOCK_EX | LOCK_NB); });
    if (result == 0) return std::make_unique<PosixLock>(*std::move(descriptor));
    return errno == EWOULDBLOCK ? Locked(path) : SystemError(errno, "lock", path);
  }
};

}  // namespace

FileSystem* PosixFileSystem() {
  static Posix* const posix = new Posix;
  return posix;
}

}  // namespace tidemark::storage
