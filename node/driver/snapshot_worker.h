// Takes, receives and reads snapshots for the event loop, which goes on meanwhile.
#ifndef TIDEMARK_NODE_DRIVER_SNAPSHOT_WORKER_H_
#define TIDEMARK_NODE_DRIVER_SNAPSHOT_WORKER_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>

#include "absl/status/status.h"
#include "node/driver/inbox.h"
#include "node/driver/log_worker.h"
#include "node/raft/snapshot.h"
#include "node/server/io.h"
#include "node/storage/snapshot_store.h"

namespace tidemark::driver {

// A StateSlice as bytes: what that one refers to is gone by the time it is written.
struct EncodedSlice {
  raft::Snapshot snapshot;
  bool first = false;
  bool last = false;
  bool abandoned = false;
  std::string state;
};

// Works in the order in which it is asked. Answers, through the inbox:
// - each slice that is not abandoned, with SliceTaken: the last one too, and one of a snapshot that
//   has failed already. At once while less than kMaxSlices wait to be written, later otherwise;
// - the last slice also with SnapshotTaken, without a snapshot if there was no room for a slice;
// - each piece with PieceWritten, the last also with SnapshotInstalled; but once there was no room
//   for one, those behind it are dropped without a word until the snapshot begins anew;
// - each read with SnapshotBytes.
// A failure of the system other than a full disk is final, and nothing is posted behind it.
class SnapshotWorker {
 public:
  static constexpr size_t kMaxSlices = 4;

  // `store` and `inbox` must outlive it.
  SnapshotWorker(storage::SnapshotStore* store, Inbox* inbox, Runs runs);
  // What was not done yet is dropped.
  ~SnapshotWorker();
  SnapshotWorker(const SnapshotWorker&) = delete;
  SnapshotWorker& operator=(const SnapshotWorker&) = delete;

  void Take(EncodedSlice slice);
  void Receive(raft::SnapshotPiece piece);
  void Read(const raft::SnapshotRead& read);

 private:
  using Task = std::variant<EncodedSlice, raft::SnapshotPiece, raft::SnapshotRead>;

  void Submit(Task task);
  void Run();
  // Of a slice that leaves the queue.
  void AnswerWaitingSlice();
  // False: it failed, and the inbox has been told.
  bool Do(const Task& task);
  absl::Status Do(const EncodedSlice& slice);
  absl::Status Do(const raft::SnapshotPiece& piece);
  absl::Status Do(const raft::SnapshotRead& read);
  absl::Status Write(const EncodedSlice& slice);
  absl::Status Install(const raft::Snapshot& snapshot);
  void RefusePieces(const raft::Snapshot& snapshot);

  storage::SnapshotStore* const store_;
  Inbox* const inbox_;

  // The worker's own.
  bool no_room_ = false;                   // for the snapshot that is being taken
  std::optional<raft::Snapshot> taken_;    // by its last slice
  std::optional<raft::Snapshot> refused_;  // there was no room for its pieces
  bool failed_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  size_t slices_ = 0;          // among the tasks
  size_t waiting_slices_ = 0;  // handed over and not answered yet
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_SNAPSHOT_WORKER_H_
