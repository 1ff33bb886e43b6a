// A state machine's state in a file, in place of the log that led to it (§7).
#ifndef TIDEMARK_NODE_RAFT_SNAPSHOT_H_
#define TIDEMARK_NODE_RAFT_SNAPSHOT_H_

#include <cstdint>
#include <string>

#include "node/raft/types.h"

namespace tidemark::raft {

// What a snapshot is, and which file: two nodes' files of one state need not be equal. Before the
// file is written, `bytes` and `checksum` are zero.
struct Snapshot {
  LogPosition last_included;    // the state is what the log up to here comes to
  Configuration configuration;  // the latest one up to there
  uint64_t bytes = 0;           // the file's length
  uint64_t checksum = 0;        // of all of the file
  bool operator==(const Snapshot&) const = default;
};

// To be read from this node's disk.
struct SnapshotRead {
  Snapshot snapshot;
  uint64_t offset = 0;  // in the file
  uint64_t bytes = 0;
  bool operator==(const SnapshotRead&) const = default;
};

// A part of the file. The one that ends at snapshot.bytes completes it.
struct SnapshotPiece {
  Snapshot snapshot;
  uint64_t offset = 0;
  std::string bytes;
  uint64_t end() const { return offset + bytes.size(); }
  bool operator==(const SnapshotPiece&) const = default;
};

// The log is emptied, and goes on behind `position`: what stood there is in a snapshot that is on
// disk, of this cluster.
struct LogBase {
  LogPosition position;
  ClusterId cluster;
  bool operator==(const LogBase&) const = default;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_SNAPSHOT_H_
