#include "node/driver/log_worker.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"

namespace tidemark::driver {
namespace {

// How soon a disk that was full is found to have room again, and a lock to be lost.
constexpr std::chrono::milliseconds kBetweenLooksForRoom(1'000);
constexpr std::chrono::milliseconds kBetweenLooksAtLock(500);
// A hint is written by itself when it has stood still for so long.
constexpr std::chrono::milliseconds kHintSettles(100);

}  // namespace

LogWorker::LogWorker(storage::LogStore* log, const storage::Lock* lock, uint64_t enough_room,
                     Inbox* inbox, Runs runs)
    : log_(log), lock_(lock), enough_room_(enough_room), inbox_(inbox), looked_at_(Clock::now()) {
  // A start that finds its segment almost full is no full disk.
  while (more_room_ && log_->room() < enough_room_ && Do({})) continue;
  TellRoom();
  if (runs == Runs::kInThread) thread_ = std::thread([this] { Run(); });
}

LogWorker::~LogWorker() {
  if (!thread_.joinable()) {
    WriteHint();
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LogWorker::Write(std::vector<server::Record> records, uint64_t sequence,
                      raft::Index committed) {
  if (!thread_.joinable()) {
    Work work{.sequence = sequence, .first = dropped_, .committed = committed};
    work.batches.push_back(std::move(records));
    while (Do(work) && more_room_) work.batches.clear();
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    work_.batches.push_back(std::move(records));
    work_.sequence = sequence;
    Hint(committed);
  }
  changed_.notify_one();
}

void LogWorker::NoteCommitted(raft::Index committed) {
  if (!thread_.joinable()) return log_->NoteCommitted(committed);
  {
    const std::lock_guard lock(mutex_);
    if (!Hint(committed)) return;
  }
  changed_.notify_one();
}

bool LogWorker::Hint(raft::Index committed) {
  if (committed <= work_.committed) return false;
  work_.committed = committed;
  hint_since_ = Clock::now();
  return !std::exchange(hint_pending_, true);
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
    if (stop_) break;
    Work work = std::exchange(work_, Work{.first = work_.first, .committed = work_.committed});
    const bool settled = hint_pending_ && Clock::now() >= hint_since_ + kHintSettles;
    if (settled) hint_pending_ = false;
    lock.unlock();
    looked_at_ = Clock::now();
    if (!Do(work) || (settled && !WriteHint())) return;
    lock.lock();
  }
  // What is dropped now may be what the hint speaks of.
  if (work_.batches.empty()) log_->NoteCommitted(work_.committed);
  WriteHint();
}

void LogWorker::Await(std::unique_lock<std::mutex>* lock) {
  while (!stop_ && Idle()) {
    const Clock::time_point due = NextDue();
    if (due <= Clock::now()) return;
    if (due == Clock::time_point::max()) {
      changed_.wait(*lock);
    } else {
      changed_.wait_until(*lock, due);
    }
  }
}

LogWorker::Clock::time_point LogWorker::NextDue() const {
  Clock::time_point due = Clock::time_point::max();
  if (hint_pending_) due = hint_since_ + kHintSettles;
  if (lock_ != nullptr) due = std::min(due, looked_at_ + kBetweenLooksAtLock);
  if (log_->room() < enough_room_) due = std::min(due, looked_at_ + kBetweenLooksForRoom);
  return due;
}

absl::Status LogWorker::CheckLock() const {
  return lock_ == nullptr ? absl::OkStatus() : lock_->Check();
}

bool LogWorker::WriteHint() {
  if (failed_) return false;
  absl::Status done = CheckLock();
  if (done.ok()) done = log_->WriteHint();
  if (!done.ok()) return Fail(std::move(done));
  TellRoom();
  return true;
}

bool LogWorker::Fail(absl::Status status) {
  failed_ = true;
  inbox_->Fail(std::move(status));
  return false;
}

bool LogWorker::Do(const Work& work) {
  if (failed_) return false;
  absl::Status done = CheckLock();
  if (done.ok() && !work.batches.empty()) {
    done = Sync(work);
  } else if (done.ok()) {
    log_->NoteCommitted(work.committed);
  }
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
  return done.ok() || Fail(std::move(done));
}

absl::Status LogWorker::Sync(const Work& work) {
  for (const std::vector<server::Record>& batch : work.batches) log_->Append(batch);
  log_->NoteCommitted(work.committed);
  if (absl::Status synced = log_->Sync(); !synced.ok()) return synced;
  // Into a directory that is no longer the node's, or is another process's as well.
  if (absl::Status held = CheckLock(); !held.ok()) return held;
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
