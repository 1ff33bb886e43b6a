// What a reply says, for those who act on it. A node that spells a member otherwise has not said
// it.
#ifndef TIDEMARK_CLIENT_CLI_REPLY_H_
#define TIDEMARK_CLIENT_CLI_REPLY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/wire/json.h"

namespace tidemark::client {

std::optional<uint64_t> UintOf(const wire::Json& body, std::string_view member);
// Empty: no such string.
std::string StringOf(const wire::Json& body, std::string_view member);

bool IsError(const wire::Json& body);
// An error's code, or 0 where this is none.
uint64_t CodeOf(const wire::Json& body);

// What a node says to a session that is not of its history.
bool IsVerdict(const wire::Json& body);
// The state was looked at, be it only to find nothing or a failed precondition: the reply's session
// may be adopted.
bool HasSeenTheState(const wire::Json& body);

// What an answer to a write says of whether it happened.
enum class Certainty {
  kDecided,      // it did, or it did not and never will: the same at every node
  kNotHandedIn,  // nothing will come of having asked this node
  kOpen,         // it may have happened, and may happen yet
};
Certainty CertaintyOf(const wire::Json& body);
// The outcome is not remembered any more: nobody can tell what came of it.
bool IsForgotten(const wire::Json& body);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_REPLY_H_
