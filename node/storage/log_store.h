// The log on disk: the records of one node, in segments of fixed size. README.md has the format.
#ifndef TIDEMARK_NODE_STORAGE_LOG_STORE_H_
#define TIDEMARK_NODE_STORAGE_LOG_STORE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::storage {

// The room of a store that needs none.
inline constexpr uint64_t kUnlimitedRoom = ~uint64_t{0};

// Makes records durable, in the order in which they come. One thread at a time.
class LogStore {
 public:
  virtual ~LogStore() = default;

  // Queues records; nothing is promised before Sync returns.
  virtual void Append(const std::vector<server::Record>& records) = 0;

  // Makes all that was appended durable: one write and one fdatasync for the whole batch, but where
  // it goes over into the next segment. An error is final: the node must stop without acknowledging
  // anything (nothing is retried, since a failed fsync may have dropped the pages it failed on). A
  // full disk is no error as long as what is appended keeps within room().
  virtual absl::Status Sync() = 0;

  // All up to `index` is committed, and stands in the log behind what was appended so far. A hint:
  // it goes with what is written next, behind it.
  virtual void NoteCommitted(raft::Index index) = 0;
  // Writes the hint, if there is a new one, without making it durable: it outlives the process, and
  // what comes next makes it outlive the machine. Errors: as those of Sync.
  virtual absl::Status WriteHint() = 0;

  // How many bytes of further entries are sure to fit (raft::RoomFor each), whatever else fills the
  // disk. Beyond that there is always room for terms and votes.
  virtual uint64_t room() const = 0;
  // There is no more to be had, by the last MakeRoom: the disk is full.
  virtual bool full() const { return false; }
  // Prepares room ahead, a part at a time; true: there is more to prepare, call again soon (beside
  // the next Sync will do). A full disk is no error: room() stays as it is, and the next call tries
  // again.
  virtual absl::StatusOr<bool> MakeRoom() = 0;

  // No entry below `first` will be needed: a snapshot that is on disk stands for them. Segments
  // that hold nothing else are emptied and used again.
  virtual absl::Status DropBelow(raft::Index first) = 0;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_LOG_STORE_H_
