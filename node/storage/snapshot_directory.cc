#include "node/storage/snapshot_directory.h"

#include <algorithm>
#include <utility>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/storage/snapshot_load.h"
#include "node/storage/snapshot_names.h"

namespace tidemark::storage {
namespace {

// What has come is not what was announced.
absl::Status Unlike(std::string_view what) {
  return absl::DataLossError(
      Concat("the snapshot that was received is not what it says: ", what,
             ". It has been dropped, and is asked for anew. If this comes back, look for damage on "
             "the sender's disk and on the way here"));
}

absl::Status CheckIsWhat(const raft::Snapshot& announced, const SnapshotDraft& draft) {
  if (draft.bytes() != announced.bytes) {
    return Unlike(Concat("it has ", draft.bytes(), " bytes in place of ", announced.bytes));
  }
  if (draft.checksum() != announced.checksum) return Unlike("its checksum differs");
  return absl::OkStatus();
}

}  // namespace

std::string SnapshotDirectory::PathOf(std::string_view name) const {
  return Concat(directory_, "/", name);
}

bool SnapshotDirectory::HasOneAsLate(const raft::Snapshot& snapshot) const {
  return installed_ && installed_->snapshot.last_included.index >= snapshot.last_included.index;
}

absl::Status SnapshotDirectory::Adopt(const raft::Snapshot& installed) {
  absl::StatusOr<std::unique_ptr<File>> file =
      file_system_->Open(PathOf(SnapshotName(installed.last_included)), FileSystem::Mode::kRead);
  if (!file.ok()) return file.status();
  if (former_ && Wants(former_->snapshot)) kept_.push_back(*std::move(former_));
  former_ = std::exchange(installed_, Installed{installed, *std::move(file)});
  return absl::OkStatus();
}

absl::Status SnapshotDirectory::Recover(const raft::Snapshot& installed) {
  // Its name first: after a crash there must be this one or those that it replaces, and who gave it
  // the name may have died before it came to that.
  if (absl::Status synced = file_system_->SyncDirectory(directory_); !synced.ok()) return synced;
  if (absl::Status adopted = Adopt(installed); !adopted.ok()) return adopted;
  const absl::Status removed =
      RemoveSnapshotsBut(installed.last_included, file_system_, directory_);
  // Some file systems need room to remove a file. The next one that is installed tries again.
  return absl::IsResourceExhausted(removed) ? absl::OkStatus() : removed;
}

absl::Status SnapshotDirectory::PutInPlace(const char* draft, const raft::Snapshot& snapshot) {
  const std::string path = PathOf(SnapshotName(snapshot.last_included));
  const absl::Status renamed = file_system_->Rename(PathOf(draft), path);
  return renamed.ok() ? Recover(snapshot) : renamed;
}

absl::Status SnapshotDirectory::Drop(const char* draft, const absl::Status& why) {
  if (!absl::IsResourceExhausted(why) && !absl::IsDataLoss(why)) return why;
  if (absl::IsResourceExhausted(why)) {
    former_.reset();
    kept_.clear();
  }
  if (!file_system_->Exists(PathOf(draft))) return why;
  const absl::Status removed = file_system_->Remove(PathOf(draft));
  return removed.ok() ? why : removed;
}

// --- Taking one ---------------------------------------------------------------------------------

absl::Status SnapshotDirectory::Begin(const raft::Snapshot& snapshot) {
  taking_.reset();
  absl::StatusOr<SnapshotWriter> writer =
      SnapshotWriter::Create(file_system_, PathOf(kTakingName), snapshot);
  if (!writer.ok()) return DropTaking(writer.status());
  taking_.emplace(*std::move(writer));
  return absl::OkStatus();
}

absl::StatusOr<SnapshotWriter*> SnapshotDirectory::Taking() {
  if (taking_) return &*taking_;
  TM_ASSERT(!taking_dropped_.ok());  // nothing was begun
  return taking_dropped_;
}

absl::Status SnapshotDirectory::DropTaking(const absl::Status& why) {
  taking_.reset();
  taking_dropped_ = Drop(kTakingName, why);
  return taking_dropped_;
}

absl::Status SnapshotDirectory::Add(std::string_view state) {
  absl::StatusOr<SnapshotWriter*> writer = Taking();
  if (!writer.ok()) return writer.status();
  const absl::Status added = (*writer)->Add(state);
  return added.ok() ? added : DropTaking(added);
}

absl::StatusOr<raft::Snapshot> SnapshotDirectory::Finish() {
  absl::StatusOr<SnapshotWriter*> writer = Taking();
  if (!writer.ok()) return writer.status();
  absl::StatusOr<raft::Snapshot> snapshot = FinishTaking();
  if (!snapshot.ok()) return DropTaking(snapshot.status());
  taking_.reset();
  return snapshot;
}

absl::StatusOr<raft::Snapshot> SnapshotDirectory::FinishTaking() {
  absl::StatusOr<raft::Snapshot> snapshot = taking_->Finish();
  if (!snapshot.ok()) return snapshot;
  if (HasOneAsLate(*snapshot)) {
    const absl::Status removed = file_system_->Remove(PathOf(kTakingName));
    if (!removed.ok()) return removed;
    return installed_->snapshot;
  }
  const absl::Status put = PutInPlace(kTakingName, *snapshot);
  if (!put.ok()) return put;
  return snapshot;
}

void SnapshotDirectory::Abandon() {
  if (!taking_) return;
  taking_.reset();
  // If it stays it is in nobody's way: the next one is written over it, a start removes it.
  file_system_->Remove(PathOf(kTakingName)).IgnoreError();
}

// --- Sending one --------------------------------------------------------------------------------

bool SnapshotDirectory::Wants(const raft::Snapshot& snapshot) const {
  return std::find(wanted_.begin(), wanted_.end(), snapshot) != wanted_.end();
}

void SnapshotDirectory::Keep(std::vector<raft::Snapshot> snapshots) {
  wanted_ = std::move(snapshots);
  std::erase_if(kept_, [this](const Installed& kept) { return !Wants(kept.snapshot); });
}

const SnapshotDirectory::Installed* SnapshotDirectory::Find(const raft::Snapshot& snapshot) const {
  if (installed_ && installed_->snapshot == snapshot) return &*installed_;
  if (former_ && former_->snapshot == snapshot) return &*former_;
  for (const Installed& kept : kept_) {
    if (kept.snapshot == snapshot) return &kept;
  }
  return nullptr;
}

absl::StatusOr<raft::SnapshotPiece> SnapshotDirectory::Read(const raft::SnapshotRead& read) {
  const Installed* from = Find(read.snapshot);
  if (from == nullptr) {
    return absl::NotFoundError(Concat("the snapshot up to entry ",
                                      read.snapshot.last_included.index.value(),
                                      " is no longer here"));
  }
  raft::SnapshotPiece piece{read.snapshot, std::min(read.offset, read.snapshot.bytes), ""};
  piece.bytes.resize(std::min(read.bytes, read.snapshot.bytes - piece.offset));
  const absl::Status done =
      from->file->ReadAt(piece.offset, piece.bytes.size(), piece.bytes.data());
  if (!done.ok()) return done;
  return piece;
}

// --- Being sent one -----------------------------------------------------------------------------

absl::Status SnapshotDirectory::Receive(const raft::SnapshotPiece& piece) {
  if (piece.offset == 0) {
    if (absl::Status begun = BeginReceiving(piece.snapshot); !begun.ok()) return begun;
  } else if (receiving_dropped_ && receiving_dropped_->snapshot == piece.snapshot) {
    return receiving_dropped_->why;
  }
  TM_ASSERT(receiving_ && receiving_->snapshot == piece.snapshot);
  TM_ASSERT(receiving_->draft.bytes() == piece.offset);
  const absl::Status put = receiving_->draft.Append(piece.bytes);
  return put.ok() ? put : DropReceiving(put);
}

absl::Status SnapshotDirectory::BeginReceiving(const raft::Snapshot& snapshot) {
  receiving_.reset();
  receiving_dropped_.reset();
  absl::StatusOr<SnapshotDraft> draft = SnapshotDraft::Create(file_system_, PathOf(kReceivingName));
  if (!draft.ok()) {
    receiving_dropped_ = Dropped{snapshot, Drop(kReceivingName, draft.status())};
    return receiving_dropped_->why;
  }
  receiving_.emplace(Receiving{snapshot, *std::move(draft)});
  return absl::OkStatus();
}

absl::Status SnapshotDirectory::DropReceiving(const absl::Status& why) {
  const raft::Snapshot snapshot = receiving_->snapshot;
  receiving_.reset();
  receiving_dropped_ = Dropped{snapshot, Drop(kReceivingName, why)};
  return receiving_dropped_->why;
}

absl::StatusOr<std::shared_ptr<kv::StateMachine>> SnapshotDirectory::Install(
    const raft::Snapshot& snapshot) {
  TM_ASSERT(receiving_ && receiving_->snapshot == snapshot);
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> machine = LoadReceived();
  if (!machine.ok()) return DropReceiving(machine.status());
  if (absl::Status kept = KeepReceived(); !kept.ok()) return DropReceiving(kept);
  receiving_.reset();
  return machine;
}

absl::StatusOr<std::shared_ptr<kv::StateMachine>> SnapshotDirectory::LoadReceived() const {
  const raft::Snapshot& announced = receiving_->snapshot;
  const absl::Status same = CheckIsWhat(announced, receiving_->draft);
  if (!same.ok()) return same;
  absl::StatusOr<LoadedSnapshot> loaded = LoadSnapshot(file_system_, receiving_->draft.path());
  if (absl::IsDataLoss(loaded.status()) || absl::IsFailedPrecondition(loaded.status())) {
    return Unlike(std::string(loaded.status().message()));
  }
  if (!loaded.ok()) return loaded.status();
  if (*loaded->snapshot != announced) return Unlike("it is of another place in the log");
  return loaded->machine;
}

// A later one may have been taken while this one was on its way: that one stays.
absl::Status SnapshotDirectory::KeepReceived() {
  if (HasOneAsLate(receiving_->snapshot)) return file_system_->Remove(PathOf(kReceivingName));
  if (absl::Status synced = receiving_->draft.Sync(); !synced.ok()) return synced;
  return PutInPlace(kReceivingName, receiving_->snapshot);
}

}  // namespace tidemark::storage
