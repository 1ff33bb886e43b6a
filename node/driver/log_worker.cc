#include "node/driver/log_worker.h"

#include <chrono>
#include <utility>

#include "absl/status/statusor.h"

namespace tidemark::driver {
namespace {

// How soon a disk that was full is found to have room again.
constexpr std::chrono::seconds kBetweenLooks(1);

}  // namespace

LogWorker::LogWorker(storage::LogStore* log, uint64_t enough_room, Inbox* inbox, Runs runs)
    : log_(log), enough_room_(enough_room), inbox_(inbox) {
  // A start that finds its segment almost full is no full disk.
  while (more_room_ && log_->room() < enough_room_ && Do({})) continue;
  TellRoom();
  if (runs == Runs::kInThread) thread_ = std::thread([this] { Run(); });
}

LogWorker::~LogWorker() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LogWorker::Write(std::vector<server::Record> records, uint64_t sequence) {
  if (!thread_.joinable()) {
    Work work{.sequence = sequence, .first = dropped_};
    work.batches.push_back(std::move(records));
    while (Do(work) && more_room_) work.batches.clear();
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    work_.batches.push_back(std::move(records));
    work_.sequence = sequence;
  }
  changed_.notify_one();
}

void LogWorker::DropBelow(raft::Index first) {
  if (!thread_.joinable()) {
    if (first > dropped_) Do({.first = first});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (first <= work_.first) return;
    work_.first = first;
  }
  changed_.notify_one();
}

void LogWorker::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    Await(&lock);
    if (stop_) return;
    Work work = std::exchange(work_, Work{.first = work_.first});
    lock.unlock();
    if (!Do(work)) return;
    lock.lock();
  }
}

void LogWorker::Await(std::unique_lock<std::mutex>* lock) {
  const auto wanted = [this] { return stop_ || !Idle(); };
  if (log_->room() >= enough_room_) return changed_.wait(*lock, wanted);
  changed_.wait_for(*lock, kBetweenLooks, wanted);
}

bool LogWorker::Do(const Work& work) {
  if (failed_) return false;
  absl::Status done = work.batches.empty() ? absl::OkStatus() : Sync(work);
  if (done.ok() && work.first > dropped_) {
    done = log_->DropBelow(work.first);
    dropped_ = work.first;
  }
  if (done.ok()) {
    const absl::StatusOr<bool> more = log_->MakeRoom();
    done = more.status();
    more_room_ = more.ok() && *more;
    TellRoom();
  }
  if (done.ok()) return true;
  failed_ = true;
  inbox_->Fail(std::move(done));
  return false;
}

absl::Status LogWorker::Sync(const Work& work) {
  for (const std::vector<server::Record>& batch : work.batches) log_->Append(batch);
  if (absl::Status synced = log_->Sync(); !synced.ok()) return synced;
  sequence_ = work.sequence;
  inbox_->PostPersisted(sequence_);
  TellRoom();
  return absl::OkStatus();
}

void LogWorker::TellRoom() {
  const uint64_t room = log_->room();
  if (room == storage::kUnlimitedRoom) return;
  const server::Room now{sequence_, room, log_->full()};
  if (now == told_room_) return;
  told_room_ = now;
  inbox_->PostRoom(now);
}

}  // namespace tidemark::driver
