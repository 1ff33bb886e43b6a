#include "harness/transcript/jobs.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "harness/base/processors.h"
#include "harness/cluster/spawn.h"
#include "harness/cluster/temp_dir.h"
#include "node/base/concat.h"

namespace tidemark::transcript {
namespace {

using Clock = std::chrono::steady_clock;

// The signals that mean "stop", as something to poll.
class StopSignals {
 public:
  StopSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, &before_);
    fd_ = signalfd(-1, &signals, SFD_CLOEXEC);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() {
    close(fd_);
    Unblock();
  }
  int fd() const { return fd_; }
  // Takes the signal that came: unblocked while it still waits, it would end us.
  void Take() const {
    signalfd_siginfo info;
    [[maybe_unused]] ssize_t got = read(fd_, &info, sizeof info);
  }
  void Unblock() const { sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
  int fd_;
};

struct Worker {
  size_t file = 0;
  size_t slot = 0;  // below the number of jobs; no two workers have the same
  pid_t pid = -1;
  int fd = -1;  // what it says, up to its end
  std::string text;
  Clock::time_point started;
};

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t wrote = write(fd, text.data(), text.size());
    if (wrote < 0 && errno != EINTR) return;
    if (wrote > 0) text.remove_prefix(static_cast<size_t>(wrote));
  }
}

// In the worker: the verdict is its exit status, the text goes to `fd`.
[[noreturn]] void Work(const std::string& file, ReplayOptions options, const std::string& dir,
                       int fd) {
  mkdir(dir.c_str(), 0700);
  options.play.dir = dir;
  Replayed replayed = ReplayFile(file, options);
  std::error_code ignored;
  std::filesystem::remove_all(dir, ignored);
  WriteAll(fd, replayed.text);
  _exit(static_cast<int>(replayed.verdict));
}

Replayed VerdictOf(int status, std::string text) {
  if (WIFEXITED(status) && WEXITSTATUS(status) <= static_cast<int>(Verdict::kCannotRun)) {
    return {static_cast<Verdict>(WEXITSTATUS(status)), std::move(text)};
  }
  ConcatTo(&text, "the harness itself failed (wait status ", status, "); that is a bug\n");
  return {Verdict::kCannotRun, std::move(text)};
}

class Pool {
 public:
  Pool(const std::vector<std::string>& files, const ReplayOptions& options, std::string dir)
      : files_(files), options_(options), dir_(std::move(dir)) {}
  ~Pool() {
    for (const Worker& worker : workers_) {
      kill(worker.pid, SIGKILL);
      waitpid(worker.pid, nullptr, 0);
      close(worker.fd);
    }
  }

  absl::Status Run(size_t jobs, const std::function<void(const Finished&)>& report) {
    while (next_ < files_.size() || !workers_.empty()) {
      while (workers_.size() < jobs && next_ < files_.size()) {
        if (absl::Status status = StartNext(); !status.ok()) return status;
      }
      if (!Wait()) return absl::CancelledError("stopped by a signal");
      ReportInOrder(report);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status StartNext() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
    const pid_t parent = getpid();
    const size_t slot = FreeSlot();
    const pid_t pid = fork();
    if (pid < 0) return absl::ErrnoToStatus(errno, "cannot fork");
    if (pid == 0) {
      cluster::DieWithParent(parent);
      signals_.Unblock();
      if (!options_.play.real_clock) StayOnOneProcessor(first_processor_ + slot);
      Work(files_[next_], options_, Concat(dir_, "/", next_), fds[1]);
    }
    close(fds[1]);
    workers_.push_back({next_++, slot, pid, fds[0], "", Clock::now()});
    return absl::OkStatus();
  }

  size_t FreeSlot() const {
    size_t slot = 0;
    auto taken = [&slot](const Worker& worker) { return worker.slot == slot; };
    while (std::any_of(workers_.begin(), workers_.end(), taken)) ++slot;
    return slot;
  }

  // Until some worker says something or ends; false: a signal to stop.
  bool Wait() {
    std::vector<pollfd> fds = {{signals_.fd(), POLLIN, 0}};
    for (const Worker& worker : workers_) fds.push_back({worker.fd, POLLIN, 0});
    if (poll(fds.data(), fds.size(), -1) < 0) return errno == EINTR;
    if (fds[0].revents != 0) {
      signals_.Take();
      return false;
    }
    for (size_t i = workers_.size(); i-- > 0;) {
      if (fds[i + 1].revents != 0 && !Read(&workers_[i])) Finish(i);
    }
    return true;
  }

  // False: that was all.
  static bool Read(Worker* worker) {
    char bytes[4096];
    ssize_t got = read(worker->fd, bytes, sizeof bytes);
    if (got > 0) worker->text.append(bytes, static_cast<size_t>(got));
    return got > 0 || (got < 0 && errno == EINTR);
  }

  void Finish(size_t i) {
    Worker worker = std::move(workers_[i]);
    workers_.erase(workers_.begin() + static_cast<ptrdiff_t>(i));
    close(worker.fd);
    int status = 0;
    waitpid(worker.pid, &status, 0);
    const std::chrono::duration<double, std::milli> took = Clock::now() - worker.started;
    finished_[worker.file] = {worker.file, VerdictOf(status, std::move(worker.text)), took.count()};
  }

  void ReportInOrder(const std::function<void(const Finished&)>& report) {
    while (!finished_.empty() && finished_.begin()->first == reported_) {
      report(finished_.begin()->second);
      finished_.erase(finished_.begin());
      ++reported_;
    }
  }

  const std::vector<std::string>& files_;
  const ReplayOptions& options_;
  const std::string dir_;
  StopSignals signals_;
  // Where the kernel has put us, so that harnesses beside each other do not all crowd onto the
  // first.
  const size_t first_processor_ = static_cast<size_t>(std::max(0, sched_getcpu()));
  size_t next_ = 0;
  size_t reported_ = 0;
  std::vector<Worker> workers_;
  std::map<size_t, Finished> finished_;
};

}  // namespace

absl::Status ReplayAll(const std::vector<std::string>& files, const ReplayOptions& options,
                       int jobs, const std::function<void(const Finished&)>& report) {
  absl::StatusOr<cluster::TempDir> dir = cluster::TempDir::Create();
  if (!dir.ok()) return dir.status();
  return Pool(files, options, dir->path()).Run(static_cast<size_t>(std::max(jobs, 1)), report);
}

}  // namespace tidemark::transcript
