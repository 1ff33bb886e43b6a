// How a snapshot lies in its file: a header, blocks of the state, an end. README.md has the layout.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_FORMAT_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/raft/snapshot.h"

namespace tidemark::storage {

// --- The header: what the state is of -----------------------------------------------------------

// `snapshot` is of a log that has a configuration; its bytes and checksum do not matter.
std::string EncodeSnapshotHeader(const raft::Snapshot& snapshot);

// As many of the file's first bytes tell how long the header is.
inline constexpr size_t kSnapshotStartBytes = 16;

// Errors of both: DataLoss (says what, not which file); of the second also FailedPrecondition
// (whole, but of another format).
absl::StatusOr<size_t> SnapshotHeaderBytes(std::string_view start);
absl::StatusOr<raft::Snapshot> DecodeSnapshotHeader(std::string_view header);

// --- Blocks -------------------------------------------------------------------------------------

// As much of the state goes into each block, but for the last.
inline constexpr size_t kSnapshotBlockBytes = size_t{256} << 10;
inline constexpr size_t kBlockFrameBytes = 24;

struct BlockFrame {
  uint32_t payload_bytes = 0;
  uint32_t state_bytes = 0;  // what the payload unpacks to; zero: the payload is the end
  uint64_t payload_checksum = 0;
};

// The frame of the block that begins at `position` of the file.
std::string EncodeBlockFrame(uint64_t position, size_t state_bytes, std::string_view payload);
// The frame that `bytes` are (kBlockFrameBytes), or nullopt if none was written for `position`.
std::optional<BlockFrame> DecodeBlockFrame(uint64_t position, std::string_view bytes);
// Whether `payload` is what `frame`, at `position`, was made for.
bool IsWhole(uint64_t position, const BlockFrame& frame, std::string_view payload);

// --- The end: the last block's payload ----------------------------------------------------------

struct SnapshotEnd {
  uint64_t blocks = 0;
  uint64_t state_bytes = 0;
  uint64_t state_checksum = 0;  // a block that another snapshot left on the disk fits its place
  bool operator==(const SnapshotEnd&) const = default;
};
inline constexpr size_t kSnapshotEndBytes = 24;

std::string EncodeSnapshotEnd(const SnapshotEnd& end);
// REQUIRES: payload.size() == kSnapshotEndBytes.
SnapshotEnd DecodeSnapshotEnd(std::string_view payload);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_FORMAT_H_
