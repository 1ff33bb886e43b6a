// How outcomes and failures are told to clients: one place for each wording.
#ifndef TIDEMARK_NODE_SERVER_REPLIES_H_
#define TIDEMARK_NODE_SERVER_REPLIES_H_

#include <optional>
#include <string>
#include <string_view>

#include "node/kv/command.h"
#include "node/server/requests.h"

namespace tidemark::server {

// What the client of `command` is told of `outcome`; never for WriterClosed, which is no outcome of
// its write.
ReplyBody WriteReply(const kv::Command& command, const kv::Outcome& outcome);

// Whether `result` can have come of `operation`: a peer may say anything.
bool CanComeOf(const kv::Operation& operation, const kv::Result& result);

// Whether that answer lets its receiver claim to have seen what stood there: whoever was refused
// without a look at the state must not come to hold it.
bool SawTheState(const kv::Result& result);

// A value that was read, or error 20 where the key is missing (no `value`).
ReplyBody ReadReply(const std::string& key, std::optional<std::string_view> value);
ReplyBody RywReadReply(const std::string& key, std::optional<std::string_view> value,
                       Served served);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_REPLIES_H_
