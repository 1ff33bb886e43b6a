#include "client_cli/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "node/base/assert.h"

namespace tidemark::client {

Signals::Signals() {
  sigset_t taken;
  sigemptyset(&taken);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGCONT}) sigaddset(&taken, signal);
  TM_ASSERT(sigprocmask(SIG_BLOCK, &taken, nullptr) == 0);
  fd_ = signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "no descriptor for signals");
}

Signals::~Signals() { close(fd_); }

std::optional<int> Signals::Take() {
  signalfd_siginfo info;
  if (read(fd_, &info, sizeof info) != sizeof info) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace tidemark::client
