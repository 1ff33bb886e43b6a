// Makes records durable for the event loop, which goes on meanwhile.
#ifndef TIDEMARK_NODE_DRIVER_LOG_WORKER_H_
#define TIDEMARK_NODE_DRIVER_LOG_WORKER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "node/driver/inbox.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/storage/file_system.h"
#include "node/storage/log_store.h"

namespace tidemark::driver {

// Whether a worker works within the call that hands it the work, or beside its caller.
enum class Runs { kInCall, kInThread };

// Group commit: whatever was handed over while one sync was running goes into the next. Posts
// Persisted and Room; a failure of the log is final, and nothing is posted behind it.
class LogWorker {
 public:
  // `log`, `lock` (null: none) and `inbox` must outlive it. With less than `enough_room` bytes of
  // room, it looks for more every second, even if there is nothing else to do. A lock that is lost
  // is a failure of the log: it is looked at before anything is done, before anything is said to be
  // on disk, and every half second.
  LogWorker(storage::LogStore* log, const storage::Lock* lock, uint64_t enough_room, Inbox* inbox,
            Runs runs);
  // What was not written yet is dropped; a hint is written.
  ~LogWorker();
  LogWorker(const LogWorker&) = delete;
  LogWorker& operator=(const LogWorker&) = delete;

  // `sequence` rises from call to call. `committed`: as NoteCommitted.
  void Write(std::vector<server::Record> records, uint64_t sequence, raft::Index committed);
  // All up to `committed` is, and is on disk. Written with the records that come next, or (in a
  // thread) once it has stayed so for 100 ms.
  void NoteCommitted(raft::Index committed);
  // No entry below `first` will be needed again. Never falls.
  void DropBelow(raft::Index first);

 private:
  struct Work {
    std::vector<std::vector<server::Record>> batches;
    uint64_t sequence = 0;  // of the last batch
    raft::Index first;
    raft::Index committed;  // with all batches
  };
  using Clock = std::chrono::steady_clock;

  void Run();
  // Until there is work, or something is due, or it is time to stop.
  void Await(std::unique_lock<std::mutex>* lock);
  Clock::time_point NextDue() const;
  // Of a new hint; under the mutex. True: the thread does not know that one is coming.
  bool Hint(raft::Index committed);
  absl::Status CheckLock() const;
  // What has been noted is written. False: as Do.
  bool WriteHint();
  bool Fail(absl::Status status);
  bool Idle() const { return work_.batches.empty() && work_.first == dropped_ && !more_room_; }
  // False: it failed, and the inbox has been told.
  bool Do(const Work& work);
  absl::Status Sync(const Work& work);
  void TellRoom();

  storage::LogStore* const log_;
  const storage::Lock* const lock_;
  const uint64_t enough_room_;
  Inbox* const inbox_;

  // The worker's own.
  uint64_t sequence_ = 0;  // of what was synced last
  std::optional<server::Room> told_room_;
  raft::Index dropped_;
  bool more_room_ = true;  // MakeRoom has more to do
  bool failed_ = false;
  Clock::time_point looked_at_;  // for room, and for the lock

  std::mutex mutex_;
  std::condition_variable changed_;
  Work work_;
  bool hint_pending_ = false;     // it is not sure to be written
  Clock::time_point hint_since_;  // it has not changed since
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_LOG_WORKER_H_
