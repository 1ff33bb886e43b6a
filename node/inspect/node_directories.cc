#include "node/inspect/node_directories.h"

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "node/base/concat.h"

namespace tidemark::inspect {
namespace {

// Any node that ever started there has left its lock, even where all else was lost.
bool IsNodeDirectory(const storage::FileSystem& file_system, const std::string& path) {
  return file_system.Exists(path + "/identity") || file_system.Exists(path + "/lock");
}

}  // namespace

absl::StatusOr<FoundDirectories> NodeDirectories(const storage::FileSystem& file_system,
                                                 const std::string& dir) {
  if (IsNodeDirectory(file_system, dir)) return FoundDirectories{{dir}, {}};
  absl::StatusOr<std::vector<std::string>> names = file_system.List(dir);
  if (!names.ok()) return names.status();
  FoundDirectories found;
  for (const std::string& name : *names) {
    const std::string path = dir + "/" + name;
    if (IsNodeDirectory(file_system, path)) {
      found.nodes.push_back(path);
    } else {
      found.notes.push_back(StrayNote(dir, name));
    }
  }
  if (!found.nodes.empty()) return found;
  return absl::NotFoundError(Concat(
      dir,
      " is no node's directory, and there is none in it: a node keeps its memory in DIR/<node "
      "id>, where DIR is what its --data-dir says"));
}

std::string StrayNote(const std::string& directory, const std::string& name) {
  return Concat(directory, "/", name,
                " was put there by no node (a stray file or directory): it was not looked at, and "
                "no node needs it");
}

std::optional<std::string> NameNote(const std::string& directory,
                                    const storage::Identity& identity) {
  std::string_view path = directory;
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name == "." || name == "..") return std::nullopt;
  const std::string wanted = storage::DirectoryName(identity.owner.id);
  if (name == wanted) return std::nullopt;
  return Concat(directory, " is the memory of node ", identity.owner.id,
                ", which looks for it in a ", "directory that is called ", wanted,
                ": give it that name before it is started");
}

}  // namespace tidemark::inspect
