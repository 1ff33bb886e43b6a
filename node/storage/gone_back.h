// A directory whose disk has gone back, once its node has found that out: what is to become of it.
#ifndef TIDEMARK_NODE_STORAGE_GONE_BACK_H_
#define TIDEMARK_NODE_STORAGE_GONE_BACK_H_

#include <string>

#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {

struct MarkedDirectory {
  std::string dir;  // what --data-dir said; empty: the memory ends with the process
  raft::NodeId node_id;
  server::GoneBack mark;
};

// For the operator, who finds a node that does not start: what happened and what can be done.
std::string WhatToDo(const MarkedDirectory& marked);

// Gives the node's directory another name beside it, that is no other node's, and is on disk when
// this returns: the node finds none under its own. Returns a notice that says so. Errors: the
// system's own; nothing was moved then, or it is not sure to be on disk.
absl::StatusOr<std::string> MoveAside(FileSystem* file_system, const MarkedDirectory& marked);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_GONE_BACK_H_
