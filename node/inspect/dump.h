// All that a node's directory holds, for people and their tools.
#ifndef TIDEMARK_NODE_INSPECT_DUMP_H_
#define TIDEMARK_NODE_INSPECT_DUMP_H_

#include <functional>
#include <string>
#include <string_view>

#include "node/inspect/node_reader.h"
#include "node/storage/file_system.h"

namespace tidemark::inspect {

struct DumpOptions {
  bool keys = false;  // those of the snapshot, too
};

// Gives `print` one JSON object at a time, in order: the node's identity, its snapshot, the records
// of its log, and where something is damaged, or a node is running, a problem; it goes on where it
// can. Nothing is given out before it has been verified.
Verdict DumpNode(storage::FileSystem* file_system, const std::string& directory,
                 const DumpOptions& options, const std::function<void(std::string_view)>& print);

}  // namespace tidemark::inspect

#endif  // TIDEMARK_NODE_INSPECT_DUMP_H_
