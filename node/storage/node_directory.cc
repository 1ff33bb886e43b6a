#include "node/storage/node_directory.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/concat.h"
#include "node/storage/identity.h"
#include "node/storage/log_recovery.h"
#include "node/storage/segment.h"
#include "node/storage/segment_reader.h"

namespace tidemark::storage {

absl::Status CheckLeftovers(FileSystem* file_system, const std::string& node_dir) {
  if (file_system->Exists(node_dir + "/log")) {
    return absl::FailedPreconditionError(
        Concat(node_dir,
               "/log was written by a program that had one file for its log (format 1), "
               "which this one does not read. Start the program that wrote it"));
  }
  const auto lost = [&](const std::string& because_of) {
    return Damaged(IdentityPath(node_dir), 0, Concat("it is missing, and there is ", because_of));
  };
  absl::StatusOr<std::vector<std::string>> names = file_system->List(node_dir);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (name.rfind("snapshot-", 0) == 0) return lost(name);
    const std::optional<uint64_t> number = SegmentNumber(name);
    if (!number) continue;
    absl::StatusOr<bool> used = HasRecords(file_system, node_dir + "/" + name);
    if (!used.ok()) return used.status();
    if (*number > 1 || *used) return lost(name);
  }
  return absl::OkStatus();
}

}  // namespace tidemark::storage
