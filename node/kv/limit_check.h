// What of a command is beyond a cluster's limits whatever the state is: the same where it is
// applied and before anybody has it.
#ifndef TIDEMARK_NODE_KV_LIMIT_CHECK_H_
#define TIDEMARK_NODE_KV_LIMIT_CHECK_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "node/base/limits.h"
#include "node/kv/command.h"

namespace tidemark::kv {

// Why a value of so many bytes cannot be put under `key`; nullopt: the limits allow it.
std::optional<TooLarge> BeyondToPut(std::string_view key, uint64_t value_bytes,
                                    const Limits& limits);

// What every replica will refuse `operation` for; nullopt: that depends on the state, or it will
// not. O(operations) of a txn.
std::optional<TooLarge> BeyondByItself(const Operation& operation, const Limits& limits);

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_LIMIT_CHECK_H_
