// What an entry of the log does to the state machine: one place, for what is committed and for what
// a session proves to be.
#ifndef TIDEMARK_NODE_SERVER_APPLY_H_
#define TIDEMARK_NODE_SERVER_APPLY_H_

#include <optional>

#include "node/kv/command.h"
#include "node/kv/state_machine.h"
#include "node/raft/log.h"
#include "node/raft/types.h"

namespace tidemark::server {

// Applies the entry at `index` of `log` to `machine`, which has everything before it. Returns what
// came of it if it is a command.
std::optional<kv::Applied> ApplyAt(const raft::Log& log, raft::Index index,
                                   kv::StateMachine* machine);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_APPLY_H_
