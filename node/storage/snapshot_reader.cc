#include "node/storage/snapshot_reader.h"

#include <utility>

#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::storage {

absl::Status DamagedSnapshot(const std::string& path, uint64_t offset, std::string_view what) {
  return absl::DataLossError(Concat(
      path, " is damaged at byte ", offset, ": ", what,
      ". The log need not reach back to what is in this snapshot, so the node does not "
      "start; the file is as it was found. Check the disk. If the other nodes are well, "
      "move the node's directory away and start it without: it learns all from them and serves "
      "reads, but counts in no majority any more. If this was the only node, restore the "
      "directory from a backup"));
}

absl::StatusOr<SnapshotReader> SnapshotReader::Open(FileSystem* file_system,
                                                    const std::string& path) {
  absl::StatusOr<std::unique_ptr<File>> file = file_system->Open(path, FileSystem::Mode::kRead);
  if (!file.ok()) return file.status();
  absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  SnapshotReader reader(*std::move(file), *size);
  if (absl::Status read = reader.ReadHeader(); !read.ok()) return read;
  return reader;
}

SnapshotReader::SnapshotReader(std::unique_ptr<File> file, uint64_t size)
    : file_(std::move(file)), size_(size), context_(ZSTD_createDCtx()) {
  TM_ASSERT(context_ != nullptr);
}

absl::Status SnapshotReader::Take(size_t bytes, std::string* to) {
  if (bytes > size_ - next_) {
    return Damaged(Concat("the file ends at byte ", size_, ", ", bytes - (size_ - next_),
                          " bytes too early for what stands here"));
  }
  const size_t at = to->size();
  to->resize(at + bytes);
  if (absl::Status read = file_->ReadAt(next_, bytes, to->data() + at); !read.ok()) return read;
  next_ += bytes;
  checksum_.Add(std::string_view(*to).substr(at));
  return absl::OkStatus();
}

absl::Status SnapshotReader::ReadHeader() {
  std::string header;
  if (absl::Status taken = Take(kSnapshotStartBytes, &header); !taken.ok()) return taken;
  absl::StatusOr<size_t> bytes = SnapshotHeaderBytes(header);
  if (!bytes.ok()) return Damaged(std::string(bytes.status().message()));
  if (absl::Status taken = Take(*bytes - header.size(), &header); !taken.ok()) return taken;
  absl::StatusOr<raft::Snapshot> snapshot = DecodeSnapshotHeader(header);
  if (absl::IsFailedPrecondition(snapshot.status())) {
    return absl::FailedPreconditionError(
        Concat(file_->path(), " cannot be used: ", std::string(snapshot.status().message()),
               ". Start the program that wrote it"));
  }
  if (!snapshot.ok()) return Damaged(std::string(snapshot.status().message()));
  snapshot_ = *std::move(snapshot);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string_view>> SnapshotReader::Next() {
  block_at_ = next_;
  BlockFrame frame;
  if (absl::Status read = ReadFrame(&frame); !read.ok()) return read;
  if (absl::Status read = ReadPayload(frame); !read.ok()) return read;
  if (frame.state_bytes == 0) {
    if (absl::Status checked = CheckEnd(); !checked.ok()) return checked;
    return std::nullopt;
  }
  if (absl::Status unpacked = Unpack(frame); !unpacked.ok()) return unpacked;
  return std::string_view(state_);
}

absl::Status SnapshotReader::ReadFrame(BlockFrame* frame) {
  std::string bytes;
  if (absl::Status taken = Take(kBlockFrameBytes, &bytes); !taken.ok()) return taken;
  const std::optional<BlockFrame> decoded = DecodeBlockFrame(block_at_, bytes);
  if (!decoded) return Damaged("no block begins here");
  *frame = *decoded;
  return absl::OkStatus();
}

absl::Status SnapshotReader::ReadPayload(const BlockFrame& frame) {
  payload_.clear();
  if (absl::Status taken = Take(frame.payload_bytes, &payload_); !taken.ok()) return taken;
  if (IsWhole(block_at_, frame, payload_)) return absl::OkStatus();
  return Damaged("the block does not match its checksum");
}

absl::Status SnapshotReader::Unpack(const BlockFrame& frame) {
  state_.resize(frame.state_bytes);
  const size_t unpacked = ZSTD_decompressDCtx(context_.get(), state_.data(), state_.size(),
                                              payload_.data(), payload_.size());
  if (ZSTD_isError(unpacked)) return Damaged(ZSTD_getErrorName(unpacked));
  if (unpacked != state_.size()) return Damaged("the block is shorter than it says");
  ++seen_.blocks;
  seen_.state_bytes += state_.size();
  state_checksum_.Add(state_);
  return absl::OkStatus();
}

absl::Status SnapshotReader::CheckEnd() {
  seen_.state_checksum = state_checksum_.value();
  if (DecodeSnapshotEnd(payload_) != seen_) {
    return Damaged("the blocks before this end are not those that were written");
  }
  if (next_ != size_) return Damaged(Concat(size_ - next_, " bytes follow the end"));
  snapshot_.bytes = size_;
  snapshot_.checksum = checksum_.value();
  return absl::OkStatus();
}

}  // namespace tidemark::storage
