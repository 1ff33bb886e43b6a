// Takes, receives and reads snapshots for the event loop, which goes on meanwhile.
#ifndef TIDEMARK_NODE_DRIVER_SNAPSHOT_WORKER_H_
#define TIDEMARK_NODE_DRIVER_SNAPSHOT_WORKER_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "node/driver/inbox.h"
#include "node/driver/log_worker.h"
#include "node/raft/snapshot.h"
#include "node/server/io.h"
#include "node/storage/snapshot_store.h"
#include "node/storage/snapshot_work.h"

namespace tidemark::driver {

// storage::SnapshotWork beside the event loop; what it has to tell goes to the inbox. Each slice
// that is not abandoned is answered with SliceTaken, at once while less than kMaxSlices wait to be
// written, later otherwise. A failure of the system is final, and nothing is posted behind it.
class SnapshotWorker {
 public:
  static constexpr size_t kMaxSlices = 4;

  // `store` and `inbox` must outlive it.
  SnapshotWorker(storage::SnapshotStore* store, Inbox* inbox, Runs runs);
  // What was not done yet is dropped.
  ~SnapshotWorker();
  SnapshotWorker(const SnapshotWorker&) = delete;
  SnapshotWorker& operator=(const SnapshotWorker&) = delete;

  void Take(storage::EncodedSlice slice);
  void Receive(raft::SnapshotPiece piece);
  void Read(const raft::SnapshotRead& read);
  void Keep(std::vector<raft::Snapshot> snapshots);

 private:
  void Submit(storage::SnapshotTask task);
  void Run();
  // Of a slice that leaves the queue.
  void AnswerWaitingSlice();
  // False: it failed, and the inbox has been told.
  bool Do(const storage::SnapshotTask& task);

  // The worker's own.
  storage::SnapshotWork work_;
  Inbox* const inbox_;
  bool failed_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<storage::SnapshotTask> tasks_;
  size_t slices_ = 0;          // among the tasks
  size_t waiting_slices_ = 0;  // handed over and not answered yet
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_SNAPSHOT_WORKER_H_
