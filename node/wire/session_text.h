// Sessions for those who keep them: as a text to copy, and between JSON and what it says.
#ifndef TIDEMARK_NODE_WIRE_SESSION_TEXT_H_
#define TIDEMARK_NODE_WIRE_SESSION_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/kv/session.h"
#include "node/wire/json.h"

namespace tidemark::wire {

// CLUSTER:INDEX:TERM:STAMP, as "9f3a1c20:12:2:5be1c09a".
void AppendSessionText(const kv::Session& session, std::string* out);
// That text and no other. InvalidArgument: a sentence that says what is wrong with it.
absl::StatusOr<kv::Session> ParseSessionText(std::string_view text);

// The object that a request or a reply carries as its `session`.
Json SessionJson(const kv::Session& session);
// InvalidArgument: no session, and why. `{}` is none either.
absl::StatusOr<kv::Session> SessionOf(const Json& json);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_SESSION_TEXT_H_
