#include "node/inspect/node_directories.h"

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::inspect {
namespace {

// Any node that ever started there has left its lock, even where all else was lost.
bool IsNodeDirectory(const storage::FileSystem& file_system, const std::string& path) {
  return file_system.Exists(path + "/identity") || file_system.Exists(path + "/lock");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> NodeDirectories(const storage::FileSystem& file_system,
                                                         const std::string& dir) {
  if (IsNodeDirectory(file_system, dir)) return std::vector<std::string>{dir};
  absl::StatusOr<std::vector<std::string>> names = file_system.List(dir);
  if (!names.ok()) return names.status();
  std::vector<std::string> found;
  for (const std::string& name : *names) {
    const std::string path = dir + "/" + name;
    if (IsNodeDirectory(file_system, path)) found.push_back(path);
  }
  if (!found.empty()) return found;
  return absl::NotFoundError(Concat(
      dir,
      " is no node's directory, and there is none in it: a node keeps its memory in DIR/<node "
      "id>, where DIR is what its --data-dir says"));
}

}  // namespace tidemark::inspect
