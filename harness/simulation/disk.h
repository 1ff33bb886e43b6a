// A machine's disk: the node's own storage on a simulated file system, which a crash may leave in
// any state that its syncs allow; and beside it, in the plainest form, what was promised, so that
// what comes back can be judged.
#ifndef TIDEMARK_HARNESS_SIMULATION_DISK_H_
#define TIDEMARK_HARNESS_SIMULATION_DISK_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/storage/node_storage.h"
#include "node/storage/snapshot_work.h"
#include "node/storage/testing/simulated_file_system.h"

namespace tidemark::simulation {

// What a node's records come to.
struct Memory {
  raft::HardState hard_state;
  server::WriterNumber writer_number;
  raft::LogPosition base;
  std::vector<raft::Term> terms;  // of the entries behind base
  raft::Rebirth rebirth;

  void Keep(const server::Record& record);
  void KeepEntry(const raft::Entry& entry);
  // The log is the snapshot's: what stood there is in it.
  void Rest(raft::LogPosition snapshot);
  bool Holds(raft::LogPosition at) const;
  raft::LogPosition last() const;
};

class Disk {
 public:
  // `segment_bytes`: of the log's segments.
  Disk(raft::Incarnation incarnation, uint64_t segment_bytes);

  // Whose memory it is, with what is written and not synced yet.
  raft::Incarnation incarnation() const { return incarnation_; }
  // What was synced: the node may have promised it.
  const Memory& durable() const { return durable_; }
  // Entries that a snapshot stands for are held as well.
  bool Holds(raft::LogPosition at) const;

  // A node starts on it. `problem` is set where not all comes back that was synced, or more than
  // was ever written.
  server::Recovered Open(const storage::Owner& owner, std::string* problem);

  void Write(uint64_t sequence, std::vector<server::Record> records, raft::Index log_first);
  // What is known to be committed. True: there was no hint to be written before this one.
  bool NoteCommitted(raft::Index committed);
  // The hint is written by itself, and not synced. REQUIRES: it is open and idle.
  void WriteHint();
  bool syncing() const { return syncing_ > 0; }
  bool idle() const { return unsynced_.empty(); }
  // A sync begins, of all that has been written by now; one at a time.
  void BeginSync();
  // It is done; returns what the node is to be told.
  std::vector<server::Input> EndSync();

  // Does what `out` says of snapshots; true: there is something to tell the node of it, once it is
  // done.
  bool BeginWork(const server::Output& out);
  // The work that began first is done.
  std::vector<server::Input> EndWork();

  // It fills up but for `left` bytes, until Free. A node does not start on a full disk: Open makes
  // as much room as that takes, as an operator would.
  void Fill(uint64_t left);
  void Free();
  bool filled() const { return filled_; }
  // What there is to be told of room. REQUIRES: it is open and !syncing().
  server::Room LookForRoom();

  // The process or the machine is gone: of what was not synced, any part is there all the same.
  void Crash(Random* random);
  // What a crash of now would leave, on a disk of its own.
  Disk Copy(Random* random) const;
  // --force-new-cluster on it, while no node runs: what is in its log then, the configuration of
  // `owner` alone last; nullopt: it knows of no cluster. `problem` as Open has it.
  std::optional<server::Recovered> Force(const storage::Owner& owner, Random* random,
                                         std::string* problem);
  // For a test: another disk is put in its place while the node runs, and nobody says so.
  void Forget() { files_ = std::make_unique<storage::SimulatedFileSystem>(); }

 private:
  struct Unsynced {
    uint64_t sequence = 0;
    std::vector<server::Record> records;
  };
  struct Work {
    uint64_t syncs = 0;  // of the file system's, that it takes
    std::vector<server::Input> news;
  };

  void Remember(const server::Recovered& recovered);
  absl::StatusOr<storage::NodeStorage> OpenStorage(const storage::Owner& owner);
  void MakeRoom();
  void Do(const storage::SnapshotTask& task, Work* work);
  void NoteInstalled(const server::Input& news);
  // What is wrong with what came back; empty: nothing.
  std::string Judge(const server::Recovered& recovered) const;

  raft::Incarnation incarnation_;
  uint64_t segment_bytes_;
  bool filled_ = false;
  uint64_t synced_ = 0;  // the last sequence of this life that is on disk
  std::unique_ptr<storage::SimulatedFileSystem> files_;
  storage::NodeStorage storage_;  // open while the node is up
  std::optional<storage::SnapshotWork> snapshot_work_;

  Memory durable_;
  raft::LogPosition snapshot_;  // one at least as new is on disk
  std::deque<Unsynced> unsynced_;
  size_t syncing_ = 0;  // how many of them the sync under way covers
  uint64_t syncs_ = 0;  // of the file system's, that it takes
  raft::Index log_first_;
  raft::Index committed_;
  raft::Index hinted_;  // by itself or with records, in this life
  std::deque<Work> work_;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_DISK_H_
