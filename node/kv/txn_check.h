// Whether a transaction can be done: found out without doing any of it, so that there is never
// anything to undo.
#ifndef TIDEMARK_NODE_KV_TXN_CHECK_H_
#define TIDEMARK_NODE_KV_TXN_CHECK_H_

#include <functional>
#include <optional>
#include <string_view>

#include "node/base/limits.h"
#include "node/kv/command.h"

namespace tidemark::kv {

// What of `txn`'s operations, in their order, cannot be done first, and why: NotAList, TooLarge. Of
// its answer bytes are counted as far as they go: no text is copied, and it ends at the limit, so
// that it takes O(operations) whatever they read. `get`: the value of a key before `txn`.
std::optional<Result> WhyImpossible(
    const Txn& txn, const Limits& limits,
    const std::function<std::optional<std::string_view>(std::string_view)>& get);

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_TXN_CHECK_H_
