#include "node/storage/prepared_file.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "node/base/assert.h"
#include "node/storage/segment.h"

namespace tidemark::storage {
namespace {

constexpr uint64_t kPartBytes = uint64_t{64} << 10;
constexpr uint64_t kSyncEveryBytes = uint64_t{16} << 20;

std::string_view Zeros(uint64_t bytes) {
  static const auto* const zeros = new std::string(kPartBytes, '\0');
  TM_ASSERT(bytes <= kPartBytes);
  return std::string_view(*zeros).substr(0, bytes);
}

}  // namespace

absl::StatusOr<PreparedFile> PreparedFile::Open(FileSystem* file_system, const std::string& path,
                                                uint64_t size) {
  TM_ASSERT(size > 0 && size % kBlockBytes == 0);
  const auto mode =
      file_system->Exists(path) ? FileSystem::Mode::kReadWrite : FileSystem::Mode::kCreate;
  absl::StatusOr<std::unique_ptr<File>> file = file_system->Open(path, mode);
  if (!file.ok()) return file.status();
  PreparedFile prepared(*std::move(file), size);
  absl::StatusOr<uint64_t> there = prepared.file_->Size();
  if (!there.ok()) return there.status();
  if (*there > size) {
    if (absl::Status cut = prepared.file_->Truncate(size); !cut.ok()) return cut;
  }
  return prepared;
}

absl::Status PreparedFile::Prepare() {
  if (complete()) return absl::OkStatus();
  const uint64_t part = std::min(kPartBytes, size_ - written_);
  absl::Status put = file_->WriteAt(written_, Zeros(part));
  if (put.ok()) {
    file_->StartWriting(written_, part);
    written_ += part;
  }
  const bool due = written_ == size_ || written_ - ready_ >= kSyncEveryBytes || !put.ok();
  if (due && written_ > ready_ && (put.ok() || absl::IsResourceExhausted(put))) {
    if (absl::Status synced = Sync(); !synced.ok()) return synced;
  }
  return put;
}

absl::Status PreparedFile::PrepareAll() {
  while (!complete()) {
    if (absl::Status prepared = Prepare(); !prepared.ok()) return prepared;
  }
  return absl::OkStatus();
}

// A disk that turns out to be full only now has kept nothing for sure.
absl::Status PreparedFile::Sync() {
  absl::Status synced = file_->SyncData();
  if (synced.ok()) {
    ready_ = written_;
  } else {
    written_ = ready_;
  }
  return synced;
}

}  // namespace tidemark::storage
