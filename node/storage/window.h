// A file that is looked at piece by piece, mostly forwards, without having all of it in memory.
#ifndef TIDEMARK_NODE_STORAGE_WINDOW_H_
#define TIDEMARK_NODE_STORAGE_WINDOW_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/storage/posix_file.h"

namespace tidemark::storage {

class Window {
 public:
  // `file` must outlive it, and has `size` bytes.
  Window(const File* file, uint64_t size) : file_(file), size_(size) {}

  uint64_t size() const { return size_; }

  // `bytes` bytes from `offset` on, fewer at the end of the file. Valid until the next call.
  absl::StatusOr<std::string_view> At(uint64_t offset, uint64_t bytes) {
    bytes = std::min(bytes, size_ - std::min(offset, size_));
    if (offset < start_ || offset + bytes > start_ + buffer_.size()) {
      if (absl::Status moved = MoveTo(offset, bytes); !moved.ok()) return moved;
    }
    return std::string_view(buffer_).substr(offset - start_, bytes);
  }

 private:
  static constexpr uint64_t kChunkBytes = uint64_t{1} << 20;

  absl::Status MoveTo(uint64_t offset, uint64_t bytes) {
    start_ = offset;
    buffer_.resize(std::min(std::max(bytes, kChunkBytes), size_ - offset));
    return file_->ReadAt(offset, buffer_.size(), buffer_.data());
  }

  const File* file_;
  uint64_t size_;
  uint64_t start_ = 0;
  std::string buffer_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_WINDOW_H_
