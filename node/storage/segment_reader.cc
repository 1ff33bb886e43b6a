#include "node/storage/segment_reader.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "absl/status/status.h"
#include "node/base/assert.h"
#include "node/storage/frame.h"
#include "node/storage/zeros.h"

namespace tidemark::storage {
namespace {

uint64_t SectorEnd(uint64_t offset) { return offset - offset % kSectorBytes + kSectorBytes; }

int BitsIn(std::string_view bytes, int enough) {
  int bits = 0;
  for (const char c : bytes) {
    bits += std::popcount(static_cast<unsigned char>(c));
    if (bits >= enough) break;
  }
  return bits;
}

}  // namespace

SegmentReader::SegmentReader(std::string_view bytes, const SegmentHeader& header,
                             std::optional<uint64_t> known_end)
    : bytes_(bytes.substr(0, header.TrailerAt())),
      start_(header.start),
      named_end_(header.named_end),
      known_end_(known_end) {
  TM_ASSERT(bytes.size() == header.size);
}

absl::Status SegmentReader::DamageAt(uint64_t offset, const char* what) {
  offset_ = offset;
  return absl::DataLossError(what);
}

absl::StatusOr<SegmentReader::Payload> SegmentReader::Next() {
  offset_ = end_;
  if (known_end_.has_value() && start_ + end_ == *known_end_) return End("");
  const uint64_t at = PlaceForFrame(end_);
  const std::string_view gap = bytes_.substr(end_, at - end_);
  if (!IsZero(gap)) return DamageAt(end_, "there is something between two records");
  if (at + kFrameBytes > bytes_.size()) return End("records are missing");
  offset_ = at;
  const std::optional<Frame> frame = DecodeFrame(start_ + at, bytes_.substr(at, kFrameBytes));
  if (!frame.has_value()) {
    if (!MayBeUnwritten(at, at + kFrameBytes)) return DamageAt(at, "a record's header is damaged");
    return End("a record is missing");
  }
  const uint64_t record_end = at + frame->RecordBytes();
  if (record_end > bytes_.size()) return DamageAt(at, "a record goes on behind the segment's end");
  const std::string_view record = bytes_.substr(at, frame->RecordBytes());
  if (!IsWhole(start_ + at, *frame, record)) {
    if (!MayBeUnwritten(at, record_end)) return DamageAt(at, "a record is damaged");
    return End("a record is damaged");
  }
  end_ = record_end;
  return Payload(PayloadOf(record));
}

absl::StatusOr<SegmentReader::Payload> SegmentReader::End(const char* what) {
  if (known_end_.has_value()) {
    if (start_ + end_ != *known_end_) return absl::DataLossError(what);
    const uint64_t behind = remains_end();
    if (behind > end_) return DamageAt(behind - 1, "there is something behind the last record");
    return Payload();
  }
  if (named_end_ > start_ + end_ || LaterRecordProves()) return absl::DataLossError(what);
  if (const auto flipped = FlippedFill()) {
    return DamageAt(*flipped, "there is something behind the last record that was never written");
  }
  return Payload();
}

uint64_t SegmentReader::remains_end() const {
  uint64_t sector = bytes_.size();
  while (sector > end_) {
    const uint64_t from = std::max(end_, (sector - 1) / kSectorBytes * kSectorBytes);
    const std::string_view part = bytes_.substr(from, sector - from);
    if (!IsZero(part)) return from + part.find_last_not_of('\0') + 1;
    sector = from;
  }
  return end_;
}

// Whether all of some sector that [from, to) has in it is zero: then it may be that this sector was
// never written. Of the last one all counts, since what is behind a record lies in its sector as
// well.
bool SegmentReader::MayBeUnwritten(uint64_t from, uint64_t to) const {
  while (from < to) {
    const uint64_t part_end = SectorEnd(from);
    if (IsZero(bytes_.substr(from, part_end - from))) return true;
    from = part_end;
  }
  return false;
}

// Lengths can no longer be trusted here, so every byte may be the beginning of a record.
bool SegmentReader::LaterRecordProves() const {
  const uint64_t remains = remains_end();
  for (uint64_t at = end_ + 1; at < remains;) {
    const uint64_t sector_end = SectorEnd(at);
    if (!IsZero(bytes_.substr(at, sector_end - at)) && OneProvesIn(at, sector_end)) return true;
    at = sector_end;
  }
  return false;
}

bool SegmentReader::OneProvesIn(uint64_t from, uint64_t to) const {
  for (uint64_t at = from; at + kFrameBytes <= to; ++at) {
    if (Proves(at)) return true;
  }
  return false;
}

bool SegmentReader::Proves(uint64_t candidate) const {
  const std::optional<Frame> frame =
      DecodeFrame(start_ + candidate, bytes_.substr(candidate, kFrameBytes));
  if (!frame.has_value() || frame->synced <= start_ + end_) return false;
  if (candidate + frame->RecordBytes() > bytes_.size()) return false;
  return IsWhole(start_ + candidate, *frame, bytes_.substr(candidate, frame->RecordBytes()));
}

std::optional<uint64_t> SegmentReader::FlippedFill() const {
  const uint64_t remains = remains_end();
  for (uint64_t at = SectorEnd(end_); at < remains; at += kSectorBytes) {
    const std::string_view sector = bytes_.substr(at, kSectorBytes);
    if (!IsZero(sector) && BitsIn(sector, 2) == 1) return at + sector.find_first_not_of('\0');
  }
  return std::nullopt;
}

}  // namespace tidemark::storage
