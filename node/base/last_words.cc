#include "node/base/last_words.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstddef>

namespace tidemark {
namespace {

constexpr int kPatienceMs = 1000;

std::atomic<void (*)()> before{nullptr};

}  // namespace

void SetBeforeLastWords(void (*hook)()) { before = hook; }

void SayLast(std::string_view text) {
  if (void (*const hook)() = before.exchange(nullptr); hook != nullptr) hook();
  while (!text.empty()) {
    // So much fits where a pipe can be written at all: the write does not wait.
    pollfd reader{STDERR_FILENO, POLLOUT, 0};
    if (poll(&reader, 1, kPatienceMs) == 0) return;
    const size_t part = std::min<size_t>(text.size(), PIPE_BUF);
    const ssize_t written = write(STDERR_FILENO, text.data(), part);
    if (written < 0 && errno != EINTR && errno != EAGAIN) return;
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace tidemark
