#include "harness/simulation/message_group.h"

#include <variant>

namespace tidemark::simulation {
namespace {

struct ConsensusKind {
  MessageGroup operator()(const raft::AppendEntries&) const { return kAppends; }
  MessageGroup operator()(const raft::CommitNotice&) const { return kAppends; }
  MessageGroup operator()(const raft::AppendReply&) const { return kAppendAnswers; }
  MessageGroup operator()(const raft::InstallSnapshot&) const { return kPieces; }
  MessageGroup operator()(const raft::InstallReply&) const { return kPieceAnswers; }
  MessageGroup operator()(const raft::RequestVote&) const { return kCandidacies; }
  MessageGroup operator()(const raft::RequestBootstrap&) const { return kCandidacies; }
  MessageGroup operator()(const raft::Vote&) const { return kVotes; }
  MessageGroup operator()(const raft::BootstrapWanted&) const { return kRest; }
  MessageGroup operator()(const raft::WrongIncarnation&) const { return kRest; }
  MessageGroup operator()(const raft::WrongCluster&) const { return kRest; }
  MessageGroup operator()(const raft::NewerTerm&) const { return kAppendAnswers; }
  MessageGroup operator()(const raft::Unnamed&) const { return kRest; }
  MessageGroup operator()(const raft::WentBack&) const { return kRest; }
};

struct BodyGroup {
  MessageGroup operator()(const raft::Body& body) const {
    return std::visit(ConsensusKind(), body);
  }
  MessageGroup operator()(const server::Question&) const { return kQuestions; }
  MessageGroup operator()(const server::Answer&) const { return kAnswers; }
  MessageGroup operator()(const server::StateHash&) const { return kHashes; }
};

}  // namespace

MessageGroup GroupOf(const server::PeerMessage& message) {
  return std::visit(BodyGroup(), message.body);
}

}  // namespace tidemark::simulation
