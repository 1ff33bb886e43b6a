#include "node/storage/log_header.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/storage/bytes.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

constexpr std::string_view kMagic = "TIDEMARK";
constexpr uint32_t kVersion = 1;

// Where the fields stand. Every version keeps this layout, so that another one can be named.
constexpr size_t kVersionAt = 8;
constexpr size_t kIdBytesAt = 12;
constexpr size_t kIncarnationAt = 16;
constexpr size_t kIdAt = 24;
constexpr size_t kChecksumBytes = 8;

uint64_t Checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace

std::string EncodeLogHeader(const raft::Member& owner) {
  TM_ASSERT(owner.id.size() <= kMaxNodeIdBytes);
  std::string header(kMagic);
  AppendInteger(kVersion, &header);
  AppendInteger(static_cast<uint32_t>(owner.id.size()), &header);
  AppendInteger(owner.incarnation.value(), &header);
  header += owner.id;
  AppendInteger(Checksum(header), &header);
  return header;
}

absl::StatusOr<LogHeader> DecodeLogHeader(std::string_view bytes) {
  if (bytes.size() < kIdAt + kChecksumBytes) return absl::DataLossError("its header is cut short");
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    return absl::DataLossError("it does not begin as a log of Tidemark does");
  }
  const size_t id_bytes = GetInteger<uint32_t>(bytes, kIdBytesAt);
  const size_t checksum_at = kIdAt + id_bytes;
  if (id_bytes > kMaxNodeIdBytes || bytes.size() < checksum_at + kChecksumBytes ||
      GetInteger<uint64_t>(bytes, checksum_at) != Checksum(bytes.substr(0, checksum_at))) {
    return absl::DataLossError("its header does not match its checksum");
  }
  const auto version = GetInteger<uint32_t>(bytes, kVersionAt);
  if (version != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("it has format ", version, ", and this program reads format ", kVersion));
  }
  const raft::Incarnation incarnation(GetInteger<uint64_t>(bytes, kIncarnationAt));
  return LogHeader{{std::string(bytes.substr(kIdAt, id_bytes)), incarnation},
                   checksum_at + kChecksumBytes};
}

}  // namespace tidemark::storage
