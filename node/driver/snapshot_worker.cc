#include "node/driver/snapshot_worker.h"

#include <utility>
#include <variant>
#include <vector>

namespace tidemark::driver {

SnapshotWorker::SnapshotWorker(storage::SnapshotStore* store, Inbox* inbox, Runs runs)
    : work_(store), inbox_(inbox) {
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

void SnapshotWorker::Take(storage::EncodedSlice slice) {
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

void SnapshotWorker::Keep(std::vector<raft::Snapshot> snapshots) {
  Submit(storage::KeptSnapshots{std::move(snapshots)});
}

void SnapshotWorker::Submit(storage::SnapshotTask task) {
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
    const storage::SnapshotTask task = std::move(tasks_.front());
    tasks_.pop_front();
    const auto* slice = std::get_if<storage::EncodedSlice>(&task);
    if (slice != nullptr && !slice->abandoned) {
      --slices_;
      AnswerWaitingSlice();
    }
    lock.unlock();
    if (!Do(task)) return;
    lock.lock();
  }
}

bool SnapshotWorker::Do(const storage::SnapshotTask& task) {
  if (failed_) return false;
  std::vector<server::Input> news;
  absl::Status done = work_.Do(task, &news);
  for (server::Input& one : news) inbox_->Post(std::move(one));
  if (done.ok()) return true;
  failed_ = true;
  inbox_->Fail(std::move(done));
  return false;
}

}  // namespace tidemark::driver
