// How outcomes and failures are told to clients: one place for each wording.
#ifndef TIDEMARK_NODE_SERVER_REPLIES_H_
#define TIDEMARK_NODE_SERVER_REPLIES_H_

#include <optional>
#include <string>

#include "node/kv/command.h"
#include "node/raft/types.h"
#include "node/server/context.h"
#include "node/server/requests.h"

namespace tidemark::server {

// What the client of `operation` is told of `outcome`; never for WriterClosed, which is no outcome
// of its write.
ReplyBody WriteReply(const kv::Operation& operation, const kv::Outcome& outcome);

// A value that was read, or error 20 where the key is missing (`value` null).
ReplyBody ReadReply(const std::string& key, const std::string* value);
ReplyBody RywReadReply(const std::string& key, const std::string* value, Served served);

// Nothing was handed in, so nothing happened. `need` zero: no ryw_read.
Error NoLeader(const Context& context, raft::Index need);
// It was handed in, and what came of it was not learnt in time.
Error WriteTimedOut(const Context& context);
Error Overloaded(const Context& context);
// A confirmed leader has committed `committed` and no more.
Error FromFuture(const raft::NodeId& leader, raft::Index committed, raft::Index need);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_REPLIES_H_
