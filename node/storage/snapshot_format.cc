#include "node/storage/snapshot_format.h"

#include <memory>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/server/io.h"
#include "node/storage/bytes.h"
#include "node/wire/binary.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

constexpr std::string_view kMagic = "TIDESNAP";
// 1 had openings without bits; 2 had no limits.
constexpr uint32_t kVersion = 3;

// Where the fields stand. Every version keeps this layout, so that another one can be named.
constexpr size_t kVersionAt = 8;
constexpr size_t kContentsBytesAt = 12;
constexpr size_t kContentsAt = kSnapshotStartBytes;
constexpr size_t kChecksumBytes = 8;
// A configuration of some thousand members.
constexpr size_t kMaxContentsBytes = size_t{16} << 20;

constexpr size_t kFrameChecksumAt = 0;
constexpr size_t kPayloadBytesAt = 8;
constexpr size_t kStateBytesAt = 12;
constexpr size_t kPayloadChecksumAt = 16;
// What does not shrink grows a little.
constexpr size_t kMaxBlockPayloadBytes = kSnapshotBlockBytes + (kSnapshotBlockBytes >> 4);

uint64_t Checksum(uint64_t position, std::string_view bytes) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), position);
}

uint64_t FrameChecksum(uint64_t position, std::string_view frame) {
  return Checksum(position, frame.substr(kPayloadBytesAt, kBlockFrameBytes - kPayloadBytesAt));
}

// The configuration as the log would have it where the snapshot ends.
raft::EntryRef ToEntry(const raft::Snapshot& snapshot) {
  const raft::ConfigurationEntry configuration{snapshot.configuration, {}};
  return std::make_shared<raft::Entry>(raft::Entry{snapshot.last_included, configuration});
}

absl::StatusOr<raft::Snapshot> DecodeContents(std::string_view contents) {
  absl::StatusOr<server::Record> record = wire::DecodeRecord(contents);
  if (!record.ok()) return record.status();
  const auto* entry = std::get_if<raft::EntryRef>(&*record);
  const auto* configuration =
      entry == nullptr ? nullptr : std::get_if<raft::ConfigurationEntry>(&(*entry)->body);
  if (configuration == nullptr) return absl::DataLossError("its header has no configuration");
  return raft::Snapshot{(*entry)->at, configuration->configuration, 0, 0};
}

}  // namespace

std::string EncodeSnapshotHeader(const raft::Snapshot& snapshot) {
  TM_ASSERT(snapshot.last_included.index && snapshot.last_included.term);
  TM_ASSERT(!snapshot.configuration.members.empty());
  std::string header(kMagic);
  AppendInteger(kVersion, &header);
  header.append(kContentsAt - kContentsBytesAt, '\0');
  wire::AppendRecord(ToEntry(snapshot), &header);
  const size_t contents_bytes = header.size() - kContentsAt;
  TM_ASSERT(contents_bytes <= kMaxContentsBytes);
  PutInteger(static_cast<uint32_t>(contents_bytes), header.data() + kContentsBytesAt);
  AppendInteger(Checksum(0, header), &header);
  return header;
}

absl::StatusOr<size_t> SnapshotHeaderBytes(std::string_view start) {
  if (start.size() < kSnapshotStartBytes) return absl::DataLossError("its header is cut short");
  if (start.substr(0, kMagic.size()) != kMagic) {
    return absl::DataLossError("it does not begin as a snapshot of Tidemark does");
  }
  const size_t contents_bytes = GetInteger<uint32_t>(start, kContentsBytesAt);
  if (contents_bytes > kMaxContentsBytes) {
    return absl::DataLossError("its header says that it is longer than any header may be");
  }
  return kContentsAt + contents_bytes + kChecksumBytes;
}

absl::StatusOr<raft::Snapshot> DecodeSnapshotHeader(std::string_view header) {
  TM_ASSERT(header.size() >= kContentsAt + kChecksumBytes);
  const std::string_view checked = header.substr(0, header.size() - kChecksumBytes);
  if (GetInteger<uint64_t>(header, checked.size()) != Checksum(0, checked)) {
    return absl::DataLossError("its header does not match its checksum");
  }
  const auto version = GetInteger<uint32_t>(header, kVersionAt);
  if (version != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("it has format ", version, ", and this program reads format ", kVersion));
  }
  return DecodeContents(checked.substr(kContentsAt));
}

std::string EncodeBlockFrame(uint64_t position, size_t state_bytes, std::string_view payload) {
  TM_ASSERT(state_bytes <= kSnapshotBlockBytes);
  TM_ASSERT(!payload.empty() && payload.size() <= kMaxBlockPayloadBytes);
  char frame[kBlockFrameBytes];
  PutInteger(static_cast<uint32_t>(payload.size()), frame + kPayloadBytesAt);
  PutInteger(static_cast<uint32_t>(state_bytes), frame + kStateBytesAt);
  PutInteger(Checksum(position, payload), frame + kPayloadChecksumAt);
  PutInteger(FrameChecksum(position, std::string_view(frame, kBlockFrameBytes)),
             frame + kFrameChecksumAt);
  return std::string(frame, kBlockFrameBytes);
}

std::optional<BlockFrame> DecodeBlockFrame(uint64_t position, std::string_view bytes) {
  TM_ASSERT(bytes.size() == kBlockFrameBytes);
  if (GetInteger<uint64_t>(bytes, kFrameChecksumAt) != FrameChecksum(position, bytes)) {
    return std::nullopt;
  }
  BlockFrame frame;
  frame.payload_bytes = GetInteger<uint32_t>(bytes, kPayloadBytesAt);
  frame.state_bytes = GetInteger<uint32_t>(bytes, kStateBytesAt);
  frame.payload_checksum = GetInteger<uint64_t>(bytes, kPayloadChecksumAt);
  const bool is_end = frame.state_bytes == 0;
  if (frame.payload_bytes > kMaxBlockPayloadBytes || frame.state_bytes > kSnapshotBlockBytes ||
      (is_end && frame.payload_bytes != kSnapshotEndBytes)) {
    return std::nullopt;
  }
  return frame;
}

bool IsWhole(uint64_t position, const BlockFrame& frame, std::string_view payload) {
  return payload.size() == frame.payload_bytes &&
         Checksum(position, payload) == frame.payload_checksum;
}

std::string EncodeSnapshotEnd(const SnapshotEnd& end) {
  std::string payload;
  AppendInteger(end.blocks, &payload);
  AppendInteger(end.state_bytes, &payload);
  AppendInteger(end.state_checksum, &payload);
  return payload;
}

SnapshotEnd DecodeSnapshotEnd(std::string_view payload) {
  TM_ASSERT(payload.size() == kSnapshotEndBytes);
  return {GetInteger<uint64_t>(payload, 0), GetInteger<uint64_t>(payload, 8),
          GetInteger<uint64_t>(payload, 16)};
}

}  // namespace tidemark::storage
