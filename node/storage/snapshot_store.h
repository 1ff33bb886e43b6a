// A node's snapshots on disk: the one it has, the one it takes, the one it is sent. README.md has
// the format.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_STORE_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/kv/state_machine.h"
#include "node/raft/snapshot.h"

namespace tidemark::storage {

// One thread at a time; a LogStore may work beside it in another. Errors as file_system.h has them:
// after ResourceExhausted what was being taken or received is gone, and may be begun again; after
// any other error of the system the node must stop.
class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;

  // --- Taking one -------------------------------------------------------------------------------
  // `snapshot` has no bytes and checksum yet. What was begun before is dropped.
  virtual absl::Status Begin(const raft::Snapshot& snapshot) = 0;
  // The state's next bytes, as wire::AppendStatePart makes them; written compressed.
  virtual absl::Status Add(std::string_view state) = 0;
  // Installs it: after a crash it is there whole, or the former one is. Returns it with bytes and
  // checksum. Where a later one has been installed meanwhile, that one stays and is returned.
  virtual absl::StatusOr<raft::Snapshot> Finish() = 0;
  virtual void Abandon() = 0;

  // --- Sending one ------------------------------------------------------------------------------
  // The part of the file; fewer bytes at its end. NotFound: that snapshot is no longer here.
  virtual absl::StatusOr<raft::SnapshotPiece> Read(const raft::SnapshotRead& read) = 0;
  // Those of `snapshots` that can be read now can be until the next call, whatever is installed
  // meanwhile, but for want of room and for a restart.
  virtual void Keep(std::vector<raft::Snapshot> snapshots) = 0;

  // --- Being sent one ---------------------------------------------------------------------------
  // A piece of another snapshot than the last, at offset zero, drops what came of that one. Pieces
  // of one come in order, without gap (asserted).
  virtual absl::Status Receive(const raft::SnapshotPiece& piece) = 0;
  // All pieces are there: verifies them, and installs the file as Finish does. Returns the state.
  // DataLoss: it is not what it says it is; it has been dropped.
  virtual absl::StatusOr<std::shared_ptr<kv::StateMachine>> Install(
      const raft::Snapshot& snapshot) = 0;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_STORE_H_
