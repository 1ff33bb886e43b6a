// The tag of a write's name: who was told one name can make no other (docs/design.md, ids of
// clients).
#ifndef TIDEMARK_NODE_KV_TAG_H_
#define TIDEMARK_NODE_KV_TAG_H_

#include <cstdint>

#include "node/base/siphash.h"
#include "node/kv/session.h"

namespace tidemark::kv {

// Of write `seq` of the writer that was opened at `writer` with these bits.
inline uint64_t TagOf(uint64_t bits, LogIndex writer, uint64_t seq) {
  return SipHash24({bits, writer}, seq);
}

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_TAG_H_
