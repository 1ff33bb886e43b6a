#include "harness/cluster/process.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::cluster {
namespace {

constexpr size_t kReadBytes = size_t{1} << 16;

// How much of a span of real time is left, for poll(): rounded up, so that it does not spin.
class Countdown {
 public:
  explicit Countdown(Duration span)
      : end_(std::chrono::steady_clock::now() + std::chrono::microseconds(span.us)) {}
  int LeftMs() const {
    auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return left.count() < 0 ? 0 : static_cast<int>(left.count());
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

// Waits for the end of the process without reaping it; false: it still runs.
bool AwaitEnd(pid_t pid, Duration patience) {
  int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return true;  // an old kernel: the caller waits without a limit
  Countdown countdown(patience);
  pollfd ended = {fd, POLLIN, 0};
  int got;
  do {
    got = poll(&ended, 1, countdown.LeftMs());
  } while (got < 0 && errno == EINTR);
  close(fd);
  return got > 0;
}

}  // namespace

std::string ExitStatus::ToString() const {
  if (signal == 0) return Concat("exited with status ", code);
  return Concat("was killed by signal ", signal, " (", strsignal(signal), ")");
}

absl::StatusOr<std::unique_ptr<Process>> Process::Spawn(const SpawnOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);
  absl::StatusOr<Child> child = SpawnChild(options);
  if (!child.ok()) return child.status();
  return std::unique_ptr<Process>(new Process(*child));
}

Process::Process(Child child) : child_(child) {}

Process::~Process() {
  Kill();
  CloseStdinNow();
  close(child_.stdout_fd);
}

void Process::Write(std::string_view bytes) {
  if (child_.stdin_fd < 0 || close_when_written_) return;
  unwritten_.append(bytes);
  Flush();
}

void Process::CloseStdin() {
  close_when_written_ = true;
  Flush();
}

void Process::Flush() {
  while (WritesPending()) {
    ssize_t wrote =
        write(child_.stdin_fd, unwritten_.data() + written_, unwritten_.size() - written_);
    if (wrote >= 0) {
      written_ += static_cast<size_t>(wrote);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {  // EPIPE: it does not listen any more
      CloseStdinNow();
      return;
    }
  }
  unwritten_.clear();
  written_ = 0;
  if (close_when_written_) CloseStdinNow();
}

void Process::CloseStdinNow() {
  unwritten_.clear();
  written_ = 0;
  if (child_.stdin_fd >= 0) close(child_.stdin_fd);
  child_.stdin_fd = -1;
}

void Process::ReadSome() {
  if (ended_) return;
  ssize_t got = read(child_.stdout_fd, lines_.Room(kReadBytes), kReadBytes);
  if (got > 0) {
    lines_.AddedBytes(static_cast<size_t>(got));
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    ended_ = true;
  }
}

std::optional<std::string_view> Process::NextLine() { return lines_.Next(ended_); }

bool Process::Await(Duration patience) {
  if (ended_) return true;
  Countdown countdown(patience);
  while (true) {
    pollfd fds[2] = {{child_.stdout_fd, POLLIN, 0},
                     {WritesPending() ? child_.stdin_fd : -1, POLLOUT, 0}};
    int got = poll(fds, 2, countdown.LeftMs());
    if (got == 0) return false;
    if (fds[1].revents != 0) Flush();
    if (fds[0].revents != 0) {
      ReadSome();
      return true;
    }
  }
}

void Process::AddTo(std::vector<pollfd>* fds) const {
  if (!ended_) fds->push_back({child_.stdout_fd, POLLIN, 0});
  if (WritesPending()) fds->push_back({child_.stdin_fd, POLLOUT, 0});
}

void Process::DoIo() {
  if (WritesPending()) Flush();
  ReadSome();
}

ExitStatus Process::Reap(Duration patience) {
  if (exit_) return *exit_;
  if (!AwaitEnd(child_.pid, patience)) return Kill();
  return WaitForEnd();
}

ExitStatus Process::Kill() {
  if (exit_) return *exit_;
  kill(child_.pid, SIGKILL);
  return WaitForEnd();
}

ExitStatus Process::WaitForEnd() {
  siginfo_t info = {};
  while (waitid(P_PID, static_cast<id_t>(child_.pid), &info, WEXITED | WNOWAIT) < 0) {
    TM_ASSERT(errno == EINTR);
  }
  // What it has started itself goes with it. Now, while the zombie still keeps the number ours.
  kill(-child_.pid, SIGKILL);
  int status = 0;
  while (waitpid(child_.pid, &status, 0) < 0) TM_ASSERT(errno == EINTR);
  exit_ =
      WIFSIGNALED(status) ? ExitStatus{0, WTERMSIG(status)} : ExitStatus{WEXITSTATUS(status), 0};
  return *exit_;
}

void Process::Pause() {
  if (!exit_) kill(-child_.pid, SIGSTOP);
}

void Process::Resume() {
  if (!exit_) kill(-child_.pid, SIGCONT);
}

}  // namespace tidemark::cluster
