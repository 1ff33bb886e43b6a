// One survivor's memory becomes a new cluster's, where the majority of the old one is lost for good
// or a backup was restored.
#ifndef TIDEMARK_NODE_STORAGE_FORCE_NEW_CLUSTER_H_
#define TIDEMARK_NODE_STORAGE_FORCE_NEW_CLUSTER_H_

#include "absl/status/status.h"
#include "node/base/random.h"
#include "node/raft/types.h"
#include "node/storage/node_storage.h"

namespace tidemark::storage {

// Appends to the log of `storage`, which was just opened, a configuration of this node alone with a
// cluster id and a stamp drawn from `random`, in a term of its own in which the node has voted for
// itself; both are on disk, and in `recovered`, when this returns, and a notice says what was done.
// The node then leads without asking anybody, and what its log holds is committed, what only a
// minority of the old cluster had as well. What was acknowledged and never reached this node is
// lost; sessions of the old cluster are refused.
//
// Errors: FailedPrecondition (nothing is known here of any cluster), ResourceExhausted (the disk is
// full), and those of LogStore::Sync.
absl::Status ForceNewCluster(const raft::NodeId& node_id, Random* random, NodeStorage* storage);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_FORCE_NEW_CLUSTER_H_
