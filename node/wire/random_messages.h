// For tests: messages and records of every kind, and whether two of them say the same.
#ifndef TIDEMARK_NODE_WIRE_RANDOM_MESSAGES_H_
#define TIDEMARK_NODE_WIRE_RANDOM_MESSAGES_H_

#include "node/base/random.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"

namespace tidemark::wire {

// Well formed: what a correct node might send or write.
server::PeerMessage RandomPeerMessage(Random* random);
server::Record RandomRecord(Random* random);

// As deep as it goes: what shared pointers point to is compared, not the pointers.
bool Same(const raft::Entry& a, const raft::Entry& b);
bool Same(const server::PeerMessage& a, const server::PeerMessage& b);
bool Same(const server::Record& a, const server::Record& b);

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_RANDOM_MESSAGES_H_
