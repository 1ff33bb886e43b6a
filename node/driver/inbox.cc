#include "node/driver/inbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "node/base/assert.h"

namespace tidemark::driver {

Inbox::Inbox()
    : wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), collector_(std::this_thread::get_id()) {
  if (wake_fd_ < 0) {
    throw std::system_error(errno, std::generic_category(), "no descriptor for the disk's news");
  }
}

Inbox::~Inbox() { close(wake_fd_); }

void Inbox::PostPersisted(uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  persisted_ = server::Persisted{sequence};
  Wake();
}

void Inbox::PostRoom(const server::Room& room) {
  const std::lock_guard lock(mutex_);
  room_ = room;
  Wake();
}

void Inbox::Post(server::Input input) {
  const std::lock_guard lock(mutex_);
  others_.push_back(std::move(input));
  Wake();
}

void Inbox::Fail(absl::Status status) {
  const std::lock_guard lock(mutex_);
  status_.Update(std::move(status));
  Wake();
}

void Inbox::Wake() {
  if (awake_ || std::this_thread::get_id() == collector_) return;
  awake_ = true;
  const uint64_t one = 1;
  TM_ASSERT(write(wake_fd_, &one, sizeof one) == sizeof one);
}

std::vector<server::Input> Inbox::Collect() {
  const std::lock_guard lock(mutex_);
  if (awake_) {
    uint64_t count = 0;
    TM_ASSERT(read(wake_fd_, &count, sizeof count) == sizeof count);
    awake_ = false;
  }
  std::vector<server::Input> inputs;
  if (persisted_) inputs.emplace_back(*std::exchange(persisted_, std::nullopt));
  if (room_) inputs.emplace_back(*std::exchange(room_, std::nullopt));
  for (server::Input& other : others_) inputs.push_back(std::move(other));
  others_.clear();
  return inputs;
}

absl::Status Inbox::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool Inbox::ready() const {
  const std::lock_guard lock(mutex_);
  return persisted_ || room_ || !others_.empty() || !status_.ok();
}

}  // namespace tidemark::driver
