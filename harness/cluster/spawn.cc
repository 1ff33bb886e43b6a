#include "harness/cluster/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::cluster {
namespace {

struct Pipe {
  int read_fd = -1;
  int write_fd = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  absl::Status Open() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
    read_fd = fds[0];
    write_fd = fds[1];
    return absl::OkStatus();
  }
  void CloseRead() { Close(&read_fd); }
  void CloseWrite() { Close(&write_fd); }
  static int Release(int* fd) {
    int released = *fd;
    *fd = -1;
    return released;
  }

 private:
  static void Close(int* fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
  }
};

// Everything the child needs, prepared before the fork: between fork and exec nothing may allocate.
struct ChildPlan {
  std::vector<char*> argv;
  const char* stderr_file = nullptr;
  pid_t parent = 0;
  sigset_t no_signals;
};

ChildPlan MakePlan(const SpawnOptions& options) {
  ChildPlan plan;
  for (const std::string& word : options.command) {
    plan.argv.push_back(const_cast<char*>(word.c_str()));
  }
  plan.argv.push_back(nullptr);
  if (!options.stderr_file.empty()) plan.stderr_file = options.stderr_file.c_str();
  plan.parent = getpid();
  sigemptyset(&plan.no_signals);
  return plan;
}

bool RedirectStderr(const char* file) {
  if (file == nullptr) return true;
  int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  return fd >= 0 && dup2(fd, STDERR_FILENO) >= 0;
}

[[noreturn]] void RunChild(const ChildPlan& plan, int stdin_fd, int stdout_fd, int error_fd) {
  DieWithParent(plan.parent);
  setpgid(0, 0);
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &plan.no_signals, nullptr);
  if (dup2(stdin_fd, STDIN_FILENO) >= 0 && dup2(stdout_fd, STDOUT_FILENO) >= 0 &&
      RedirectStderr(plan.stderr_file)) {
    execvp(plan.argv[0], plan.argv.data());
  }
  int error = errno;
  [[maybe_unused]] ssize_t written = write(error_fd, &error, sizeof error);
  _exit(127);
}

// Ok once the child has become the program.
absl::Status AwaitExec(const Pipe& errors, const std::string& program) {
  int error = 0;
  ssize_t got;
  do {
    got = read(errors.read_fd, &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return absl::OkStatus();
  return absl::ErrnoToStatus(error, Concat("cannot run ", program));
}

void MakeNonBlocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

}  // namespace

void DieWithParent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it ended before we asked
}

absl::StatusOr<Child> SpawnChild(const SpawnOptions& options) {
  TM_ASSERT(!options.command.empty());
  Pipe input, output, errors;
  for (Pipe* pipe : {&input, &output, &errors}) {
    if (absl::Status opened = pipe->Open(); !opened.ok()) return opened;
  }
  const ChildPlan plan = MakePlan(options);
  const pid_t pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (pid == 0) RunChild(plan, input.read_fd, output.write_fd, errors.write_fd);

  errors.CloseWrite();
  if (absl::Status started = AwaitExec(errors, options.command[0]); !started.ok()) {
    waitpid(pid, nullptr, 0);
    return started;
  }
  MakeNonBlocking(input.write_fd);
  MakeNonBlocking(output.read_fd);
  return Child{pid, Pipe::Release(&input.write_fd), Pipe::Release(&output.read_fd)};
}

}  // namespace tidemark::cluster
