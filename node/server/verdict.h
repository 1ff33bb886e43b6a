// What is to be said to a read's session (docs/design.md, sessions). A verdict is for good, so it
// is never given from an entry that may yet be replaced.
#ifndef TIDEMARK_NODE_SERVER_VERDICT_H_
#define TIDEMARK_NODE_SERVER_VERDICT_H_

#include <optional>

#include "node/kv/session.h"
#include "node/raft/types.h"
#include "node/server/context.h"

namespace tidemark::server {

using Token = std::optional<kv::Session>;  // nullopt: nothing was seen yet

// What this node's applied history says to `token`; kHolds also where it does not reach so far.
kv::Verdict VerdictOn(const Context& context, const Token& token);

// To a read that needs more than `committed`, of a confirmed leader whose committed configuration
// is that of `cluster`. Never kHolds.
kv::Verdict VerdictBeyond(raft::Index committed, raft::ClusterId cluster, const Token& token);

// What a read must wait for that was told `last_write_index`: with a session, a cluster to name at
// least.
raft::Index NeedOf(raft::Index last_write_index, const Token& token, bool in_session);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_VERDICT_H_
