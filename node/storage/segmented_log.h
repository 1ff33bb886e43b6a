// The log in segments: made, and gone on with.
#ifndef TIDEMARK_NODE_STORAGE_SEGMENTED_LOG_H_
#define TIDEMARK_NODE_STORAGE_SEGMENTED_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/storage/file_system.h"
#include "node/storage/identity.h"
#include "node/storage/log_recovery.h"
#include "node/storage/log_store.h"

namespace tidemark::storage {

// Where a log is, what the identity beside it says, and how large its files are (rounded up to
// whole blocks).
struct LogPlace {
  std::string node_dir;
  Identity identity;
  uint64_t segment_bytes = 0;
};

// The first segment, empty, and the reserve; on disk, names included, when this returns.
absl::Status MakeLog(FileSystem* file_system, const LogPlace& place);

// Goes on with what ReadLog found: clears what is behind the last whole record, and brings to the
// disk what a process that died may not have. Once an entry that names a cluster is on disk, the
// identity is written anew with its name. `notices` are for the operator.
absl::StatusOr<std::unique_ptr<LogStore>> OpenLog(FileSystem* file_system, const LogPlace& place,
                                                  const FoundLog& found,
                                                  std::vector<std::string>* notices);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SEGMENTED_LOG_H_
