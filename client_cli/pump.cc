#include "client_cli/pump.h"

#include <poll.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tidemark::client {
namespace {

// To the microsecond: a message that waits a millisecond for its turn would take two by poll().
void PollUntil(std::vector<pollfd>* fds, Duration span) {
  constexpr int64_t kLongestUs = 60'000'000;
  const int64_t us = std::clamp<int64_t>(span.us, 0, kLongestUs);
  const timespec timeout = {us / 1'000'000, us % 1'000'000 * 1000};
  if (ppoll(fds->data(), fds->size(), &timeout, nullptr) > 0) return;
  for (pollfd& fd : *fds) fd.revents = 0;
}

}  // namespace

Pump::Woken Pump::Wait(int fd, Time deadline) {
  while (true) {
    if (ending_signal_) return Woken::kEnding;
    if (TellSeen()) return Woken::kWorld;
    std::vector<pollfd> fds = {{signals_->fd(), POLLIN, 0}, {fd, POLLIN, 0}};
    world_->AddTo(&fds);
    const Time until = std::min(deadline, world_->NextDelivery());
    PollUntil(&fds, until == Time::Never() ? Duration::Millis(60'000) : until - world_->Now());
    // Nothing that a process of ours does is an error here: its end is seen like its words.
    static_cast<void>(world_->Poll(Duration{0}));
    if (fds[0].revents != 0) {
      const Woken woken = TakeSignal();
      if (woken != Woken::kWorld) return woken;
    }
    if (TellSeen()) return Woken::kWorld;
    if (fds[1].revents != 0) return Woken::kReadable;
    if (world_->Now() >= deadline) return Woken::kDeadline;
  }
}

bool Pump::TellSeen() {
  std::vector<cluster::Seen> seen = world_->TakeSeen();
  for (const cluster::Seen& one : seen) on_seen_(one);
  return !seen.empty();
}

Pump::Woken Pump::TakeSignal() {
  std::optional<int> signal = signals_->Take();
  if (!signal) return Woken::kWorld;
  if (*signal == SIGCONT) return Woken::kResumed;
  if (*signal == SIGINT && !interrupt_ends_) return Woken::kInterrupted;
  ending_signal_ = *signal;
  return Woken::kEnding;
}

}  // namespace tidemark::client
