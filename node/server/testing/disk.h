// What a node has on disk, in memory: all that it wrote is durable at once.
#ifndef TIDEMARK_NODE_SERVER_TESTING_DISK_H_
#define TIDEMARK_NODE_SERVER_TESTING_DISK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/kv/state_machine.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::server::testing {

class Disk {
 public:
  explicit Disk(raft::Incarnation incarnation) : incarnation_(incarnation) {}

  // The one it was made for, or has become.
  raft::Incarnation incarnation() const;
  // What it comes to after a crash.
  Recovered Recover();
  const std::optional<raft::Snapshot>& snapshot() const { return snapshot_; }
  // Of what was opened, it remembers this.
  void Forget(WriterNumber but) { records_.emplace_back(but); }
  // Somebody changes what the last write in the log wrote.
  void Forge(const std::string& value);

  // Does what `out` says of the disk. Returns what the node is to be told of it.
  std::vector<Input> Perform(const Output& out);
  // It hangs no more, or never will have written what it hangs with. Resume returns as Perform
  // does.
  std::vector<Input> Resume();
  void Crash() {
    unwritten_.clear();
    kept_.clear();
  }
  bool full = true;    // where there is no room
  bool hangs = false;  // acknowledges nothing, and what it was given is lost in a crash
  bool hints = false;  // tells the next start what was known to be committed
  bool slow = false;   // says of each slice that it was taken over only when it is told more
  // Bytes for which there is room; nothing said: for any. Told with the next step.
  std::optional<uint64_t> room;

 private:
  struct Arriving {
    raft::Snapshot snapshot;
    std::string bytes;
  };

  static constexpr size_t kFewRecords = 1'000;

  // What the records come to, but for the snapshot.
  Recovered Sum() const;
  // The fewest records that come to the same.
  void Compact();
  void Take(const StateSlice& slice, std::vector<Input>* news);
  void Take(const raft::SnapshotPiece& piece, std::vector<Input>* news);
  void Read(const raft::SnapshotRead& read, std::vector<Input>* news) const;
  void Install(const raft::Snapshot& snapshot, std::string bytes);
  void KeepSent(const std::vector<raft::Snapshot>& snapshots);

  raft::Incarnation incarnation_;
  void Write(const Output& out, std::vector<Input>* news);

  // `records` are on disk.
  void NoteEnd(const std::vector<Record>& records);

  std::vector<Record> records_;
  raft::Index last_;       // of the log, with its snapshot
  raft::Index committed_;  // as it was told last
  size_t compact_at_ = kFewRecords;
  std::vector<Record> unwritten_;
  uint64_t unwritten_sequence_ = 0;
  raft::Index log_first_;
  std::optional<raft::Snapshot> snapshot_;
  std::string snapshot_bytes_;
  // Those that are being sent, with what is in them; a crash takes them.
  std::vector<std::pair<raft::Snapshot, std::string>> kept_;
  std::optional<uint64_t> told_room_;
  std::string taking_;
  std::vector<Input> late_;
  Arriving arriving_;
};

}  // namespace tidemark::server::testing

#endif  // TIDEMARK_NODE_SERVER_TESTING_DISK_H_
