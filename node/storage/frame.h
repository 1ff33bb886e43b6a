// The frame around each record in the log file: how long it is, and whether it is whole. README.md
// has the layout.
#ifndef TIDEMARK_NODE_STORAGE_FRAME_H_
#define TIDEMARK_NODE_STORAGE_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark::storage {

inline constexpr size_t kFrameBytes = 24;
// No record is larger: the gateway takes no such lines.
inline constexpr size_t kMaxPayloadBytes = size_t{256} << 20;

// `synced`, `position`: offsets in the file.
struct Frame {
  uint32_t payload_bytes = 0;
  uint64_t synced = 0;  // the log's end at the last sync before this record was written
  uint64_t payload_checksum = 0;
};

// Fills in the frame in (*buffer)[at, at + kFrameBytes); what stands behind it is the payload, at
// most kMaxPayloadBytes and not empty. The frame will stand at `position` of the file.
void SealFrame(uint64_t position, uint64_t synced, size_t at, std::string* buffer);

// The frame that `bytes` begin with, or nullopt if none was written for `position`.
std::optional<Frame> DecodeFrame(uint64_t position, std::string_view bytes);

// Whether `payload` is what the frame at `position` was sealed with.
bool IsWhole(uint64_t position, const Frame& frame, std::string_view payload);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_FRAME_H_
