#include "node/raft/catching_up.h"

#include "node/base/assert.h"

namespace tidemark::raft {

void CatchingUp::Wrote(Time now, uint64_t bytes) {
  TM_ASSERT(now >= advanced_at_);
  least_lacking_ = std::numeric_limits<uint64_t>::max();
  if (bytes <= written_) return;
  written_ = bytes;
  advanced_at_ = now;
}

void CatchingUp::Lacks(Time now, uint64_t bytes) {
  TM_ASSERT(now >= advanced_at_);
  if (bytes >= least_lacking_) return;
  least_lacking_ = bytes;
  advanced_at_ = now;
}

void CatchingUp::AddTo(Time now, Digest* digest) const {
  digest->Add(static_cast<uint64_t>((now - advanced_at_).us)).Add(written_).Add(least_lacking_);
}

}  // namespace tidemark::raft
