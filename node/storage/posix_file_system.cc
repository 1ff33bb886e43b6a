#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
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
  // The same, of a plain file: who opens a pipe waits for the other end.
  static absl::StatusOr<Descriptor> OpenFile(const std::string& path, int flags) {
    absl::StatusOr<Descriptor> opened = Open(path, flags | O_NONBLOCK | O_NOCTTY);
    struct stat about = {};
    // What cannot be opened for writing may be no file either.
    if (!opened.ok()) {
      const bool other = stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode);
      return other ? NoFile(path, about.st_mode) : opened.status();
    }
    if (fstat(opened->number(), &about) != 0) return SystemError(errno, "look at", path);
    if (!S_ISREG(about.st_mode)) return NoFile(path, about.st_mode);
    return opened;
  }

  int number() const { return number_; }
  const std::string& path() const { return path_; }

 private:
  static absl::Status NoFile(const std::string& path, mode_t mode) {
    const char* const what = S_ISDIR(mode)    ? "a directory"
                             : S_ISFIFO(mode) ? "a pipe"
                             : S_ISSOCK(mode) ? "a socket"
                                              : "a device";
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is ", what,
                     ", where a node keeps a plain file. Find out who put it there, and put back "
                     "what was there before"));
  }

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

// On the file, and on its directory: who removes the file and starts another process finds that one
// taken all the same.
class PosixLock final : public Lock {
 public:
  // Without a file where there is none. `how`: flock's LOCK_EX or LOCK_SH.
  static absl::StatusOr<std::unique_ptr<Lock>> Take(const std::string& path, int how,
                                                    std::optional<Descriptor> file) {
    absl::StatusOr<Descriptor> directory = Descriptor::Open(Parent(path), O_RDONLY | O_DIRECTORY);
    if (!directory.ok()) return directory.status();
    // Not all file systems lock directories.
    if (Flock(*directory, how) == EWOULDBLOCK) return InUse(path);
    const int error = file ? Flock(*file, how) : 0;
    if (error == EWOULDBLOCK) return InUse(path);
    if (error != 0) return SystemError(error, "lock", path);
    return std::unique_ptr<Lock>(new PosixLock(path, *std::move(directory), std::move(file)));
  }

  absl::Status Check() const override {
    struct stat now = {};
    struct stat held = {};
    if (!file_ || fstat(file_->number(), &held) != 0) return absl::OkStatus();
    if (stat(path_.c_str(), &now) != 0) {
      if (errno != ENOENT && errno != ENOTDIR) return absl::OkStatus();
      return Gone("is no longer there");
    }
    const bool same = now.st_dev == held.st_dev && now.st_ino == held.st_ino;
    return same ? absl::OkStatus() : Gone("is no longer the file that it was");
  }

 private:
  PosixLock(std::string path, Descriptor directory, std::optional<Descriptor> file)
      : path_(std::move(path)), directory_(std::move(directory)), file_(std::move(file)) {}

  static int Flock(const Descriptor& file, int how) {
    const int result = RetryInterrupted([&] { return flock(file.number(), how | LOCK_NB); });
    return result == 0 ? 0 : errno;
  }

  absl::Status Gone(std::string_view what) const {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, " ", std::string(what),
                     ": somebody has removed or replaced it, or its directory, under the running "
                     "node, and another process may use that place now"));
  }

  const std::string path_;
  const Descriptor directory_;
  const std::optional<Descriptor> file_;
};

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
    absl::StatusOr<Descriptor> descriptor = Descriptor::OpenFile(path, Flags(mode));
    if (!descriptor.ok()) return descriptor.status();
    return std::make_unique<PosixFile>(*std::move(descriptor));
  }

  // What cannot be looked at is there: better to fail on it than to make another one.
  bool Exists(const std::string& path) const override {
    struct stat about = {};
    return stat(path.c_str(), &about) == 0 || (errno != ENOENT && errno != ENOTDIR);
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
    absl::StatusOr<Descriptor> file = Descriptor::OpenFile(path, O_RDWR | O_CREAT);
    if (!file.ok()) return file.status();
    return PosixLock::Take(path, LOCK_EX, *std::move(file));
  }

  absl::StatusOr<std::unique_ptr<Lock>> ShareLock(const std::string& path) override {
    absl::StatusOr<Descriptor> file = Descriptor::OpenFile(path, O_RDONLY);
    if (file.ok()) return PosixLock::Take(path, LOCK_SH, *std::move(file));
    if (!absl::IsNotFound(file.status())) return file.status();
    return PosixLock::Take(path, LOCK_SH, std::nullopt);
  }
};

}  // namespace

FileSystem* PosixFileSystem() {
  static Posix* const posix = new Posix;
  return posix;
}

}  // namespace tidemark::storage
