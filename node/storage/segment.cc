#include "node/storage/segment.h"

#include <charconv>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/storage/bytes.h"
#include "node/storage/format.h"
#include "node/storage/zeros.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

constexpr std::string_view kMagic = "TMARKLOG";
constexpr std::string_view kNamePrefix = "log-";
constexpr int kNameDigits = 16;

constexpr size_t kVersionAt = 8;
constexpr size_t kNumberAt = 16;
constexpr size_t kStartAt = 24;
constexpr size_t kSizeAt = 32;
constexpr size_t kPreviousEndAt = 40;
constexpr size_t kNamedEndAt = 48;
constexpr size_t kBeforeTermAt = 56;
constexpr size_t kBeforeIndexAt = 64;
constexpr size_t kIncarnationAt = 72;
constexpr size_t kClusterAt = 80;
constexpr size_t kChecksumAt = 88;
static_assert(kChecksumAt + sizeof(uint64_t) == kSegmentHeaderBytes);

uint64_t Checksum(std::string_view header) { return XXH3_64bits(header.data(), kChecksumAt); }

absl::Status CheckBounds(const SegmentHeader& header) {
  const uint64_t end = header.start + header.size;
  const bool sizes = header.size >= kBlockBytes && header.size % kBlockBytes == 0 &&
                     header.start % kBlockBytes == 0 && end > header.start;
  const bool ends = header.previous_end <= header.start &&
                    header.named_end >= header.start + kSegmentHeaderBytes &&
                    header.named_end <= end - kSegmentTrailerBytes;
  return sizes && ends ? absl::OkStatus() : absl::DataLossError("its header contradicts itself");
}

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  TM_ASSERT(CheckBounds(header).ok());
  std::string bytes(kSegmentHeaderBytes, '\0');
  kMagic.copy(bytes.data(), kMagic.size());
  PutInteger(kFormatVersion, &bytes[kVersionAt]);
  PutInteger(header.number, &bytes[kNumberAt]);
  PutInteger(header.start, &bytes[kStartAt]);
  PutInteger(header.size, &bytes[kSizeAt]);
  PutInteger(header.previous_end, &bytes[kPreviousEndAt]);
  PutInteger(header.named_end, &bytes[kNamedEndAt]);
  PutInteger(header.before.term.value(), &bytes[kBeforeTermAt]);
  PutInteger(header.before.index.value(), &bytes[kBeforeIndexAt]);
  PutInteger(header.incarnation.value(), &bytes[kIncarnationAt]);
  PutInteger(header.cluster.value(), &bytes[kClusterAt]);
  PutInteger(Checksum(bytes), &bytes[kChecksumAt]);
  return bytes;
}

absl::StatusOr<SegmentHeader> DecodeSegmentHeader(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes) return absl::DataLossError("its header is cut short");
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    return absl::DataLossError("it does not begin as a segment of a log does");
  }
  if (GetInteger<uint64_t>(bytes, kChecksumAt) != Checksum(bytes)) {
    return absl::DataLossError("its header does not match its checksum");
  }
  if (const auto version = GetInteger<uint32_t>(bytes, kVersionAt); version != kFormatVersion) {
    return OtherFormat(version);
  }
  SegmentHeader header;
  header.number = GetInteger<uint64_t>(bytes, kNumberAt);
  header.start = GetInteger<uint64_t>(bytes, kStartAt);
  header.size = GetInteger<uint64_t>(bytes, kSizeAt);
  header.previous_end = GetInteger<uint64_t>(bytes, kPreviousEndAt);
  header.named_end = GetInteger<uint64_t>(bytes, kNamedEndAt);
  header.before.term = raft::Term(GetInteger<uint64_t>(bytes, kBeforeTermAt));
  header.before.index = raft::Index(GetInteger<uint64_t>(bytes, kBeforeIndexAt));
  header.incarnation = raft::Incarnation(GetInteger<uint64_t>(bytes, kIncarnationAt));
  header.cluster = raft::ClusterId(GetInteger<uint32_t>(bytes, kClusterAt));
  if (absl::Status bounds = CheckBounds(header); !bounds.ok()) return bounds;
  return header;
}

std::string EncodeTrailer(const SegmentHeader& header) {
  std::string bytes;
  AppendInteger(header.number + 1, &bytes);
  const uint64_t position = header.start + header.TrailerAt();
  AppendInteger(uint64_t{XXH3_64bits_withSeed(bytes.data(), bytes.size(), position)}, &bytes);
  TM_ASSERT(bytes.size() == kSegmentTrailerBytes);
  return bytes;
}

absl::StatusOr<bool> DecodeTrailer(const SegmentHeader& header, std::string_view trailer) {
  TM_ASSERT(trailer.size() == kSegmentTrailerBytes);
  if (IsZero(trailer)) return false;
  if (trailer == EncodeTrailer(header)) return true;
  return absl::DataLossError("what it says of the segment behind it is damaged");
}

std::string SegmentName(uint64_t number) {
  std::string name(kNamePrefix);
  AppendHex(number, kNameDigits, &name);
  return name;
}

std::optional<uint64_t> SegmentNumber(std::string_view name) {
  if (name.substr(0, kNamePrefix.size()) != kNamePrefix) return std::nullopt;
  const std::string_view digits = name.substr(kNamePrefix.size());
  uint64_t number = 0;
  (void)std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (SegmentName(number) != name) return std::nullopt;
  return number;
}

absl::Status Damaged(const std::string& path, uint64_t offset, std::string_view what) {
  return absl::DataLossError(Concat(
      path, " is damaged at byte ", offset, ": ", what,
      ". The node does not start, because it may have lost what it promised to others; the file is "
      "as it was found. Check the disk. If the other nodes are well, move the node's directory "
      "away and start it without: it learns all from them and serves reads, but counts in no "
      "majority "
      "any more. If this was the only node, restore the directory from a backup"));
}

}  // namespace tidemark::storage
