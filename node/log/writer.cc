#include "node/log/writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "node/base/assert.h"

namespace tidemark::log {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks(5);

}  // namespace

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd reader{fd, POLLOUT, 0};
      poll(&reader, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

struct Writer::State {
  State(int fd_in, const Options& options_in, Lost lost_in)
      : fd(fd_in), options(options_in), lost(std::move(lost_in)) {}

  const int fd;
  const Options options;
  const Lost lost;

  std::mutex mutex;
  std::condition_variable changed;  // for the thread
  std::condition_variable idle;     // for Finish
  struct Item {
    std::string line;
    uint64_t lost = 0;  // whose count it is; 0: a line like any other
  };
  std::deque<Item> queue;
  size_t bytes = 0;  // in the queue
  uint64_t dropped = 0;
  bool failed = false;  // as the last line was
  bool writing = false;
  bool stop = false;

  bool Done() const { return queue.empty() && !writing && (dropped == 0 || failed); }

  void Push(Item item) {
    bytes += item.line.size();
    queue.push_back(std::move(item));
  }

  // Where lines were dropped, and when, is seen by what stands before and behind their count.
  void PushLost() {
    if (dropped == 0) return;
    Push({lost(dropped), dropped});
    dropped = 0;
  }

  void Run() {
    std::unique_lock lock(mutex);
    while (!stop) {
      Await(&lock);
      if (queue.empty()) PushLost();
      WriteQueue(&lock);
      idle.notify_all();
    }
  }

  void Await(std::unique_lock<std::mutex>* lock) {
    const auto wanted = [this] { return stop || !queue.empty() || (dropped > 0 && !failed); };
    if (dropped > 0) {
      changed.wait_for(*lock, options.retry, wanted);
    } else {
      changed.wait(*lock, wanted);
    }
  }

  void WriteQueue(std::unique_lock<std::mutex>* lock) {
    while (!queue.empty() && !stop) {
      const Item item = std::move(queue.front());
      queue.pop_front();
      bytes -= item.line.size();
      writing = true;
      lock->unlock();
      const bool written = WriteAll(fd, item.line);
      lock->lock();
      writing = false;
      failed = !written;
      if (failed) dropped += std::max<uint64_t>(item.lost, 1);
    }
  }
};

Writer::Writer(int fd, const Options& options, Lost lost)
    : state_(std::make_shared<State>(fd, options, std::move(lost))) {
  std::thread([state = state_] { state->Run(); }).detach();
}

Writer::~Writer() {
  const std::lock_guard lock(state_->mutex);
  state_->stop = true;
  state_->changed.notify_all();
}

void Writer::Write(std::string line) {
  TM_ASSERT(!line.empty() && line.back() == '\n');
  const std::lock_guard lock(state_->mutex);
  if (state_->bytes + line.size() > state_->options.max_queued_bytes) {
    ++state_->dropped;
    return;
  }
  state_->PushLost();
  state_->Push({std::move(line)});
  state_->changed.notify_one();
}

bool Writer::Finish(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  return state_->idle.wait_for(lock, patience, [this] { return state_->Done(); });
}

void Writer::LetOut(std::chrono::milliseconds patience) {
  for (std::chrono::milliseconds waited(0); waited < patience; waited += kBetweenLooks) {
    if (std::unique_lock lock(state_->mutex, std::try_to_lock);
        lock.owns_lock() && state_->Done()) {
      return;
    }
    poll(nullptr, 0, static_cast<int>(kBetweenLooks.count()));
  }
}

}  // namespace tidemark::log
