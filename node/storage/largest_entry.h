// Whether a node's log can hold what its cluster takes.
#ifndef TIDEMARK_NODE_STORAGE_LARGEST_ENTRY_H_
#define TIDEMARK_NODE_STORAGE_LARGEST_ENTRY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "node/base/limits.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/storage/node_storage.h"

namespace tidemark::storage {

// The smallest segments that do. No record may be larger than half a segment, and one that holds
// the longest line, txn operations and all, takes no more than twice its bytes.
constexpr uint64_t LeastSegmentBytes(const Limits& limits) { return 4 * limits.line; }

// FailedPrecondition: no; says what to start the node with.
absl::Status HoldsEntriesOf(const Limits& limits, const Options& options);

// The configuration that counts at the end of the log, or nullptr.
const raft::Configuration* LatestConfiguration(const server::Recovered& recovered);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_LARGEST_ENTRY_H_
