// Whether a node's directory is well: all of it is read and verified, and nothing changed.
#ifndef TIDEMARK_NODE_INSPECT_CHECK_H_
#define TIDEMARK_NODE_INSPECT_CHECK_H_

#include <string>
#include <vector>

#include "node/inspect/node_reader.h"
#include "node/storage/file_system.h"

namespace tidemark::inspect {

struct CheckResult {
  // What the node remembers, in one line. Empty if that cannot be told.
  std::string summary;
  // What keeps the node from starting: file, offset, what to do. One line each.
  std::vector<std::string> problems;
  // What is odd there, and keeps no node from starting.
  std::vector<std::string> notes;
  Verdict verdict = Verdict::kWell;
};

CheckResult CheckNode(storage::FileSystem* file_system, const std::string& directory);

}  // namespace tidemark::inspect

#endif  // TIDEMARK_NODE_INSPECT_CHECK_H_
