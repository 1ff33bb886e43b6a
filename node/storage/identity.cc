#include "node/storage/identity.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "node/base/concat.h"
#include "node/storage/bytes.h"
#include "node/storage/format.h"
#include "node/storage/segment.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

constexpr std::string_view kMagic = "TMARKIDY";
constexpr size_t kVersionAt = 8;
constexpr size_t kCountAt = 12;
constexpr size_t kIncarnationAt = 16;
constexpr size_t kClusterAt = 24;
constexpr size_t kNamesAt = 28;
constexpr size_t kChecksumBytes = 8;
// Far beyond any cluster's; what is larger is none of ours and not read.
constexpr uint64_t kMaxIdentityBytes = uint64_t{64} << 20;

uint64_t Checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

void AppendName(std::string_view name, std::string* out) {
  AppendInteger(static_cast<uint32_t>(name.size()), out);
  out->append(name);
}

// Takes a name off the front; false: there is none.
bool TakeName(std::string_view* bytes, std::string* name) {
  if (bytes->size() < sizeof(uint32_t)) return false;
  const auto size = GetInteger<uint32_t>(*bytes, 0);
  bytes->remove_prefix(sizeof(uint32_t));
  if (size > bytes->size()) return false;
  name->assign(bytes->substr(0, size));
  bytes->remove_prefix(size);
  return true;
}

absl::StatusOr<Identity> DecodeIdentity(std::string_view bytes) {
  if (bytes.size() < kNamesAt + kChecksumBytes) return absl::DataLossError("it is cut short");
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (body.substr(0, kMagic.size()) != kMagic) {
    return absl::DataLossError("it does not begin as an identity does");
  }
  if (GetInteger<uint64_t>(bytes, body.size()) != Checksum(body)) {
    return absl::DataLossError("it does not match its checksum");
  }
  if (const auto version = GetInteger<uint32_t>(body, kVersionAt); version != kFormatVersion) {
    return OtherFormat(version);
  }
  Identity identity;
  identity.owner.incarnation = raft::Incarnation(GetInteger<uint64_t>(body, kIncarnationAt));
  identity.cluster = raft::ClusterId(GetInteger<uint32_t>(body, kClusterAt));
  std::string_view names = body.substr(kNamesAt);
  bool whole = TakeName(&names, &identity.owner.id);
  const auto count = GetInteger<uint32_t>(body, kCountAt);
  for (uint32_t i = 0; whole && i < count; ++i) {
    whole = TakeName(&names, &identity.node_ids.emplace_back());
  }
  if (!whole || !names.empty()) return absl::DataLossError("it contradicts itself");
  return identity;
}

}  // namespace

std::string DirectoryName(const raft::NodeId& node_id) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string name;
  for (const char c : node_id) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '_' || c == '-') {
      name += c;
    } else {
      name += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return name;
}

std::string IdentityPath(const std::string& node_dir) { return node_dir + "/identity"; }

std::string EncodeIdentity(const Identity& identity) {
  std::string bytes(kMagic);
  AppendInteger(kFormatVersion, &bytes);
  AppendInteger(static_cast<uint32_t>(identity.node_ids.size()), &bytes);
  AppendInteger(identity.owner.incarnation.value(), &bytes);
  AppendInteger(identity.cluster.value(), &bytes);
  AppendName(identity.owner.id, &bytes);
  for (const raft::NodeId& id : identity.node_ids) AppendName(id, &bytes);
  AppendInteger(Checksum(bytes), &bytes);
  return bytes;
}

absl::StatusOr<std::optional<Identity>> ReadIdentity(FileSystem* file_system,
                                                     const std::string& node_dir) {
  const std::string path = IdentityPath(node_dir);
  if (!file_system->Exists(path)) return std::optional<Identity>();
  absl::StatusOr<std::unique_ptr<File>> file = file_system->Open(path, FileSystem::Mode::kRead);
  if (!file.ok()) return file.status();
  absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  if (*size > kMaxIdentityBytes) return Damaged(path, 0, "it is too large to be an identity");
  std::string bytes(*size, '\0');
  if (absl::Status read = (*file)->ReadAt(0, bytes.size(), bytes.data()); !read.ok()) return read;
  absl::StatusOr<Identity> identity = DecodeIdentity(bytes);
  if (absl::IsDataLoss(identity.status())) {
    return Damaged(path, 0, std::string(identity.status().message()));
  }
  if (!identity.ok()) {
    return absl::FailedPreconditionError(
        Concat(path, " cannot be used: ", std::string(identity.status().message())));
  }
  return std::optional<Identity>(*std::move(identity));
}

absl::Status WriteIdentity(FileSystem* file_system, const std::string& node_dir,
                           const Identity& identity) {
  const std::string path = IdentityPath(node_dir);
  const std::string draft = path + ".new";
  absl::StatusOr<std::unique_ptr<File>> file = file_system->Open(draft, FileSystem::Mode::kCreate);
  if (!file.ok()) return file.status();
  if (absl::Status put = (*file)->WriteAt(0, EncodeIdentity(identity)); !put.ok()) return put;
  if (absl::Status synced = (*file)->SyncAll(); !synced.ok()) return synced;
  if (absl::Status named = file_system->Rename(draft, path); !named.ok()) return named;
  return file_system->SyncDirectory(node_dir);
}

}  // namespace tidemark::storage
