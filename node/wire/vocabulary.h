// All that can stand in a message as its type or its reason: for whoever checks that none is left
// out.
#ifndef TIDEMARK_NODE_WIRE_VOCABULARY_H_
#define TIDEMARK_NODE_WIRE_VOCABULARY_H_

#include <string>
#include <vector>

namespace tidemark::wire {

// What clients ask, under a real clock; what they are told; what nodes say to each other.
std::vector<std::string> Requests();
std::vector<std::string> Replies();
std::vector<std::string> PeerMessages();

// The `reason`s of replies.
std::vector<std::string> Reasons();

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_VOCABULARY_H_
