// Operations as numbers: what tells a write that is handed in again from another one that goes by
// the same id.
#ifndef TIDEMARK_NODE_KV_OPERATION_HASH_H_
#define TIDEMARK_NODE_KV_OPERATION_HASH_H_

#include <cstdint>

#include "node/kv/command.h"

namespace tidemark::kv {

// Equal operations give equal hashes, in every process; others give others, but for one in 2⁶⁴.
uint64_t HashOperation(const Operation& operation);

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_OPERATION_HASH_H_
