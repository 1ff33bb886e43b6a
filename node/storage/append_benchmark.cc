// What the log makes of a disk. Durable appends by 64 writers through group commit; and, behind
// each batch, as many bytes by a bare pwrite and fdatasync to a file that was prepared before, so
// that both meet the disk in the same mood. Compared is the time spent in the log, preparation of
// room included, with that of the bare calls. And how long it takes to read a log of 1 GiB.
//   bazel run --config=opt //node/storage:append_benchmark -- [DIRECTORY]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "node/base/assert.h"
#include "node/storage/node_storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWriters = 64;
constexpr int kAppendsEach = 2000;
constexpr size_t kValueBytes = 1024;

double Since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

NodeStorage OpenIn(const std::string& dir) {
  absl::StatusOr<NodeStorage> opened =
      OpenNodeStorage(PosixFileSystem(), dir, {"n1", {"n1"}}, raft::Incarnation(7));
  if (!opened.ok()) std::fprintf(stderr, "%s\n", opened.status().ToString().c_str());
  TM_ASSERT(opened.ok());
  return *std::move(opened);
}

// A file of zeros that is on disk, and is written from its beginning on.
class BareFile {
 public:
  BareFile(const std::string& path, uint64_t bytes)
      : file_(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600)) {
    TM_ASSERT(file_ >= 0);
    const std::string zeros(size_t{1} << 20, '\0');
    for (uint64_t at = 0; at < bytes; at += zeros.size()) Write(zeros);
    TM_ASSERT(fsync(file_) == 0);
    at_ = 0;
  }
  ~BareFile() { close(file_); }

  void Append(size_t bytes) {
    bytes_.resize(std::max(bytes, bytes_.size()), '7');
    Write(std::string_view(bytes_).substr(0, bytes));
    TM_ASSERT(fdatasync(file_) == 0);
  }

 private:
  void Write(std::string_view bytes) {
    TM_ASSERT(pwrite(file_, bytes.data(), bytes.size(), at_) == static_cast<ssize_t>(bytes.size()));
    at_ += static_cast<off_t>(bytes.size());
  }

  int file_;
  off_t at_ = 0;
  std::string bytes_;
};

struct Times {
  double sync = 0;  // seconds
  double make_room = 0;
  double bare = 0;
  size_t batches = 0;
};

// Writers hand in one record each and wait until it is on disk; whatever has come while a batch was
// under way goes into the next.
class GroupCommit {
 public:
  GroupCommit(LogStore* log, BareFile* bare) : log_(log), bare_(bare), thread_([this] { Run(); }) {}

  void Append(const std::string& value) {
    std::unique_lock<std::mutex> hold(mutex_);
    const uint64_t mine = ++index_;
    queue_.push_back(EntryOf(mine, 1, value));
    work_.notify_one();
    synced_.wait(hold, [&] { return durable_ >= mine; });
  }

  Times Finish() {
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      done_ = true;
    }
    work_.notify_one();
    thread_.join();
    return times_;
  }

 private:
  void Run() {
    std::unique_lock<std::mutex> hold(mutex_);
    while (true) {
      work_.wait(hold, [&] { return done_ || !queue_.empty(); });
      if (queue_.empty()) return;
      std::vector<server::Record> batch;
      batch.swap(queue_);
      const uint64_t last = index_;
      hold.unlock();
      Write(batch);
      hold.lock();
      durable_ = last;
      synced_.notify_all();
    }
  }

  void Write(const std::vector<server::Record>& batch) {
    const Clock::time_point start = Clock::now();
    log_->Append(batch);
    TM_ASSERT(log_->Sync().ok());
    times_.sync += Since(start);
    const Clock::time_point synced = Clock::now();
    TM_ASSERT(log_->MakeRoom().ok());
    times_.make_room += Since(synced);
    const Clock::time_point made = Clock::now();
    bare_->Append(batch.size() * record_bytes_);
    times_.bare += Since(made);
    ++times_.batches;
  }

  const size_t record_bytes_ = Encoded(EntryOf(1, 1, std::string(kValueBytes, '7'))).size() + 32;
  LogStore* log_;
  BareFile* bare_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable synced_;
  std::vector<server::Record> queue_;
  uint64_t index_ = 0;
  uint64_t durable_ = 0;
  bool done_ = false;
  Times times_;
  std::thread thread_;
};

void MeasureAppends(const std::string& dir) {
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  NodeStorage storage = OpenIn(dir);
  while (*storage.log->MakeRoom()) continue;
  BareFile bare(dir + "/bare", kWriters * kAppendsEach * (kValueBytes + 256));
  GroupCommit commit(storage.log.get(), &bare);
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      for (int n = 0; n < kAppendsEach; ++n) commit.Append(std::string(kValueBytes, '7'));
    });
  }
  for (std::thread& writer : writers) writer.join();
  const Times times = commit.Finish();
  const double records = double{kWriters} * kAppendsEach;
  const double in_log = times.sync + times.make_room;
  std::printf(
      "%d writers, %.1f records a batch: log %.0f records/s, bare loop %.0f records/s: %.0f %% "
      "(%.0f %% without the preparation of room)\n",
      kWriters, records / static_cast<double>(times.batches), records / in_log,
      records / times.bare, 100 * times.bare / in_log, 100 * times.bare / times.sync);
}

void MeasureRecovery(const std::string& dir) {
  std::filesystem::remove_all(dir);
  uint64_t index = 0;
  {
    NodeStorage storage = OpenIn(dir);
    const std::string value(kValueBytes, '7');
    while (index * kValueBytes < uint64_t{1} << 30) {
      std::vector<server::Record> batch;
      for (int i = 0; i < 1000; ++i) batch.push_back(EntryOf(++index, 1, value));
      storage.log->Append(batch);
      TM_ASSERT(storage.log->Sync().ok());
    }
  }
  const Clock::time_point start = Clock::now();
  const std::clock_t processor = std::clock();
  const NodeStorage storage = OpenIn(dir);
  TM_ASSERT(storage.recovered.log.size() == index);
  std::printf("recovery: %.2f s (processor: %.2f s) for 1 GiB, %llu entries\n", Since(start),
              static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC,
              static_cast<unsigned long long>(index));
}

}  // namespace
}  // namespace tidemark::storage

int main(int argc, char** argv) {
  const std::string dir =
      argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string() + "/append_benchmark";
  tidemark::storage::MeasureAppends(dir);
  tidemark::storage::MeasureRecovery(dir);
  std::filesystem::remove_all(dir);
  return 0;
}
