// XXH3 of bytes that come one piece after the other.
#ifndef TIDEMARK_NODE_STORAGE_SNAPSHOT_CHECKSUM_H_
#define TIDEMARK_NODE_STORAGE_SNAPSHOT_CHECKSUM_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "node/base/assert.h"
#include "xxhash.h"

namespace tidemark::storage {

class RunningChecksum {
 public:
  RunningChecksum() : state_(XXH3_createState()) {
    TM_ASSERT(state_ != nullptr);
    XXH3_64bits_reset(state_.get());
  }

  void Add(std::string_view bytes) { XXH3_64bits_update(state_.get(), bytes.data(), bytes.size()); }
  // Of all that was added so far.
  uint64_t value() const { return XXH3_64bits_digest(state_.get()); }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SNAPSHOT_CHECKSUM_H_
