// What the disk has done, on its way to the event loop.
#ifndef TIDEMARK_NODE_DRIVER_INBOX_H_
#define TIDEMARK_NODE_DRIVER_INBOX_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "node/server/io.h"

namespace tidemark::driver {

// Any thread may post; the one that made it collects.
class Inbox {
 public:
  // Throws std::system_error where there is no descriptor to be had.
  Inbox();
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Of these two only the latest counts, and only that is kept.
  void PostPersisted(uint64_t sequence);
  void PostRoom(const server::Room& room);
  void Post(server::Input input);
  // Final: the first failure stays.
  void Fail(absl::Status status);

  // Persisted first, then Room, then the rest as it came.
  std::vector<server::Input> Collect();
  absl::Status status() const;
  // Whether there is something to collect, or a failure.
  bool ready() const;
  // Becomes readable when another thread has posted, until Collect. What the collector's own thread
  // posts does not wake it: let it ask ready() before it waits.
  int wake_fd() const { return wake_fd_; }

 private:
  void Wake();

  const int wake_fd_;
  const std::thread::id collector_;
  mutable std::mutex mutex_;
  std::optional<server::Persisted> persisted_;
  std::optional<server::Room> room_;
  std::vector<server::Input> others_;
  absl::Status status_;
  bool awake_ = false;  // wake_fd_ is readable
};

}  // namespace tidemark::driver

#endif  // TIDEMARK_NODE_DRIVER_INBOX_H_
