#include "harness/simulation/isolated.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/simulation/futures.h"
#include "harness/simulation/result_line.h"
#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/process/program.h"

namespace tidemark::simulation {
namespace {

absl::Status Cannot(const char* what) {
  return absl::InternalError(Concat("cannot ", what, ": ", std::strerror(errno)));
}

// A child that runs every `jobs`-th seed from `next` on, and what is known of it.
class Worker {
 public:
  // `tally` is null where there are to be no futures.
  Worker(const Batch* batch, uint64_t first, SharedTally* tally)
      : batch_(batch), tally_(tally), next_(first) {}

  // Not OK: the system had no memory, or no thread, for the process. That is nothing of the seed's.
  const absl::Status& refused() const { return refused_; }
  bool Finished() const { return next_ >= batch_->first_seed + batch_->seeds; }
  int lines_fd() const { return lines_fd_; }

  absl::Status Start() {
    int lines[2];
    int errors[2];
    if (pipe(lines) != 0 || pipe(errors) != 0) return Cannot("make a pipe");
    pid_ = fork();
    if (pid_ < 0) return Cannot("start a process");
    if (pid_ == 0) {
      dup2(errors[1], STDERR_FILENO);
      for (const int fd : {lines[0], errors[0], errors[1]}) close(fd);
      RunSeeds(lines[1]);
      EndProcess();
    }
    close(lines[1]);
    close(errors[1]);
    lines_fd_ = lines[0];
    errors_fd_ = errors[0];
    return absl::OkStatus();
  }

  // Reads what has come; hands over the runs that are complete. False: `take` wants no more, or the
  // system has refused something.
  bool Read(const std::function<bool(const SeedRun&)>& take) {
    char buffer[1 << 16];
    const ssize_t got = read(lines_fd_, buffer, sizeof buffer);
    if (got > 0) buffer_.append(buffer, static_cast<size_t>(got));
    for (size_t end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
      SeedRun run{next_, false, {}};
      TM_ASSERT(ParseResultLine(buffer_.substr(0, end), &run.result));
      buffer_.erase(0, end + 1);
      run.is_future = run.result.reseeds.size() > batch_->settings.reseeds.size();
      if (!run.is_future) next_ += static_cast<uint64_t>(batch_->jobs);
      if (!take(run)) return false;
    }
    if (got > 0 || (got < 0 && errno == EINTR)) return true;
    return Ended(take);
  }

  void Stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    Reap();
  }

 private:
  void RunSeeds(int out) {
    Settings settings = batch_->settings;
    Futures futures(batch_->futures, tally_, [&](const Result& result) { Write(out, result); });
    for (; !Finished(); next_ += static_cast<uint64_t>(batch_->jobs)) {
      settings.seed = next_;
      if (tally_ != nullptr) tally_->CountSeed();
      const Result result = Simulate(settings, tally_ == nullptr ? nullptr : &futures);
      if (!Write(out, result) || futures.in_future()) return;
    }
  }

  static bool Write(int out, const Result& result) {
    const std::string line = FormatResultLine(result) + "\n";
    return write(out, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  }

  // The process is gone: the seed that it was running is what ended it, if it has not ended all.
  bool Ended(const std::function<bool(const SeedRun&)>& take) {
    const std::string last_words = ReadLastWords(errors_fd_);
    const int status = Reap();
    if (Finished()) return true;
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNoResources) {
      refused_ = absl::ResourceExhaustedError(last_words);
      return false;
    }
    SeedRun run{next_, false, {}};
    run.result.reseeds = batch_->settings.reseeds;
    run.result.violation = AssertionIn(last_words, status);
    next_ += static_cast<uint64_t>(batch_->jobs);
    return take(run);
  }

  int Reap() {
    int status = 0;
    waitpid(pid_, &status, 0);
    close(lines_fd_);
    close(errors_fd_);
    pid_ = lines_fd_ = errors_fd_ = -1;
    buffer_.clear();
    return status;
  }

  const Batch* const batch_;
  SharedTally* const tally_;
  uint64_t next_;
  pid_t pid_ = -1;
  int lines_fd_ = -1;
  int errors_fd_ = -1;
  std::string buffer_;
  absl::Status refused_;
};

// Starts those that have work and no process, and waits until one has something to say. False: all
// work is done.
absl::StatusOr<bool> Await(std::vector<Worker>* workers, std::vector<pollfd>* ready) {
  ready->clear();
  for (Worker& worker : *workers) {
    if (worker.lines_fd() < 0 && !worker.Finished()) {
      if (absl::Status started = worker.Start(); !started.ok()) return started;
    }
    ready->push_back({worker.lines_fd(), POLLIN, 0});
  }
  const bool any =
      std::any_of(ready->begin(), ready->end(), [](const pollfd& p) { return p.fd >= 0; });
  if (any && poll(ready->data(), ready->size(), -1) < 0 && errno != EINTR) return Cannot("poll");
  return any;
}

}  // namespace

int64_t SimulatedUs(const SeedRun& run) {
  const int64_t began_us = run.is_future ? run.result.reseeds.back().at_us : 0;
  return std::max<int64_t>(0, run.result.ended_us - began_us);
}

absl::Status RunBatch(const Batch& batch, const std::function<bool(const SeedRun&)>& take) {
  TM_ASSERT(batch.jobs > 0);
  std::unique_ptr<SharedTally> tally;
  if (batch.futures > 0) tally = std::make_unique<SharedTally>();
  std::vector<Worker> workers;
  for (int i = 0; i < batch.jobs; ++i) {
    workers.emplace_back(&batch, batch.first_seed + static_cast<uint64_t>(i), tally.get());
  }
  std::vector<pollfd> ready;
  absl::StatusOr<bool> more = true;
  bool wanted = true;
  while (wanted) {
    more = Await(&workers, &ready);
    if (!more.ok() || !*more) break;
    for (size_t i = 0; i < workers.size() && wanted; ++i) {
      if (ready[i].revents != 0) wanted = workers[i].Read(take);
    }
  }
  absl::Status status = more.status();
  for (Worker& worker : workers) {
    worker.Stop();
    status.Update(worker.refused());
  }
  return status;
}

absl::StatusOr<Result> RunIsolated(const Settings& settings) {
  Batch batch;
  batch.settings = settings;
  batch.first_seed = settings.seed;
  Result result;
  absl::Status status = RunBatch(batch, [&](const SeedRun& run) {
    result = run.result;
    return true;
  });
  if (!status.ok()) return status;
  return result;
}

}  // namespace tidemark::simulation
