// The frame around each record of the log: how long it is, and whether it is whole. README.md has
// the layout.
#ifndef TIDEMARK_NODE_STORAGE_FRAME_H_
#define TIDEMARK_NODE_STORAGE_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark::storage {

// What a disk writes whole or not at all. Disks with larger sectors write several of these at once.
inline constexpr size_t kSectorBytes = 512;
inline constexpr size_t kFrameBytes = 24;
// Stands behind the payload. As it is not zero, a record has something in each of its sectors.
inline constexpr char kEndMark = '\x96';
// What a record takes beside its payload, without the gap in front of it.
inline constexpr size_t kRecordOverhead = kFrameBytes + 1;
// No record is larger: the gateway takes no such lines.
inline constexpr size_t kMaxPayloadBytes = size_t{256} << 20;

// Where the next record begins when the last one ended at `end`: there, unless its frame would go
// over into another sector. So a frame is on disk whole or not at all.
constexpr uint64_t PlaceForFrame(uint64_t end) {
  const uint64_t left = kSectorBytes - end % kSectorBytes;
  return left < kFrameBytes ? end + left : end;
}

// `synced`, `position`: places in the log as a whole, over all of its segments.
struct Frame {
  uint32_t payload_bytes = 0;
  uint64_t synced = 0;  // the log's end at the last sync before this record was written
  uint64_t payload_checksum = 0;

  uint64_t RecordBytes() const { return kRecordOverhead + payload_bytes; }
};

// Fills in the frame in (*buffer)[at, at + kFrameBytes) for the payload behind it, which goes to
// the end of the buffer and has at most kMaxPayloadBytes, and appends the end mark. The frame will
// stand at `position`.
void SealRecord(uint64_t position, uint64_t synced, size_t at, std::string* buffer);

// The frame that `bytes` begin with, or nullopt if none was written for `position`.
std::optional<Frame> DecodeFrame(uint64_t position, std::string_view bytes);

// Whether `record`, of frame->RecordBytes() bytes, is what was sealed at `position`.
bool IsWhole(uint64_t position, const Frame& frame, std::string_view record);

inline std::string_view PayloadOf(std::string_view record) {
  return record.substr(kFrameBytes, record.size() - kRecordOverhead);
}

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_FRAME_H_
