// What clients ask, from JSON.
#ifndef TIDEMARK_NODE_WIRE_REQUEST_CODEC_H_
#define TIDEMARK_NODE_WIRE_REQUEST_CODEC_H_

#include <string>
#include <string_view>
#include <variant>

#include "node/server/requests.h"
#include "node/wire/checked.h"
#include "node/wire/gateway.h"

namespace tidemark::wire {

using Request = std::variant<InitRequest, AdvanceRequest, server::ClientRequest>;

// Whether `type` is a request that this node knows.
bool IsRequest(std::string_view type, bool virtual_clock);

// The request of that type. Where the body's problem is found, the result means nothing.
Request DecodeRequest(std::string_view type, const Checked& body, server::ClientRef from);

// "init, echo, …": what a client may ask.
std::string KnownRequests(bool virtual_clock);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_REQUEST_CODEC_H_
