// The body of a reply, for tests.
#ifndef TIDEMARK_CLIENT_CLI_BODY_H_
#define TIDEMARK_CLIENT_CLI_BODY_H_

#include <string_view>

#include "node/wire/json.h"

namespace tidemark::client {

inline wire::Json Body(std::string_view text) { return *wire::ParseJson(text); }

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_BODY_H_
