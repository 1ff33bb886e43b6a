// --data-dir auto: a data directory for the nodes of one run of whatever started them (Maelstrom, a
// script), so that a node that is killed and started again finds its memory, and the next run
// starts clean.
#ifndef TIDEMARK_NODE_DRIVER_AUTO_DIRECTORY_H_
#define TIDEMARK_NODE_DRIVER_AUTO_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tidemark::driver {

// What tells one run from another: the process that starts the nodes. Process ids are used again,
// so its start time goes with it; and both begin anew when the machine does.
struct ParentRun {
  std::string boot_id;
  int64_t parent = 0;
  uint64_t parent_start = 0;  // in ticks since the boot
};

// This process's. Errors: FailedPrecondition, where the system does not tell.
absl::StatusOr<ParentRun> ThisRun();

// The start time in a /proc/<pid>/stat (its 22nd field). Errors: FailedPrecondition.
absl::StatusOr<uint64_t> StartTimeIn(std::string_view stat);

struct AutoDirectory {
  std::string path;
  std::vector<std::string> notices;  // for the operator: which old ones were removed
};

// `TEMP/tidemark-<user id>/<run>`, made if it is missing, for this user alone. Directories of other
// runs beside it are removed where the process that started them is gone, no node uses them and
// they are older than a day. Errors: FailedPrecondition (something else stands in its place, or it
// is somebody else's), and the system's own.
absl::StatusOr<AutoDirectory> MakeAutoDirectory(const std::string& temp, const ParentRun& run);

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_AUTO_DIRECTORY_H_
