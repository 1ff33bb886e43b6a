// What a kept outcome says to one who asks for the fate of its write.
#ifndef TIDEMARK_NODE_KV_FATED_H_
#define TIDEMARK_NODE_KV_FATED_H_

#include "node/kv/command.h"

namespace tidemark::kv {

// `outcome` is one that writers keep: never one of what may not be executed.
Fated FateOf(const Outcome& outcome);

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_FATED_H_
