#include "node/storage/log_reader.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "node/storage/frame.h"

namespace tidemark::storage {
namespace {

// What a disk writes whole or not at all. Disks with larger sectors write several of these at once.
constexpr uint64_t kSectorBytes = 512;

// Whether some sector may never have been written, since it has nothing but zeros for `bytes`,
// which stand at `position`.
bool HasUnwrittenSector(uint64_t position, std::string_view bytes) {
  while (!bytes.empty()) {
    const uint64_t to_boundary = kSectorBytes - position % kSectorBytes;
    const std::string_view part = bytes.substr(0, to_boundary);
    if (std::all_of(part.begin(), part.end(), [](char c) { return c == 0; })) return true;
    position += part.size();
    bytes.remove_prefix(part.size());
  }
  return false;
}

}  // namespace

absl::StatusOr<LogReader::Payload> LogReader::Next() {
  position_ = next_;
  if (position_ == window_->size()) return Payload();
  absl::StatusOr<std::string_view> head = window_->At(position_, kFrameBytes);
  if (!head.ok()) return head.status();
  const std::optional<Frame> frame = DecodeFrame(position_, *head);
  if (!frame.has_value()) {
    return TornOrDamaged(*head, head->size() == kFrameBytes, "a record's header is damaged");
  }
  const uint64_t bytes = kFrameBytes + frame->payload_bytes;
  absl::StatusOr<std::string_view> record = window_->At(position_, bytes);
  if (!record.ok()) return record.status();
  const std::string_view payload = record->substr(kFrameBytes);
  if (!IsWhole(position_, *frame, payload)) {
    return TornOrDamaged(*record, record->size() == bytes, "a record is damaged");
  }
  next_ = position_ + bytes;
  return Payload(payload);
}

absl::StatusOr<LogReader::Payload> LogReader::TornOrDamaged(std::string_view bytes, bool complete,
                                                            const char* what) {
  if (complete && !HasUnwrittenSector(position_, bytes)) return absl::DataLossError(what);
  absl::StatusOr<bool> was_synced = LaterRecordProves();
  if (!was_synced.ok()) return was_synced.status();
  if (*was_synced) return absl::DataLossError(what);
  return Payload();
}

// Lengths can no longer be trusted here, so every byte may be the beginning of a record.
absl::StatusOr<bool> LogReader::LaterRecordProves() {
  for (uint64_t at = position_ + 1; at + kFrameBytes < window_->size(); ++at) {
    absl::StatusOr<bool> proves = Proves(at);
    if (!proves.ok() || *proves) return proves;
  }
  return false;
}

absl::StatusOr<bool> LogReader::Proves(uint64_t candidate) {
  absl::StatusOr<std::string_view> head = window_->At(candidate, kFrameBytes);
  if (!head.ok()) return head.status();
  const std::optional<Frame> frame = DecodeFrame(candidate, *head);
  if (!frame.has_value() || frame->synced <= position_) return false;
  absl::StatusOr<std::string_view> record =
      window_->At(candidate, kFrameBytes + frame->payload_bytes);
  if (!record.ok()) return record.status();
  return IsWhole(candidate, *frame, record->substr(kFrameBytes));
}

}  // namespace tidemark::storage
