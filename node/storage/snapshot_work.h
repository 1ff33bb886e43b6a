// What a node asks of its snapshots (server::Output), done on a SnapshotStore, and what it is to be
// told of it (server::Input): the same under every caller.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_WORK_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_WORK_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "node/raft/snapshot.h"
#include "node/server/io.h"
#include "node/storage/snapshot_store.h"

namespace tidemark::storage {

// A StateSlice as bytes: what that one refers to is gone by the time it is written.
struct EncodedSlice {
  raft::Snapshot snapshot;
  bool first = false;
  bool last = false;
  bool abandoned = false;
  std::string state;
};
EncodedSlice Encode(const server::StateSlice& slice);

// What is being sent, as of now.
struct KeptSnapshots {
  std::vector<raft::Snapshot> snapshots;
};

using SnapshotTask =
    std::variant<EncodedSlice, raft::SnapshotPiece, raft::SnapshotRead, KeptSnapshots>;

// Does tasks in the order in which it is given them. `news` gets, for
// - the last slice: SnapshotTaken, without a snapshot if there was no room for one of its slices.
//   SliceTaken is its caller's to say, who knows how many wait;
// - each piece: PieceWritten, for the last also SnapshotInstalled. Once there was no room for one,
//   those behind it are refused too, each by its own PieceWritten, until the snapshot begins anew;
//   where there was none to install it, a second PieceWritten says so;
// - each read: SnapshotBytes;
// - what is kept: nothing.
class SnapshotWork {
 public:
  // `store` must outlive it.
  explicit SnapshotWork(SnapshotStore* store) : store_(store) {}

  // An error is one of the system's, other than a full disk, and final.
  absl::Status Do(const SnapshotTask& task, std::vector<server::Input>* news);

 private:
  absl::Status DoOne(const EncodedSlice& slice, std::vector<server::Input>* news);
  absl::Status DoOne(const raft::SnapshotPiece& piece, std::vector<server::Input>* news);
  absl::Status DoOne(const raft::SnapshotRead& read, std::vector<server::Input>* news);
  absl::Status DoOne(const KeptSnapshots& kept, std::vector<server::Input>* news);
  absl::Status Write(const EncodedSlice& slice);
  absl::Status Install(const raft::Snapshot& snapshot, std::vector<server::Input>* news);
  void RefusePieces(const raft::Snapshot& snapshot, std::vector<server::Input>* news);

  SnapshotStore* store_;
  bool no_room_ = false;                   // for the snapshot that is being taken
  std::optional<raft::Snapshot> taken_;    // by its last slice
  std::optional<raft::Snapshot> refused_;  // there was no room for its pieces
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_WORK_H_
