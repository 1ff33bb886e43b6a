// All that a node keeps between its starts: one directory, opened, checked and locked.
#ifndef TIDEMARK_NODE_STORAGE_NODE_STORAGE_H_
#define TIDEMARK_NODE_STORAGE_NODE_STORAGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/storage/file_system.h"
#include "node/storage/log_store.h"
#include "node/storage/snapshot_store.h"

namespace tidemark::storage {

struct Options {
  // Of each segment of the log, rounded up to 4 KiB and at least 16 KiB. A record, with what stands
  // before it in a segment, is no larger.
  uint64_t segment_bytes = uint64_t{4} << 20;
};

struct Owner {
  raft::NodeId node_id;
  std::vector<raft::NodeId> node_ids;  // sorted: the cluster it was first started in
};

struct NodeStorage {
  raft::Incarnation incarnation;
  bool fresh = false;  // there was no state here: this is its first start
  server::Recovered recovered;
  std::vector<std::string> notices;    // for the operator, one line each ("cut 17 bytes …")
  std::unique_ptr<Lock> lock;          // held while the stores live
  std::unique_ptr<FileSystem> memory;  // of a node that keeps nothing: its files
  std::unique_ptr<LogStore> log;
  std::unique_ptr<SnapshotStore> snapshots;
};

// Opens `DIR/<node id>`, made with all that is in it if missing. `fresh_incarnation` is used and
// kept if there is no state yet.
//
// A torn tail, which is what a crash leaves of records that were never synced, is cut and gives a
// notice. Errors: DataLoss (damage: names file and offset), FailedPrecondition (locked by another
// process; another node's, another cluster's (`owner.node_ids`) or another format's),
// InvalidArgument (an empty node id), and the system's own. Each says what to do.
absl::StatusOr<NodeStorage> OpenNodeStorage(FileSystem* file_system, const std::string& dir,
                                            const Owner& owner, raft::Incarnation fresh_incarnation,
                                            const Options& options = {});

// Whether OpenNodeStorage failed because the directory belongs to another cluster than
// owner.node_ids: the start was wrong, not the directory.
bool IsOtherCluster(const absl::Status& status);

// Memory that ends with the process: a node that starts with it is a new incarnation. There is
// always room for its log, of which nothing is kept; its snapshots are files in memory.
NodeStorage NewMemoryStorage(raft::Incarnation incarnation);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_NODE_STORAGE_H_
