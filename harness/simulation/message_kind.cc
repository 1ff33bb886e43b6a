#include "harness/simulation/message_kind.h"

namespace tidemark::simulation {
namespace {

using Kind = MessageKind;

struct KindOfAsk {
  Kind operator()(const server::HandIn&) const { return Kind::kHandIn; }
  Kind operator()(const server::ServeRead&) const { return Kind::kServeRead; }
  Kind operator()(const server::ConfirmRead&) const { return Kind::kConfirmRead; }
  Kind operator()(const server::Pull&) const { return Kind::kPull; }
};

struct KindOfResult {
  Kind operator()(const kv::Applied&) const { return Kind::kApplied; }
  Kind operator()(const server::ReadServed&) const { return Kind::kReadServed; }
  Kind operator()(const server::ReadRefused&) const { return Kind::kReadRefused; }
  Kind operator()(const server::ReadConfirmed&) const { return Kind::kReadConfirmed; }
  Kind operator()(const server::News&) const { return Kind::kNews; }
  Kind operator()(const server::NotLeader&) const { return Kind::kNotLeader; }
  Kind operator()(const server::NoRoom&) const { return Kind::kNoRoom; }
};

struct KindOfRaft {
  Kind operator()(const raft::RequestVote& request) const {
    return request.ballot == raft::Ballot::kPreVote ? Kind::kPreVote : Kind::kRequestVote;
  }
  Kind operator()(const raft::RequestBootstrap&) const { return Kind::kRequestBootstrap; }
  Kind operator()(const raft::Vote& vote) const {
    return vote.granted ? Kind::kVoteGranted : Kind::kVoteRefused;
  }
  Kind operator()(const raft::AppendEntries& append) const {
    return append.entries.empty() ? Kind::kHeartbeat : Kind::kAppendEntries;
  }
  Kind operator()(const raft::AppendReply& reply) const {
    return std::holds_alternative<raft::Appended>(reply.result) ? Kind::kAppended : Kind::kConflict;
  }
  Kind operator()(const raft::CommitNotice&) const { return Kind::kCommitNotice; }
  Kind operator()(const raft::BootstrapWanted&) const { return Kind::kBootstrapWanted; }
  Kind operator()(const raft::WrongIncarnation&) const { return Kind::kWrongIncarnation; }
  Kind operator()(const raft::WrongCluster&) const { return Kind::kWrongCluster; }
  Kind operator()(const raft::InstallSnapshot& install) const {
    return install.piece.bytes.empty() ? Kind::kSnapshotProbe : Kind::kSnapshotPiece;
  }
  Kind operator()(const raft::InstallReply&) const { return Kind::kInstallReply; }
  Kind operator()(const raft::NewerTerm&) const { return Kind::kNewerTerm; }
  Kind operator()(const raft::Unnamed&) const { return Kind::kUnnamed; }
  Kind operator()(const raft::WentBack&) const { return Kind::kWentBack; }
};

struct KindOfBody {
  Kind operator()(const raft::Body& body) const { return std::visit(KindOfRaft(), body); }
  Kind operator()(const server::Question& question) const {
    return std::visit(KindOfAsk(), question.ask);
  }
  Kind operator()(const server::Answer& answer) const {
    return std::visit(KindOfResult(), answer.result);
  }
  Kind operator()(const server::StateHash&) const { return Kind::kStateHash; }
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
