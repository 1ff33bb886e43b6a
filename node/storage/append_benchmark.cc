// What the log makes of a disk. Durable appends by 64 writers through group commit, beside a bare
// loop that writes batches of the same sizes to a file prepared ahead, each followed by fdatasync;
// and how long it takes to read a log of 1 GiB.
//   bazel run --config=opt //node/storage:append_benchmark -- [DIRECTORY]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "node/base/assert.h"
#include "node/storage/node_storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWriters = 64;
constexpr int kAppendsEach = 600;
constexpr size_t kValueBytes = 1024;
constexpr int kRounds = 5;

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

// Writers hand in one record each and wait until it is on disk; whatever has come while a sync was
// under way goes into the next.
class GroupCommit {
 public:
  explicit GroupCommit(LogStore* log) : log_(log), thread_([this] { Run(); }) {}
  ~GroupCommit() {
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      done_ = true;
    }
    work_.notify_one();
    thread_.join();
  }

  void Append(std::string value) {
    std::unique_lock<std::mutex> hold(mutex_);
    const uint64_t mine = ++index_;
    queue_.push_back(EntryOf(mine, 1, std::move(value)));
    work_.notify_one();
    synced_.wait(hold, [&] { return durable_ >= mine; });
  }
  const std::vector<size_t>& batches() const { return batches_; }

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
      log_->Append(batch);
      TM_ASSERT(log_->Sync().ok());
      hold.lock();
      batches_.push_back(batch.size());
      durable_ = last;
      synced_.notify_all();
      hold.unlock();
      TM_ASSERT(log_->MakeRoom().ok());
      hold.lock();
    }
  }

  LogStore* log_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable synced_;
  std::vector<server::Record> queue_;
  uint64_t index_ = 0;
  uint64_t durable_ = 0;
  bool done_ = false;
  std::vector<size_t> batches_;  // how many records each
  std::thread thread_;
};

struct Run {
  double seconds = 0;
  std::vector<size_t> batches;
};

Run AppendThroughLog(const std::string& dir) {
  NodeStorage storage = OpenIn(dir);
  while (*storage.log->MakeRoom()) continue;
  GroupCommit commit(storage.log.get());
  const Clock::time_point start = Clock::now();
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      for (int n = 0; n < kAppendsEach; ++n) commit.Append(std::string(kValueBytes, '7'));
    });
  }
  for (std::thread& writer : writers) writer.join();
  return {Since(start), commit.batches()};
}

// The same batches; a record takes as much as in the log.
double AppendBare(const std::string& path, const std::vector<size_t>& batches) {
  const size_t record_bytes = Encoded(EntryOf(1, 1, std::string(kValueBytes, '7'))).size() + 32;
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  TM_ASSERT(file >= 0);
  const std::string zeros(size_t{1} << 20, '\0');
  off_t size = 0;
  for (const size_t batch : batches) size += static_cast<off_t>(batch * record_bytes);
  for (off_t at = 0; at < size; at += static_cast<off_t>(zeros.size())) {
    TM_ASSERT(pwrite(file, zeros.data(), zeros.size(), at) == static_cast<ssize_t>(zeros.size()));
  }
  TM_ASSERT(fsync(file) == 0);
  const std::string bytes(kWriters * record_bytes, '7');
  const Clock::time_point start = Clock::now();
  off_t at = 0;
  for (const size_t batch : batches) {
    const size_t size_now = batch * record_bytes;
    TM_ASSERT(pwrite(file, bytes.data(), size_now, at) == static_cast<ssize_t>(size_now));
    TM_ASSERT(fdatasync(file) == 0);
    at += static_cast<off_t>(size_now);
  }
  const double seconds = Since(start);
  close(file);
  return seconds;
}

// The bare loop right behind each run of the log: a disk has better and worse minutes.
void MeasureAppends(const std::string& dir) {
  const double records = double{kWriters} * kAppendsEach;
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    std::filesystem::remove_all(dir);
    std::filesystem::create_directories(dir);
    const Run log = AppendThroughLog(dir);
    const double bare = AppendBare(dir + "/bare", log.batches);
    ratios.push_back(bare / log.seconds);
    std::printf(
        "%d writers, %.1f records a batch: log %8.0f records/s, bare %8.0f records/s, "
        "%.0f %%\n",
        kWriters, records / static_cast<double>(log.batches.size()), records / log.seconds,
        records / bare, 100 * ratios.back());
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("median: %.0f %% of the bare loop\n", 100 * ratios[kRounds / 2]);
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
  const NodeStorage storage = OpenIn(dir);
  TM_ASSERT(storage.recovered.log.size() == index);
  std::printf("recovery: %.2f s for 1 GiB, %llu entries\n", Since(start),
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
