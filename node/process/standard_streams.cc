#include "node/process/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/base/last_words.h"

namespace tidemark {
namespace {

constexpr int kFailure = 1;

bool IsOpen(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF; }

}  // namespace

void OccupyStandardDescriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (IsOpen(descriptor)) continue;
    // open takes the lowest number that is free, which is this one: those below it are open by now.
    // The wrong direction makes each use fail, as a use of a closed descriptor does.
    const int direction = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    const int opened = open("/dev/null", direction);
    if (opened < 0) _exit(kFailure);
    TM_ASSERT(opened == descriptor);
  }
}

int FinishStdout(std::string_view program, int status) {
  TM_ASSERT(status >= 0);
  errno = 0;
  std::cout.flush();
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  if (written) return status;
  const char* why = errno != 0 ? std::strerror(errno) : "a write failed";
  SayLast(Concat(program, ": stdout could not be written (", why,
                 "): what it shows is not complete\n"));
  return status != 0 ? status : kFailure;
}

}  // namespace tidemark
