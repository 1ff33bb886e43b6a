#include "node/storage/snapshot_writer.h"

#include <algorithm>
#include <utility>

#include "node/base/assert.h"

namespace tidemark::storage {
namespace {

// README.md has what other levels cost and save.
constexpr int kCompressionLevel = 1;

}  // namespace

absl::StatusOr<SnapshotWriter> SnapshotWriter::Create(FileSystem* file_system,
                                                      const std::string& path,
                                                      const raft::Snapshot& snapshot) {
  absl::StatusOr<SnapshotDraft> draft = SnapshotDraft::Create(file_system, path);
  if (!draft.ok()) return draft.status();
  const absl::Status begun = draft->Append(EncodeSnapshotHeader(snapshot));
  if (!begun.ok()) return begun;
  return SnapshotWriter(*std::move(draft), snapshot);
}

SnapshotWriter::SnapshotWriter(SnapshotDraft draft, const raft::Snapshot& snapshot)
    : draft_(std::move(draft)), snapshot_(snapshot), context_(ZSTD_createCCtx()) {
  TM_ASSERT(context_ != nullptr);
  block_.reserve(kSnapshotBlockBytes);
  packed_.resize(ZSTD_compressBound(kSnapshotBlockBytes));
}

absl::Status SnapshotWriter::Add(std::string_view state) {
  while (!state.empty()) {
    const size_t taken = std::min(state.size(), kSnapshotBlockBytes - block_.size());
    block_.append(state.substr(0, taken));
    state.remove_prefix(taken);
    if (block_.size() < kSnapshotBlockBytes) continue;
    if (absl::Status put = WriteBlock(); !put.ok()) return put;
  }
  return absl::OkStatus();
}

absl::Status SnapshotWriter::WriteBlock() {
  const size_t packed = ZSTD_compressCCtx(context_.get(), packed_.data(), packed_.size(),
                                          block_.data(), block_.size(), kCompressionLevel);
  TM_ASSERT(!ZSTD_isError(packed));
  absl::Status put = WritePayload(block_.size(), std::string_view(packed_).substr(0, packed));
  ++end_.blocks;
  end_.state_bytes += block_.size();
  state_checksum_.Add(block_);
  block_.clear();
  return put;
}

absl::Status SnapshotWriter::WritePayload(size_t state_bytes, std::string_view payload) {
  std::string block = EncodeBlockFrame(draft_.bytes(), state_bytes, payload);
  block.append(payload);
  return draft_.Append(block);
}

absl::StatusOr<raft::Snapshot> SnapshotWriter::Finish() {
  if (!block_.empty()) {
    if (absl::Status put = WriteBlock(); !put.ok()) return put;
  }
  end_.state_checksum = state_checksum_.value();
  if (absl::Status put = WritePayload(0, EncodeSnapshotEnd(end_)); !put.ok()) return put;
  if (absl::Status synced = draft_.Sync(); !synced.ok()) return synced;
  snapshot_.bytes = draft_.bytes();
  snapshot_.checksum = draft_.checksum();
  return snapshot_;
}

}  // namespace tidemark::storage
