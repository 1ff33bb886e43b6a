// A SnapshotStore in a node's directory.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_DIRECTORY_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_DIRECTORY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/kv/state_machine.h"
#include "node/raft/snapshot.h"
#include "node/storage/file_system.h"
#include "node/storage/snapshot_draft.h"
#include "node/storage/snapshot_store.h"
#include "node/storage/snapshot_writer.h"

namespace tidemark::storage {

class SnapshotDirectory final : public SnapshotStore {
 public:
  // `file_system` outlives it. The directory has no drafts.
  SnapshotDirectory(FileSystem* file_system, std::string directory)
      : file_system_(file_system), directory_(std::move(directory)) {}

  // At a start: goes on with the one that is installed, and removes those that it has replaced.
  absl::Status Recover(const raft::Snapshot& installed);

  absl::Status Begin(const raft::Snapshot& snapshot) override;
  absl::Status Add(std::string_view state) override;
  absl::StatusOr<raft::Snapshot> Finish() override;
  void Abandon() override;

  absl::StatusOr<raft::SnapshotPiece> Read(const raft::SnapshotRead& read) override;
  void Keep(std::vector<raft::Snapshot> snapshots) override;

  absl::Status Receive(const raft::SnapshotPiece& piece) override;
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> Install(
      const raft::Snapshot& snapshot) override;

 private:
  struct Installed {
    raft::Snapshot snapshot;
    std::unique_ptr<File> file;
  };
  struct Receiving {
    raft::Snapshot snapshot;
    SnapshotDraft draft;
  };
  // What was begun and had to be dropped, and why: more of it may be under way.
  struct Dropped {
    raft::Snapshot snapshot;
    absl::Status why;
  };

  std::string PathOf(std::string_view name) const;
  bool HasOneAsLate(const raft::Snapshot& snapshot) const;
  absl::Status Adopt(const raft::Snapshot& installed);
  bool Wants(const raft::Snapshot& snapshot) const;
  const Installed* Find(const raft::Snapshot& snapshot) const;
  // The draft of that name is whole and on disk: it comes to stand in the place of what is
  // installed.
  absl::Status PutInPlace(const char* draft, const raft::Snapshot& snapshot);
  // Where there was no room: makes some, so that it can be begun again. Returns `why`, or what went
  // wrong in that.
  absl::Status Drop(const char* draft, const absl::Status& why);

  absl::StatusOr<SnapshotWriter*> Taking();
  absl::Status DropTaking(const absl::Status& why);
  absl::StatusOr<raft::Snapshot> FinishTaking();

  absl::Status BeginReceiving(const raft::Snapshot& snapshot);
  absl::Status DropReceiving(const absl::Status& why);
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> LoadReceived() const;
  absl::Status KeepReceived();

  FileSystem* file_system_;
  std::string directory_;
  std::optional<Installed> installed_;
  // The one before, whose name is gone: a node that has been sent half of it need not begin again.
  std::optional<Installed> former_;
  // Those that are being sent; and of them, those that were there before the former one.
  std::vector<raft::Snapshot> wanted_;
  std::vector<Installed> kept_;
  std::optional<SnapshotWriter> taking_;
  absl::Status taking_dropped_;
  std::optional<Receiving> receiving_;
  std::optional<Dropped> receiving_dropped_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_DIRECTORY_H_
