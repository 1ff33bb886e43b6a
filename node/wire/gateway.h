// The gateway: the one place where bytes from outside become messages. What passes it is well
// formed; what does not is refused with the field, what was expected and what came.
#ifndef TIDEMARK_NODE_WIRE_GATEWAY_H_
#define TIDEMARK_NODE_WIRE_GATEWAY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"

namespace tidemark::wire {

struct InitRequest {
  server::ClientRef from;
  raft::NodeId node_id;
  std::vector<raft::NodeId> node_ids;  // sorted, each once; node_id is among them
};

// The virtual clock's: let `ms` pass.
struct AdvanceRequest {
  server::ClientRef from;
  int64_t ms = 0;
};

// A message that is not taken. `from` is set where it can be answered (src and an integer msg_id
// were readable and it is no reply): the error says what is wrong. `log` is for stderr.
struct Refused {
  std::optional<server::ClientRef> from;
  server::Error error;
  std::string log;
};

struct Incoming {
  std::string dest;  // empty: not readable
  // The line's own `id`, beside `body`, which Maelstrom counts its messages by.
  std::optional<uint64_t> id;
  std::variant<InitRequest, AdvanceRequest, server::ClientRequest, server::PeerMessage, Refused>
      message;
};

struct GatewayOptions {
  size_t max_line_bytes = size_t{1} << 20;
  bool virtual_clock = false;  // whether `advance` is a request at all
};

// One line without its newline. `truncated`: `line` is only the beginning of a line longer than
// max_line_bytes, which is refused as such.
Incoming Decode(std::string_view line, bool truncated, const GatewayOptions& options);

// The texts below have no newline.
//
// `stock`: leave out of ok bodies what Maelstrom's closed schemas do not know (design.md, stock
// workloads), unless the request had a session: no stock client sends one.
void AppendReply(const raft::NodeId& src, const server::Reply& reply, bool stock, std::string* out);
void AppendPeerMessage(const server::PeerMessage& message, std::string* out);
// `next_ms`: when something falls due next; left out where nothing will.
void AppendAdvanceOk(std::string_view src, const server::ClientRef& to, int64_t now_ms,
                     std::optional<int64_t> next_ms, std::string* out);

// "token_from_future" and its like.
std::string_view Spelled(server::Reason reason);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_GATEWAY_H_
