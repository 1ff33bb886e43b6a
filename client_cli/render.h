// What nodes answer, as a person reads it: one line each (more with an explanation), without its
// newline.
#ifndef TIDEMARK_CLIENT_CLI_RENDER_H_
#define TIDEMARK_CLIENT_CLI_RENDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client_cli/asked.h"
#include "client_cli/token.h"
#include "node/wire/json.h"

namespace tidemark::client {

// An answer to any request, errors too.
std::string RenderReply(const Asked& asked, const wire::Json& body);

// One node's row of `status`: a reply, or why there is none.
struct NodeStatus {
  std::string node;
  std::optional<wire::Json> reply;
  std::string instead;  // "not running"
};
// A line for each, in columns.
std::string RenderStatus(const std::vector<NodeStatus>& rows);

// A session's token and what it means, or what there is instead. `index`: its last_write_index.
std::string RenderSession(const std::optional<Token>& token, uint64_t index);

// "n1 | n2 n3"
std::string RenderGroups(const std::vector<std::vector<std::string>>& groups);

// A result of the client's own as JSON: {"type": "use_ok", "node": "n2"}.
std::string RenderOwn(std::vector<wire::Json::Member> members);

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_RENDER_H_
