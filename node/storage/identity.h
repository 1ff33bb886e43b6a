// Whose memory a directory is.
#ifndef TIDEMARK_NODE_STORAGE_IDENTITY_H_
#define TIDEMARK_NODE_STORAGE_IDENTITY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {

inline constexpr size_t kMaxNodeIdBytes = 4096;

struct Identity {
  raft::Member owner;
  std::vector<raft::NodeId> node_ids;  // sorted: the cluster it was first started in
  // To which cluster its log belongs, or did before that was replaced; zero: not known yet.
  raft::ClusterId cluster;
  bool operator==(const Identity&) const = default;
};

// A name for a directory that no other node id has, and that leads nowhere else: bytes other than
// [A-Za-z0-9_-] become %XX.
std::string DirectoryName(const raft::NodeId& node_id);

std::string IdentityPath(const std::string& node_dir);

std::string EncodeIdentity(const Identity& identity);

// What the directory's identity file says; nullopt: there is none. Errors name the file:
// FailedPrecondition (another format), DataLoss, and the system's own.
absl::StatusOr<std::optional<Identity>> ReadIdentity(FileSystem* file_system,
                                                     const std::string& node_dir);

// After a crash it is there whole, or not at all; it is on disk when this returns.
absl::Status WriteIdentity(FileSystem* file_system, const std::string& node_dir,
                           const Identity& identity);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_IDENTITY_H_
