// One survivor's memory becomes a new cluster's, where the majority of the old one is lost for good
// or a backup was restored.
#ifndef TIDEMARK_NODE_STORAGE_FORCE_NEW_CLUSTER_H_
#define TIDEMARK_NODE_STORAGE_FORCE_NEW_CLUSTER_H_

#include "absl/status/status.h"
#include "node/base/random.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/storage/node_storage.h"

namespace tidemark::storage {

// To which cluster all of this belongs; zero: nothing is known here of any.
raft::ClusterId ClusterOf(const server::Recovered& recovered);

// Appends to the log of `storage`, which was just opened, a configuration of this node alone in
// place of that of cluster `replaced`: with a cluster id and a stamp drawn from `random`, with all
// else that the old one says, and with the name of what it takes the place of; in a term of its own
// in which the node has voted for itself. Both are on disk, and in `recovered`, when this returns,
// and a notice says what was done. The node then leads without asking anybody, and what its log
// holds is committed, what only a minority of the old cluster had as well. What was acknowledged
// and never reached this node is lost; sessions of the old cluster are refused.
//
// Where the directory belongs to another cluster than `replaced` nothing is done, and a notice says
// so: it was done at an earlier start, or is meant for another directory.
//
// Errors: InvalidArgument (`replaced` is zero; says what to give), FailedPrecondition (nothing is
// known here of any cluster), ResourceExhausted (the disk is full), and those of LogStore::Sync.
absl::Status ForceNewCluster(const raft::NodeId& node_id, raft::ClusterId replaced, Random* random,
                             NodeStorage* storage);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_FORCE_NEW_CLUSTER_H_
