#include "harness/simulation/message_kind.h"

namespace tidemark::simulation {
namespace {

struct KindOfAsk {
  MessageKind operator()(const server::HandIn&) const { return MessageKind::kHandIn; }
  MessageKind operator()(const server::ServeRead&) const { return MessageKind::kServeRead; }
  MessageKind operator()(const server::ConfirmRead&) const { return MessageKind::kConfirmRead; }
  MessageKind operator()(const server::Pull&) const { return MessageKind::kPull; }
};

struct KindOfResult {
  MessageKind operator()(const kv::Applied&) const { return MessageKind::kApplied; }
  MessageKind operator()(const server::ReadServed&) const { return MessageKind::kReadServed; }
  MessageKind operator()(const server::ReadRefused&) const { return MessageKind::kReadRefused; }
  MessageKind operator()(const server::ReadConfirmed&) const { return MessageKind::kReadConfirmed; }
  MessageKind operator()(const server::News&) const { return MessageKind::kNews; }
  MessageKind operator()(const server::NotLeader&) const { return MessageKind::kNotLeader; }
  MessageKind operator()(const server::NoRoom&) const { return MessageKind::kNoRoom; }
};

struct KindOfRaft {
  MessageKind operator()(const raft::RequestVote& request) const {
    return request.ballot == raft::Ballot::kPreVote ? MessageKind::kPreVote
                                                    : MessageKind::kRequestVote;
  }
  MessageKind operator()(const raft::RequestBootstrap&) const {
    return MessageKind::kRequestBootstrap;
  }
  MessageKind operator()(const raft::Vote& vote) const {
    return vote.granted ? MessageKind::kVoteGranted : MessageKind::kVoteRefused;
  }
  MessageKind operator()(const raft::AppendEntries& append) const {
    return append.entries.empty() ? MessageKind::kHeartbeat : MessageKind::kAppendEntries;
  }
  MessageKind operator()(const raft::AppendReply& reply) const {
    return std::holds_alternative<raft::Appended>(reply.result) ? MessageKind::kAppended
                                                                : MessageKind::kConflict;
  }
  MessageKind operator()(const raft::CommitNotice&) const { return MessageKind::kCommitNotice; }
  MessageKind operator()(const raft::BootstrapWanted&) const {
    return MessageKind::kBootstrapWanted;
  }
  MessageKind operator()(const raft::WrongIncarnation&) const {
    return MessageKind::kWrongIncarnation;
  }
  MessageKind operator()(const raft::WrongCluster&) const { return MessageKind::kWrongCluster; }
  MessageKind operator()(const raft::InstallSnapshot& install) const {
    return install.piece.bytes.empty() ? MessageKind::kSnapshotProbe : MessageKind::kSnapshotPiece;
  }
  MessageKind operator()(const raft::InstallReply&) const { return MessageKind::kInstallReply; }
  MessageKind operator()(const raft::NewerTerm&) const { return MessageKind::kNewerTerm; }
  MessageKind operator()(const raft::Unnamed&) const { return MessageKind::kUnnamed; }
  MessageKind operator()(const raft::WentBack&) const { return MessageKind::kWentBack; }
};

struct KindOfBody {
  MessageKind operator()(const raft::Body& body) const { return std::visit(KindOfRaft(), body); }
  MessageKind operator()(const server::Question& question) const {
    return std::visit(KindOfAsk(), question.ask);
  }
  MessageKind operator()(const server::Answer& answer) const {
    return std::visit(KindOfResult(), answer.result);
  }
  MessageKind operator()(const server::StateHash&) const { return MessageKind::kStateHash; }
};

struct TermOfRaft {
  using Term = std::optional<raft::Term>;
  Term operator()(const raft::RequestVote& body) const { return body.term; }
  Term operator()(const raft::RequestBootstrap& body) const { return body.term; }
  Term operator()(const raft::Vote& body) const { return body.term; }
  Term operator()(const raft::AppendEntries& body) const { return body.term; }
  Term operator()(const raft::AppendReply& body) const { return body.term; }
  Term operator()(const raft::CommitNotice& body) const { return body.term; }
  Term operator()(const raft::BootstrapWanted&) const { return std::nullopt; }
  Term operator()(const raft::WrongIncarnation&) const { return std::nullopt; }
  Term operator()(const raft::WrongCluster&) const { return std::nullopt; }
  Term operator()(const raft::InstallSnapshot& body) const { return body.term; }
  Term operator()(const raft::InstallReply& body) const { return body.term; }
  Term operator()(const raft::NewerTerm& body) const { return body.term; }
  Term operator()(const raft::Unnamed& body) const { return body.term; }
  Term operator()(const raft::WentBack& body) const { return body.term; }
};

}  // namespace

MessageKind KindOf(const server::PeerMessage& message) {
  return std::visit(KindOfBody(), message.body);
}

std::optional<raft::Term> TermOf(const server::PeerMessage& message) {
  const auto* body = std::get_if<raft::Body>(&message.body);
  return body == nullptr ? std::nullopt : std::visit(TermOfRaft(), *body);
}

const char* NameOf(MessageKind kind) {
  static constexpr const char* kNames[] = {
      "pre-vote request",
      "vote request",
      "bootstrap request",
      "vote granted",
      "vote refused",
      "heartbeat",
      "append",
      "appended",
      "conflict",
      "commit notice",
      "bootstrap wanted",
      "wrong incarnation",
      "wrong cluster",
      "snapshot probe",
      "snapshot piece",
      "snapshot answer",
      "newer term",
      "unnamed",
      "went back",
      "hand in",
      "serve read",
      "confirm read",
      "pull",
      "applied",
      "read served",
      "read refused",
      "read confirmed",
      "news",
      "not leader",
      "no room",
      "state hash",
  };
  static_assert(std::size(kNames) == kMessageKinds);
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace tidemark::simulation
