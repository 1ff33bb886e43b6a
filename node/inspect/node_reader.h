// A node's directory, part by part, read and verified without changing any of it.
#ifndef TIDEMARK_NODE_INSPECT_NODE_READER_H_
#define TIDEMARK_NODE_INSPECT_NODE_READER_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "node/raft/snapshot.h"
#include "node/storage/file_system.h"
#include "node/storage/identity.h"
#include "node/storage/log_recovery.h"

namespace tidemark::inspect {

// How a directory was found to be.
enum class Verdict {
  kWell,
  kDamaged,  // or it cannot be read
  kInUse,    // a node is running there: nothing was looked at
};

class NodeReader {
 public:
  // IsInUse: a node is running there. The lock is shared as long as the reader lives.
  static absl::StatusOr<NodeReader> Open(storage::FileSystem* file_system,
                                         const std::string& directory);

  // Errors of all: as those who read it at a start give them. nullopt: there is none.
  absl::StatusOr<std::optional<storage::Identity>> Identity() const;
  // The newest snapshot's file.
  absl::StatusOr<std::optional<std::string>> SnapshotPath() const;
  // The log as it stands beside the newest snapshot: the one that was read, or (nullopt) one that
  // is damaged, of which its name says enough.
  absl::StatusOr<storage::FoundLog> Log(const storage::Identity& identity,
                                        std::optional<raft::Snapshot> snapshot,
                                        const storage::RecordVisit& visit = nullptr) const;

 private:
  NodeReader(storage::FileSystem* file_system, std::string directory)
      : file_system_(file_system), directory_(std::move(directory)) {}

  absl::StatusOr<std::optional<raft::LogPosition>> SnapshotPosition() const;

  storage::FileSystem* file_system_;
  std::string directory_;
  std::unique_ptr<storage::Lock> lock_;
};

}  // namespace tidemark::inspect

#endif  // TIDEMARK_NODE_INSPECT_NODE_READER_H_
