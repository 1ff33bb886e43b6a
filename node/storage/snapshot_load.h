// A snapshot's file back into the state it was made of.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_LOAD_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_LOAD_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/kv/state_part.h"
#include "node/storage/file_system.h"
#include "node/storage/snapshot_files.h"

namespace tidemark::storage {

// Errors: DataLoss (damaged, or no state of any machine: names file and offset), FailedPrecondition
// (another format), and the file system's.
absl::StatusOr<LoadedSnapshot> LoadSnapshot(FileSystem* file_system, const std::string& path);

// Gives out the parts of the state in their order, without building it; an error that `take`
// returns ends it and is returned. Parts are valid during the call.
absl::StatusOr<raft::Snapshot> ReadSnapshotParts(
    FileSystem* file_system, const std::string& path,
    absl::FunctionRef<absl::Status(const kv::StatePart&)> take);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_LOAD_H_
