// What is not done, and why: one place for each wording. None of them lets its receiver claim to
// have seen anything.
#ifndef TIDEMARK_NODE_SERVER_REFUSALS_H_
#define TIDEMARK_NODE_SERVER_REFUSALS_H_

#include <cstddef>
#include <optional>

#include "node/base/time.h"
#include "node/kv/command.h"
#include "node/kv/session.h"
#include "node/raft/types.h"
#include "node/server/context.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"
#include "node/server/verdict.h"

namespace tidemark::server {

// Nothing was handed in, so nothing happened. `need` zero: no ryw_read.
Error NoLeader(const Context& context, raft::Index need);
// `write` was handed in, and what came of it was not learnt in time.
Error WriteTimedOut(const Context& context, const kv::Command& write);
Error TooManyOpen(const Context& context);
// A write for which the leader has no room.
Error NoRoomLeft(const Context& context, Shortage shortage);
// This node's state differs from the others', or may; or its disk has gone back.
Error Untrusted(const Context& context);
// `error` says that nothing was done. Of a write under its client's own id (`once`) that is said of
// this try alone: another one may have been handed in.
Error OfThisTry(Error error, bool once);
// A read that would have to wait for `need`, or for the leader. `expected`: how long, where that is
// known.
Error TooManyWaiting(const Context& context, raft::Index need, std::optional<Duration> expected);

// A read whose session, or whose last_write_index (no session: nullopt, or one that needs less), is
// of no history of this cluster, of which `committed` is known to be committed. `leader`: as known;
// it may be empty. Never for kHolds.
Error RefusedRead(kv::Verdict verdict, const Token& token, raft::Index need,
                  const raft::NodeId& leader, raft::Index committed);
// The same for a write, judged where it first stood in the log. The session of a retry is not the
// one that was judged.
Error RefusedWrite(kv::Verdict verdict);

// Of what is beyond the cluster's limits. kMalformed where it was seen before anybody had it,
// kPreconditionFailed where the log decided.
Error TooLarge(ErrorCode code, const kv::TooLarge& beyond);

// Three ways in which an id can be of no use.
Error Forgotten(const kv::ToldName& write);
Error SeqReused(const kv::WriteId& id);
Error Cancelled(const kv::WriteName& write);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_REFUSALS_H_
