// Values that many share: each distinct one is kept once, for ever, and has a number. Threads may
// add and read at the same time.
#ifndef TIDEMARK_HARNESS_EXPLORE_INTERN_H_
#define TIDEMARK_HARNESS_EXPLORE_INTERN_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "node/base/assert.h"

namespace tidemark::explore {

template <typename T>
class InternTable {
 public:
  // The number of the value with this fingerprint, if it is there.
  std::optional<uint32_t> Find(uint64_t fingerprint) const {
    const Shard& shard = ShardOf(fingerprint);
    std::lock_guard lock(shard.mutex);
    const auto it = shard.ids.find(fingerprint);
    if (it == shard.ids.end()) return std::nullopt;
    return it->second;
  }

  // As above; where it is not there, `make` makes it.
  template <typename Make>
  uint32_t Intern(uint64_t fingerprint, Make make) {
    Shard& shard = ShardOf(fingerprint);
    std::lock_guard lock(shard.mutex);
    const auto [it, is_new] = shard.ids.try_emplace(fingerprint, 0);
    if (is_new) it->second = Keep(make());
    return it->second;
  }

  // The value of a number that came from here, by whatever way that orders memory.
  const T& operator[](uint32_t id) const {
    return *chunks_[id / kChunk].load(std::memory_order_acquire)[id % kChunk];
  }

  size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kShards = 256;
  static constexpr size_t kChunk = 4096;
  static constexpr size_t kMostChunks = 16384;

  struct alignas(64) Shard {
    mutable std::mutex mutex;
    absl::flat_hash_map<uint64_t, uint32_t> ids;
  };
  using Slot = std::optional<T>;

  Shard& ShardOf(uint64_t fingerprint) { return shards_[fingerprint >> 56]; }
  const Shard& ShardOf(uint64_t fingerprint) const { return shards_[fingerprint >> 56]; }

  uint32_t Keep(T value) {
    std::lock_guard lock(growth_);
    const size_t id = size_.load(std::memory_order_relaxed);
    TM_ASSERT(id < kChunk * kMostChunks);
    if (id % kChunk == 0) {
      owned_[id / kChunk] = std::make_unique<Slot[]>(kChunk);
      chunks_[id / kChunk].store(owned_[id / kChunk].get(), std::memory_order_release);
    }
    owned_[id / kChunk][id % kChunk].emplace(std::move(value));
    size_.store(id + 1, std::memory_order_relaxed);
    return static_cast<uint32_t>(id);
  }

  std::array<Shard, kShards> shards_;
  std::mutex growth_;
  std::array<std::unique_ptr<Slot[]>, kMostChunks> owned_;
  std::array<std::atomic<Slot*>, kMostChunks> chunks_ = {};
  std::atomic<size_t> size_ = 0;
};

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_INTERN_H_
