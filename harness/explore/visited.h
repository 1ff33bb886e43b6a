// The fingerprints of the worlds that were seen.
#ifndef TIDEMARK_HARNESS_EXPLORE_VISITED_H_
#define TIDEMARK_HARNESS_EXPLORE_VISITED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "absl/container/flat_hash_set.h"

namespace tidemark::explore {

class Visited {
 public:
  // Whether `fingerprint` is new. Threads may ask at the same time; one of them is told yes.
  bool Insert(uint64_t fingerprint) {
    Shard& shard = shards_[fingerprint >> 55];
    std::lock_guard lock(shard.mutex);
    return shard.fingerprints.insert(fingerprint).second;
  }

  // Not while others insert.
  size_t size() const {
    size_t size = 0;
    for (const Shard& shard : shards_) size += shard.fingerprints.size();
    return size;
  }

 private:
  struct alignas(64) Shard {
    std::mutex mutex;
    absl::flat_hash_set<uint64_t> fingerprints;
  };

  std::array<Shard, 512> shards_;
};

}  // namespace tidemark::explore

#endif  // TIDEMARK_HARNESS_EXPLORE_VISITED_H_
