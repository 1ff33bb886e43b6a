// Where a person means a node's directory to be.
#ifndef TIDEMARK_NODE_INSPECT_NODE_DIRECTORIES_H_
#define TIDEMARK_NODE_INSPECT_NODE_DIRECTORIES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/storage/file_system.h"
#include "node/storage/identity.h"

namespace tidemark::inspect {

struct FoundDirectories {
  std::vector<std::string> nodes;  // paths, sorted
  std::vector<std::string> notes;  // on what else is there, one line each
};

// `dir` itself, if it is a node's directory, or else those in it. NotFound: there are none.
absl::StatusOr<FoundDirectories> NodeDirectories(const storage::FileSystem& file_system,
                                                 const std::string& dir);

// What is said of something in a directory that no node has put there.
std::string StrayNote(const std::string& directory, const std::string& name);

// What is said where a directory is not called as its node's is; a node looks for its memory under
// its own name.
std::optional<std::string> NameNote(const std::string& directory,
                                    const storage::Identity& identity);

}  // namespace tidemark::inspect

#endif  // TIDEMARK_NODE_INSPECT_NODE_DIRECTORIES_H_
