#include "node/storage/frame.h"

#include "node/base/assert.h"
#include "node/storage/bytes.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

// Where the fields stand.
constexpr size_t kFrameChecksum = 0;
constexpr size_t kPayloadBytes = 4;
constexpr size_t kSynced = 8;
constexpr size_t kPayloadChecksum = 16;

uint32_t FrameChecksum(uint64_t position, std::string_view frame) {
  return static_cast<uint32_t>(
      XXH3_64bits_withSeed(frame.data() + kPayloadBytes, kFrameBytes - kPayloadBytes, position));
}

uint64_t PayloadChecksum(uint64_t position, std::string_view payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), position);
}

}  // namespace

void SealRecord(uint64_t position, uint64_t synced, size_t at, std::string* buffer) {
  TM_ASSERT(buffer->size() > at + kFrameBytes);
  TM_ASSERT(synced <= position);
  TM_ASSERT(PlaceForFrame(position) == position);
  const std::string_view payload = std::string_view(*buffer).substr(at + kFrameBytes);
  TM_ASSERT(payload.size() <= kMaxPayloadBytes);
  char* frame = buffer->data() + at;
  PutInteger(static_cast<uint32_t>(payload.size()), frame + kPayloadBytes);
  PutInteger(synced, frame + kSynced);
  PutInteger(PayloadChecksum(position, payload), frame + kPayloadChecksum);
  PutInteger(FrameChecksum(position, std::string_view(frame, kFrameBytes)), frame + kFrameChecksum);
  buffer->push_back(kEndMark);
}

std::optional<Frame> DecodeFrame(uint64_t position, std::string_view bytes) {
  if (bytes.size() < kFrameBytes) return std::nullopt;
  Frame frame;
  frame.payload_bytes = GetInteger<uint32_t>(bytes, kPayloadBytes);
  if (frame.payload_bytes == 0 || frame.payload_bytes > kMaxPayloadBytes) return std::nullopt;
  frame.synced = GetInteger<uint64_t>(bytes, kSynced);
  frame.payload_checksum = GetInteger<uint64_t>(bytes, kPayloadChecksum);
  if (frame.synced > position) return std::nullopt;
  if (GetInteger<uint32_t>(bytes, kFrameChecksum) != FrameChecksum(position, bytes)) {
    return std::nullopt;
  }
  return frame;
}

bool IsWhole(uint64_t position, const Frame& frame, std::string_view record) {
  return record.size() == frame.RecordBytes() && record.back() == kEndMark &&
         PayloadChecksum(position, PayloadOf(record)) == frame.payload_checksum;
}

}  // namespace tidemark::storage
