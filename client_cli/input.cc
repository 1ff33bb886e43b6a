#include "client_cli/input.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

namespace tidemark::client {

Input PlainInput::Next(Host* /*host*/) {
  while (true) {
    if (std::optional<std::string_view> line = lines_.Next(ended_)) {
      return {Input::Kind::kLine, std::string(*line)};
    }
    if (ended_) return {};
    const Pump::Woken woken = pump_->Wait(STDIN_FILENO, Time::Never());
    if (woken == Pump::Woken::kEnding) return {};
    if (woken == Pump::Woken::kReadable) Read();
  }
}

void PlainInput::Read() {
  constexpr size_t kBytes = size_t{1} << 16;
  const ssize_t got = read(STDIN_FILENO, lines_.Room(kBytes), kBytes);
  if (got > 0) {
    lines_.AddedBytes(static_cast<size_t>(got));
  } else if (got == 0) {
    ended_ = true;
  } else if (errno != EINTR && errno != EAGAIN) {
    ended_ = true;
    failure_ = std::strerror(errno);
  }
}

}  // namespace tidemark::client
