// Kinds of messages between nodes, as finely as it matters to whoever looks on.
#ifndef TIDEMARK_HARNESS_SIMULATION_MESSAGE_KIND_H_
#define TIDEMARK_HARNESS_SIMULATION_MESSAGE_KIND_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "node/server/peer_messages.h"

namespace tidemark::simulation {

enum class MessageKind : uint8_t {
  kPreVote,
  kRequestVote,
  kRequestBootstrap,
  kVoteGranted,
  kVoteRefused,
  kHeartbeat,      // AppendEntries without entries
  kAppendEntries,  // with some
  kAppended,
  kConflict,
  kCommitNotice,
  kBootstrapWanted,
  kWrongIncarnation,
  kWrongCluster,
  kSnapshotProbe,  // InstallSnapshot without bytes
  kSnapshotPiece,
  kInstallReply,
  kNewerTerm,
  kUnnamed,
  kWentBack,
  kHandIn,
  kServeRead,
  kConfirmRead,
  kPull,
  kApplied,
  kReadServed,
  kReadRefused,
  kReadConfirmed,
  kNews,
  kNotLeader,
  kNoRoom,
  kStateHash,
};
constexpr size_t kMessageKinds = static_cast<size_t>(MessageKind::kStateHash) + 1;

MessageKind KindOf(const server::PeerMessage& message);
const char* NameOf(MessageKind kind);

// The term that the message is of; nullopt: it is of none.
std::optional<raft::Term> TermOf(const server::PeerMessage& message);

// The body, if it is of this type; null: it is of another.
template <typename Body>
const Body* RaftBody(const server::PeerMessage& message) {
  const auto* body = std::get_if<raft::Body>(&message.body);
  return body == nullptr ? nullptr : std::get_if<Body>(body);
}

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_MESSAGE_KIND_H_
