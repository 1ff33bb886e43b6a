#include "node/driver/snapshot_worker.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "node/kv/state_machine.h"

namespace tidemark::driver {

SnapshotWorker::SnapshotWorker(storage::SnapshotStore* store, Inbox* inbox, Runs runs)
    : store_(store), inbox_(inbox) {
  if (runs == Runs::kInThread) thread_ = std::thread([this] { Run(); });
}

SnapshotWorker::~SnapshotWorker() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void SnapshotWorker::Take(EncodedSlice slice) {
  if (!slice.abandoned) {
    const std::lock_guard lock(mutex_);
    ++slices_;
    ++waiting_slices_;
    if (slices_ < kMaxSlices || !thread_.joinable()) AnswerWaitingSlice();
  }
  Submit(std::move(slice));
}

void SnapshotWorker::Receive(raft::SnapshotPiece piece) { Submit(std::move(piece)); }

void SnapshotWorker::Read(const raft::SnapshotRead& read) { Submit(read); }

void SnapshotWorker::Submit(Task task) {
  if (!thread_.joinable()) {
    slices_ = 0;
    Do(task);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void SnapshotWorker::AnswerWaitingSlice() {
  if (waiting_slices_ == 0) return;
  --waiting_slices_;
  inbox_->Post(server::SliceTaken{});
}

void SnapshotWorker::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || !tasks_.empty(); });
    if (stop_) return;
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    const auto* slice = std::get_if<EncodedSlice>(&task);
    if (slice != nullptr && !slice->abandoned) {
      --slices_;
      AnswerWaitingSlice();
    }
    lock.unlock();
    if (!Do(task)) return;
    lock.lock();
  }
}

bool SnapshotWorker::Do(const Task& task) {
  if (failed_) return false;
  absl::Status done = std::visit([this](const auto& one) { return Do(one); }, task);
  if (done.ok()) return true;
  failed_ = true;
  inbox_->Fail(std::move(done));
  return false;
}

absl::Status SnapshotWorker::Do(const EncodedSlice& slice) {
  if (slice.abandoned) {
    store_->Abandon();
    return absl::OkStatus();
  }
  if (slice.first) no_room_ = false;
  if (!no_room_) {
    absl::Status written = Write(slice);
    no_room_ = absl::IsResourceExhausted(written);
    if (!written.ok() && !no_room_) return written;
  }
  if (slice.last) inbox_->Post(server::SnapshotTaken{std::exchange(taken_, std::nullopt)});
  return absl::OkStatus();
}

absl::Status SnapshotWorker::Write(const EncodedSlice& slice) {
  if (slice.first) {
    if (absl::Status begun = store_->Begin(slice.snapshot); !begun.ok()) return begun;
  }
  if (absl::Status added = store_->Add(slice.state); !added.ok() || !slice.last) return added;
  absl::StatusOr<raft::Snapshot> taken = store_->Finish();
  if (!taken.ok()) return taken.status();
  taken_ = *std::move(taken);
  return absl::OkStatus();
}

absl::Status SnapshotWorker::Do(const raft::SnapshotPiece& piece) {
  if (piece.offset == 0) refused_.reset();
  if (refused_ == piece.snapshot) return absl::OkStatus();
  absl::Status received = store_->Receive(piece);
  if (absl::IsResourceExhausted(received)) {
    RefusePieces(piece.snapshot);
    return absl::OkStatus();
  }
  if (!received.ok()) return received;
  inbox_->Post(server::PieceWritten{piece.snapshot, piece.end()});
  if (piece.end() < piece.snapshot.bytes) return absl::OkStatus();
  return Install(piece.snapshot);
}

absl::Status SnapshotWorker::Install(const raft::Snapshot& snapshot) {
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> machine = store_->Install(snapshot);
  if (machine.ok()) {
    inbox_->Post(server::SnapshotInstalled{snapshot, *std::move(machine), ""});
    return absl::OkStatus();
  }
  if (absl::IsResourceExhausted(machine.status())) {
    RefusePieces(snapshot);
    return absl::OkStatus();
  }
  if (!absl::IsDataLoss(machine.status())) return machine.status();
  inbox_->Post(
      server::SnapshotInstalled{snapshot, nullptr, std::string(machine.status().message())});
  return absl::OkStatus();
}

void SnapshotWorker::RefusePieces(const raft::Snapshot& snapshot) {
  refused_ = snapshot;
  inbox_->Post(server::PieceWritten{snapshot, 0, /*taken=*/false});
}

absl::Status SnapshotWorker::Do(const raft::SnapshotRead& read) {
  raft::SnapshotPiece gone{read.snapshot, read.offset, ""};
  absl::StatusOr<raft::SnapshotPiece> piece = store_->Read(read);
  if (!piece.ok() && !absl::IsNotFound(piece.status())) return piece.status();
  inbox_->Post(server::SnapshotBytes{piece.ok() ? *std::move(piece) : std::move(gone)});
  return absl::OkStatus();
}

}  // namespace tidemark::driver
