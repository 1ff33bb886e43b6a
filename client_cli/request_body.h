// Commands as the bodies of messages.
#ifndef TIDEMARK_CLIENT_CLI_REQUEST_BODY_H_
#define TIDEMARK_CLIENT_CLI_REQUEST_BODY_H_

#include "client_cli/commands.h"
#include "client_cli/session.h"
#include "node/wire/json.h"

namespace tidemark::client {

// Members in the order in which the protocol documents them, without msg_id. `once` names a write
// (null: it has no name).
wire::Json RequestBody(const Request& request, const Session& session,
                       const wire::Json* once = nullptr);
// For a client id of one's own.
wire::Json OpenBody();
// What a ryw_read must at least have come to, as the node counts.
uint64_t NeedOf(const RywRead& read, const Session& session);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_REQUEST_BODY_H_
