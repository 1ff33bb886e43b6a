// Outcomes as numbers, for the hash of the state.
#ifndef TIDEMARK_NODE_KV_RESULT_HASH_H_
#define TIDEMARK_NODE_KV_RESULT_HASH_H_

#include <cstdint>
#include <optional>

#include "node/kv/command.h"

namespace tidemark::kv {

// The hash of an outcome kept under `seq`, with the operation that it came of (nullopt: any); fit
// to be summed.
uint64_t HashOutcome(uint64_t seq, std::optional<uint64_t> operation_hash, const Outcome& outcome);

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_RESULT_HASH_H_
