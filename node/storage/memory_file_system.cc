#include "node/storage/memory_file_system.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tidemark::storage {
namespace {

absl::Status Missing(const std::string& path) {
  return absl::NotFoundError(absl::StrCat("there is no file ", path));
}

class MemoryFile final : public File {
 public:
  MemoryFile(const std::string& path, std::shared_ptr<std::string> contents)
      : path_(path), contents_(std::move(contents)) {}

  const std::string& path() const override { return path_; }
  absl::StatusOr<uint64_t> Size() const override { return contents_->size(); }

  absl::Status ReadAt(uint64_t offset, size_t bytes, char* to) const override {
    if (offset > contents_->size() || contents_->size() - offset < bytes) {
      return absl::DataLossError(absl::StrCat(path_, " ends before byte ", offset + bytes));
    }
    std::copy_n(contents_->data() + offset, bytes, to);
    return absl::OkStatus();
  }

  absl::Status WriteAt(uint64_t offset, std::string_view bytes) override {
    if (contents_->size() < offset + bytes.size()) contents_->resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), contents_->begin() + static_cast<int64_t>(offset));
    return absl::OkStatus();
  }

  absl::Status Truncate(uint64_t size) override {
    contents_->resize(size);
    return absl::OkStatus();
  }
  absl::Status SyncData() override { return absl::OkStatus(); }
  absl::Status SyncAll() override { return absl::OkStatus(); }

 private:
  const std::string path_;
  const std::shared_ptr<std::string> contents_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<File>> MemoryFileSystem::Open(const std::string& path, Mode mode) {
  auto found = files_.find(path);
  if (mode == Mode::kCreate) {
    // Whoever has the former one open keeps it.
    found = files_.insert_or_assign(path, std::make_shared<std::string>()).first;
  }
  if (found == files_.end()) return Missing(path);
  return std::make_unique<MemoryFile>(path, found->second);
}

absl::StatusOr<std::vector<std::string>> MemoryFileSystem::List(
    const std::string& directory) const {
  const std::string beginning = directory + "/";
  std::vector<std::string> names;
  for (auto it = files_.lower_bound(beginning); it != files_.end(); ++it) {
    if (it->first.compare(0, beginning.size(), beginning) != 0) break;
    names.push_back(it->first.substr(beginning.size()));
  }
  return names;
}

absl::Status MemoryFileSystem::Rename(const std::string& from, const std::string& to) {
  auto found = files_.find(from);
  if (found == files_.end()) return Missing(from);
  files_.insert_or_assign(to, std::move(found->second));
  files_.erase(found);
  return absl::OkStatus();
}

absl::Status MemoryFileSystem::Remove(const std::string& path) {
  return files_.erase(path) > 0 ? absl::OkStatus() : Missing(path);
}

absl::StatusOr<std::unique_ptr<Lock>> MemoryFileSystem::TakeLock(const std::string& /*path*/) {
  return std::make_unique<Lock>();
}

}  // namespace tidemark::storage
