// Outcomes as numbers, for the hash of the state.
#ifndef TIDEMARK_NODE_KV_RESULT_HASH_H_
#define TIDEMARK_NODE_KV_RESULT_HASH_H_

#include <cstdint>

#include "node/kv/command.h"

namespace tidemark::kv {

// The hash of an outcome kept under `seq`; fit to be summed.
uint64_t HashOutcome(uint64_t seq, const Outcome& outcome);

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_RESULT_HASH_H_
