#include "harness/mutants/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "node/base/assert.h"

namespace tidemark::mutants {
namespace {

std::string ReadAll(int from) {
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = read(from, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
  }
  return text;
}

}  // namespace

Ended RunInChild(unsigned seconds, absl::FunctionRef<int()> what) {
  int output[2];
  TM_ASSERT(pipe(output) == 0);
  const pid_t pid = fork();
  TM_ASSERT(pid >= 0);
  if (pid == 0) {
    TM_ASSERT(dup2(output[1], STDOUT_FILENO) >= 0 && dup2(output[1], STDERR_FILENO) >= 0);
    close(output[0]);
    close(output[1]);
    alarm(seconds);
    exit(what());
  }
  close(output[1]);
  Ended ended;
  ended.said = ReadAll(output[0]);
  close(output[0]);
  TM_ASSERT(waitpid(pid, &ended.status, 0) == pid);
  return ended;
}

}  // namespace tidemark::mutants
