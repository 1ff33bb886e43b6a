// A session as JSON: {"cluster": "9f3a1c20", "index": 12, "term": 2, "stamp": "5be1c09a"}.
#ifndef TIDEMARK_NODE_WIRE_SESSION_CODEC_H_
#define TIDEMARK_NODE_WIRE_SESSION_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/kv/session.h"
#include "node/wire/checked.h"

namespace tidemark::wire {

// All four keys, index and term from 1 to `max_count`. What is missing is named.
kv::Session DecodeSession(const Checked& session, uint64_t max_count);
// The same where there is one.
std::optional<kv::Session> DecodeOptionalSession(const Checked& session, uint64_t max_count);
// A client's: `{}`, like none at all, says that nothing has been seen yet.
std::optional<kv::Session> DecodeClientSession(const Checked& session);

void AppendSession(const kv::Session& session, std::string* out);

// "token_lost_history" and its like.
// REQUIRES: not kHolds, which no answer says.
std::string_view Spelled(kv::Verdict verdict);
// Never kHolds.
kv::Verdict DecodeVerdict(const Checked& verdict);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_SESSION_CODEC_H_
