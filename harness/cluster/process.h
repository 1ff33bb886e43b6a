// One child process whose stdin and stdout are lines to us. It never outlives the thread that
// started it (PR_SET_PDEATHSIG), however that ends.
#ifndef TIDEMARK_HARNESS_CLUSTER_PROCESS_H_
#define TIDEMARK_HARNESS_CLUSTER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/cluster/line_buffer.h"
#include "harness/cluster/spawn.h"
#include "node/base/time.h"

struct pollfd;

namespace tidemark::cluster {

// How a process ended: by itself with `code`, or, if `signal` is not 0, by that signal.
struct ExitStatus {
  int code = 0;
  int signal = 0;
  std::string ToString() const;  // "exited with status 3", "was killed by signal 6 (Aborted)"
  bool operator==(const ExitStatus&) const = default;
};

// Nothing here blocks except Await and Reap, and those only as long as they are told: writing to a
// process that is itself waiting for us to read cannot deadlock.
class Process {
 public:
  // Errors: as SpawnChild. SIGPIPE is ignored in the whole process from here on: a node's death
  // shows as the end of its output.
  static absl::StatusOr<std::unique_ptr<Process>> Spawn(const SpawnOptions& options);
  // Kills (with its process group) and reaps what still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return child_.pid; }

  // Writes as much as the pipe takes and keeps the rest for later. What is written to a process
  // that has closed its stdin or died is dropped.
  void Write(std::string_view bytes);
  // Closes its stdin as soon as everything is written.
  void CloseStdin();

  // The next line read so far, without its newline; valid until the next call that reads. At the
  // end of the output, what stands behind the last newline is a line too.
  std::optional<std::string_view> NextLine();
  // Everything was read, and nothing more will come.
  bool output_ended() const { return ended_ && lines_.empty(); }

  // Waits until there is something new to read (true) or `patience` of real time is over (false),
  // writing meanwhile.
  bool Await(Duration patience);

  // For a caller's own poll(): adds this process's descriptors, then, after it, does what is
  // possible (reading and writing never block).
  void AddTo(std::vector<pollfd>* fds) const;
  void DoIo();

  // Waits until the process has ended; after `patience` of real time it is killed.
  ExitStatus Reap(Duration patience);
  ExitStatus Kill();

  // SIGSTOP and SIGCONT.
  void Pause();
  void Resume();

 private:
  explicit Process(Child child);

  bool WritesPending() const { return written_ < unwritten_.size(); }
  void Flush();
  void ReadSome();
  void CloseStdinNow();
  ExitStatus WaitForEnd();

  Child child_;
  LineBuffer lines_;
  std::string unwritten_;
  size_t written_ = 0;  // how much of `unwritten_` has been written after all
  bool close_when_written_ = false;
  bool ended_ = false;
  std::optional<ExitStatus> exit_;
};

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_PROCESS_H_
