// Messages between nodes by what they are for: a fault that knows the protocol chooses among them.
#ifndef TIDEMARK_HARNESS_SIMULATION_MESSAGE_GROUP_H_
#define TIDEMARK_HARNESS_SIMULATION_MESSAGE_GROUP_H_

#include <cstdint>

#include "node/server/peer_messages.h"

namespace tidemark::simulation {

// As bits.
enum MessageGroup : uint32_t {
  kAppends = 1u << 0,        // AppendEntries, CommitNotice
  kAppendAnswers = 1u << 1,  // AppendReply, NewerTerm
  kPieces = 1u << 2,         // InstallSnapshot
  kPieceAnswers = 1u << 3,   // InstallReply
  kCandidacies = 1u << 4,    // RequestVote, RequestBootstrap
  kVotes = 1u << 5,
  kQuestions = 1u << 6,  // on behalf of clients
  kAnswers = 1u << 7,    // to those
  kHashes = 1u << 8,     // of states
  kRest = 1u << 9,
};
constexpr uint32_t kAllMessages = (1u << 10) - 1;

MessageGroup GroupOf(const server::PeerMessage& message);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_MESSAGE_GROUP_H_
