// fork and exec, done once and carefully.
#ifndef TIDEMARK_HARNESS_CLUSTER_SPAWN_H_
#define TIDEMARK_HARNESS_CLUSTER_SPAWN_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tidemark::cluster {

struct SpawnOptions {
  std::vector<std::string> command;  // the program (looked up in PATH if it has no '/'), arguments
  std::string stderr_file;           // appended to; empty: our own stderr; "/dev/null": discarded
};

// A running child. The descriptors are ours, non-blocking and closed on exec.
struct Child {
  pid_t pid = -1;
  int stdin_fd = -1;
  int stdout_fd = -1;
};

// Starts a child in a process group of its own (a Ctrl-C in our terminal is not for it), which the
// kernel kills when the calling thread ends. Errors: NotFound or PermissionDenied naming a program
// that cannot be executed, Internal for what the system refuses.
absl::StatusOr<Child> SpawnChild(const SpawnOptions& options);

// In a forked child: be killed when `parent` ends. Ends the process at once where `parent` has
// ended already.
void DieWithParent(pid_t parent);

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_SPAWN_H_
