// What nodes say to each other, from JSON.
#ifndef TIDEMARK_NODE_WIRE_PEER_CODEC_H_
#define TIDEMARK_NODE_WIRE_PEER_CODEC_H_

#include <string>
#include <string_view>

#include "node/server/peer_messages.h"
#include "node/wire/checked.h"

namespace tidemark::wire {

bool IsPeerMessage(std::string_view type);

// The message of that type. Where the body's problem is found, the result means nothing.
server::PeerMessage DecodePeerMessage(std::string_view type, const Checked& body, std::string src,
                                      std::string dest);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_PEER_CODEC_H_
