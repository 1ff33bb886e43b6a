// When this node takes a snapshot of its state, and how it hands it out: slice by slice, each asked
// for, so that the node goes on with its work in between (Raft paper §7).
#ifndef TIDEMARK_NODE_SERVER_SNAPSHOT_DESK_H_
#define TIDEMARK_NODE_SERVER_SNAPSHOT_DESK_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "node/base/time.h"
#include "node/raft/snapshot.h"
#include "node/server/context.h"
#include "node/server/io.h"

namespace tidemark::server {

class SnapshotDesk {
 public:
  // An entry that weighs `bytes` was applied.
  void Applied(size_t bytes) { applied_bytes_ += bytes; }
  // To be called once all is applied that can be: begins a snapshot where one is due.
  void Advanced(Context* context);

  // The last slice was taken over.
  void SliceTaken() { slice_due_ = copying_; }
  // What the slices made is on disk (its length and checksum filled in), or could not be written.
  void Taken(Context* context, const std::optional<raft::Snapshot>& snapshot);
  // The machine is about to be replaced: what was being taken of it comes to nothing.
  void Abandon(Context* context);

  // The next slice, where one is due. What it refers to is good until the machine changes: this is
  // the last thing that a step does.
  std::optional<StateSlice> NextSlice(Context* context);

 private:
  bool Due(const Context& context) const;

  // Of the entries applied since the last snapshot.
  uint64_t applied_bytes_ = 0;
  // The one under way: its state is being copied, then it is being made durable.
  std::optional<raft::Snapshot> taking_;
  uint64_t taking_bytes_ = 0;  // applied_bytes_ when it began
  bool copying_ = false;
  bool first_ = false;
  bool slice_due_ = false;
  bool abandoned_ = false;  // has to be said yet
  Time not_before_;         // after one that failed
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_SNAPSHOT_DESK_H_
