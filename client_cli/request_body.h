// Commands as the bodies of messages.
#ifndef TIDEMARK_CLIENT_CLI_REQUEST_BODY_H_
#define TIDEMARK_CLIENT_CLI_REQUEST_BODY_H_

#include <cstdint>

#include "client_cli/commands.h"
#include "node/wire/json.h"

namespace tidemark::client {

// Members in the order in which the protocol documents them, without msg_id. `last_write_index` is
// the session's.
wire::Json RequestBody(const Request& request, uint64_t last_write_index);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_REQUEST_BODY_H_
