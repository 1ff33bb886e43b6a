// The one place where the client waits. The network between the nodes lives in this process, so
// that whoever waits, for keys, for a line, for an answer, must let it move meanwhile.
#ifndef TIDEMARK_CLIENT_CLI_PUMP_H_
#define TIDEMARK_CLIENT_CLI_PUMP_H_

#include <signal.h>

#include <functional>
#include <optional>

#include "client_cli/signals.h"
#include "harness/cluster/real_world.h"
#include "node/base/time.h"

namespace tidemark::client {

class Pump {
 public:
  enum class Woken { kWorld, kReadable, kInterrupted, kResumed, kEnding, kDeadline };

  // With `interrupt_ends`, SIGINT ends the session as SIGTERM and SIGHUP do.
  Pump(cluster::RealWorld* world, Signals* signals, bool interrupt_ends)
      : world_(world), signals_(signals), interrupt_ends_(interrupt_ends) {}

  // Who is told what the world shows, from within Wait.
  void set_on_seen(std::function<void(const cluster::Seen&)> on_seen) {
    on_seen_ = std::move(on_seen);
  }

  // Lets the world move until it has shown something (kWorld), `fd` can be read (-1: none), a
  // signal has come (kResumed: SIGCONT, after Ctrl-Z), or `deadline`. Once kEnding, always kEnding.
  Woken Wait(int fd, Time deadline);

  // The terminal is gone. SIGHUP says the same, perhaps a moment later.
  void HangUp() { ending_signal_ = SIGHUP; }
  // The signal that ends the session.
  std::optional<int> ending_signal() const { return ending_signal_; }

 private:
  bool TellSeen();
  Woken TakeSignal();

  cluster::RealWorld* const world_;
  Signals* const signals_;
  const bool interrupt_ends_;
  std::function<void(const cluster::Seen&)> on_seen_;
  std::optional<int> ending_signal_;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_PUMP_H_
