#include "harness/transcript/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "node/base/concat.h"

namespace tidemark::transcript {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(errno, Concat("cannot ", what, " ", path));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  const int number_;
};

absl::Status AddFolder(const std::string& folder, std::vector<std::string>* files) {
  std::vector<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, fs::directory_options::follow_directory_symlink,
                                      error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".jsonl" && it->is_regular_file()) {
      found.push_back(it->path().lexically_normal());
    }
  }
  if (error) return absl::NotFoundError(Concat("cannot list ", folder, ": ", error.message()));
  std::sort(found.begin(), found.end());
  std::move(found.begin(), found.end(), std::back_inserter(*files));
  return absl::OkStatus();
}

// mkstemp's file until it is renamed.
class NewFile {
 public:
  explicit NewFile(const std::string& target) : path_(target + ".XXXXXX") {
    fd_ = mkstemp(path_.data());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (fd_ < 0) return;
    close(fd_);
    if (!renamed_) unlink(path_.c_str());
  }

  bool ok() const { return fd_ >= 0; }
  bool Write(std::string_view text) {
    while (!text.empty()) {
      ssize_t wrote = write(fd_, text.data(), text.size());
      if (wrote < 0) return false;
      text.remove_prefix(static_cast<size_t>(wrote));
    }
    return true;
  }
  bool TakePlaceOf(const std::string& target, mode_t mode) {
    renamed_ = fchmod(fd_, mode) == 0 && rename(path_.c_str(), target.c_str()) == 0;
    return renamed_;
  }

 private:
  std::string path_;
  int fd_;
  bool renamed_ = false;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> FindTranscripts(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      if (absl::Status status = AddFolder(path, &files); !status.ok()) return status;
    } else if (fs::exists(path, error)) {
      files.push_back(path);
    } else {
      return absl::NotFoundError(Concat("there is no ", path));
    }
  }
  return files;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return Failed("read", path);
  std::string text;
  std::array<char, size_t{64} << 10> chunk;
  while (true) {
    const ssize_t got = read(file.number(), chunk.data(), chunk.size());
    if (got == 0) return text;
    if (got > 0) {
      text.append(chunk.data(), static_cast<size_t>(got));
    } else if (errno != EINTR) {
      return Failed("read", path);  // a directory, for one, opens well
    }
  }
}

std::string TailOf(const std::string& path, int lines) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return "";
  while (!text->empty() && text->back() == '\n') text->pop_back();
  size_t begin = text->size();
  while (begin > 0 && ((*text)[begin - 1] != '\n' || --lines > 0)) --begin;
  return text->substr(begin);
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view text) {
  std::error_code error;
  fs::path resolved = fs::canonical(path, error);
  const std::string target = error ? path : resolved.string();
  struct stat old = {};
  const mode_t mode = stat(target.c_str(), &old) == 0 ? old.st_mode & 07777 : 0644;
  NewFile file(target);
  if (!file.ok() || !file.Write(text) || !file.TakePlaceOf(target, mode)) {
    return Failed("write", path);
  }
  return absl::OkStatus();
}

}  // namespace tidemark::transcript
