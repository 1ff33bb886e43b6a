// What stands between the event loop and its storage: work goes in with each step's output, and
// what was done comes back as the inputs of a later one.
#ifndef TIDEMARK_NODE_DRIVER_DISK_H_
#define TIDEMARK_NODE_DRIVER_DISK_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "node/driver/inbox.h"
#include "node/driver/log_worker.h"
#include "node/driver/snapshot_worker.h"
#include "node/server/io.h"
#include "node/storage/file_system.h"
#include "node/storage/log_store.h"
#include "node/storage/snapshot_store.h"

namespace tidemark::driver {

struct DiskOptions {
  // Where the log and the snapshots are worked on. In a thread: Submit returns at once.
  Runs log = Runs::kInCall;
  Runs snapshots = Runs::kInCall;
  uint64_t enough_room = 0;             // as LogWorker has it
  const storage::Lock* lock = nullptr;  // the directory's; outlives the disk
};

// Used by one thread. Its own threads end with it; what they have not begun by then is dropped.
class Disk {
 public:
  // The stores must outlive it.
  Disk(storage::LogStore* log, storage::SnapshotStore* snapshots, const DiskOptions& options);

  // Takes from `out` what concerns the disk: records, slice, pieces, reads, what is
  // kept, log_first, committed.
  void Submit(server::Output* out);

  // What was done since the last call. To be asked for when wake_fd() is readable or ready().
  std::vector<server::Input> Collect();
  bool ready() const { return inbox_.ready(); }
  int wake_fd() const { return inbox_.wake_fd(); }
  // Whether a Persisted that was collected covers `sequence`.
  bool persisted(uint64_t sequence) const { return sequence <= persisted_; }
  // Records were submitted whose Persisted has not been collected.
  bool busy() const { return persisted_ < submitted_; }
  // What Submit did within the call waits to be collected before anything else happens.
  bool settling() const;

  // Not OK: the disk failed, and the node must stop. Nothing that waits for a Persisted which was
  // not collected before may go out.
  absl::Status status() const { return inbox_.status(); }

 private:
  const DiskOptions options_;
  uint64_t submitted_ = 0;
  uint64_t persisted_ = 0;
  Inbox inbox_;
  LogWorker log_;
  SnapshotWorker snapshots_;
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_DISK_H_
