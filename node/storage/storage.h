// Where a node's memory lives between its starts.
#ifndef TIDEMARK_NODE_STORAGE_STORAGE_H_
#define TIDEMARK_NODE_STORAGE_STORAGE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::storage {

// Makes records durable, in the order in which they come. One owner, one thread.
class Storage {
 public:
  virtual ~Storage() = default;

  // The incarnation of the memory in here, and what it remembered when it was opened. Recovered
  // state is handed over once; a second call gives an empty one.
  virtual raft::Incarnation incarnation() const = 0;
  virtual server::Recovered TakeRecovered() = 0;

  // Queues records; nothing is promised before Sync returns.
  virtual void Append(const std::vector<server::Record>& records) = 0;

  // Makes all that was appended durable: one write and one fsync for the whole batch. An error is
  // final: the node must stop without acknowledging anything (nothing is retried, since a failed
  // fsync may have dropped the pages that it failed on).
  virtual absl::Status Sync() = 0;

  // For the operator, one line each, once: what was found when it was opened ("cut 17 bytes …").
  virtual std::vector<std::string> TakeNotices() { return {}; }
};

// Memory that ends with the process: a node that starts with it is a new incarnation.
std::unique_ptr<Storage> NewMemoryStorage(raft::Incarnation incarnation);

// One plain file `DIR/<node id>/log`, made with its directories if missing; held by a lock against
// a second process. In the directory's name, bytes of the node id other than [A-Za-z0-9_-] are
// percent-encoded. `fresh_incarnation` is used and kept if there is no state yet.
//
// A torn tail, which is what a crash leaves of records that were never synced, is cut and gives a
// notice. Errors: DataLoss (damage: names file and offset), FailedPrecondition (locked by another
// process; written for another node or by another format), InvalidArgument (an empty node id), and
// the system's own. Each says what to do. README.md has the format.
absl::StatusOr<std::unique_ptr<Storage>> OpenFileStorage(const std::string& dir,
                                                         const raft::NodeId& node_id,
                                                         raft::Incarnation fresh_incarnation);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_STORAGE_H_
