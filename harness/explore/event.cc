#include "harness/explore/event.h"

#include <variant>

#include "node/base/concat.h"

namespace tidemark::explore {
namespace {

std::string TextOf(const raft::LogPosition& at) {
  return Concat(at.index.value(), "@", at.term.value());
}

const char* NameOfBallot(raft::Ballot ballot) {
  switch (ballot) {
    case raft::Ballot::kPreVote:
      return "PreVote";
    case raft::Ballot::kElection:
      return "Vote";
    case raft::Ballot::kBootstrap:
      return "Bootstrap";
  }
  return "";
}

struct Texts {
  std::string name;
  std::string what;
};

Texts Describe(const raft::RequestVote& body) {
  return {Concat("Request", NameOfBallot(body.ballot)),
          Concat(" term ", body.term.value(), ", last ", TextOf(body.last))};
}

Texts Describe(const raft::RequestBootstrap& body) {
  return {"RequestBootstrap", Concat(" term ", body.term.value())};
}

Texts Describe(const raft::Vote& body) {
  return {NameOfBallot(body.ballot),
          Concat(body.granted ? " granted" : " refused", " for term ", body.asked_term.value(),
                 ", own term ", body.term.value())};
}

Texts Describe(const raft::AppendEntries& body) {
  std::string text = Concat(" term ", body.term.value(), ", after ", TextOf(body.prev));
  for (size_t i = 0; i < body.entries.size(); ++i) {
    ConcatTo(&text, i == 0 ? ", entries " : " ", TextOf(body.entries[i]->at));
  }
  ConcatTo(&text, ", commit ", body.commit_index.value(), ", round ", body.round);
  return {"AppendEntries", text};
}

// Lives are left out: one node's differ only where it has been started again.
std::string TextOf(const raft::RoundEcho& echo) {
  return Concat(", round ", echo.round, " of term ", echo.term.value());
}

Texts Describe(const raft::AppendReply& body) {
  std::string text = Concat(" term ", body.term.value(), TextOf(body.echo));
  if (const auto* appended = std::get_if<raft::Appended>(&body.result)) {
    ConcatTo(&text, ", has up to ", appended->match_index.value());
  } else {
    const auto& conflict = std::get<raft::Conflict>(body.result);
    ConcatTo(&text, ", conflict at ", conflict.prev_index.value(), ", hint ",
             TextOf(raft::LogPosition{conflict.term, conflict.first_index}));
  }
  return {"AppendReply", text};
}

Texts Describe(const raft::BootstrapWanted&) { return {"BootstrapWanted", ""}; }
Texts Describe(const raft::WrongIncarnation&) { return {"WrongIncarnation", ""}; }
Texts Describe(const raft::WrongCluster&) { return {"WrongCluster", ""}; }

Texts Describe(const raft::InstallSnapshot& body) {
  const raft::SnapshotPiece& piece = body.piece;
  return {"InstallSnapshot",
          Concat(" term ", body.term.value(), ", of ", TextOf(piece.snapshot.last_included),
                 ", bytes ", piece.offset, " to ", piece.end(), ", round ", body.round)};
}

Texts Describe(const raft::InstallReply& body) {
  return {"InstallReply", Concat(" term ", body.term.value(), ", of ", TextOf(body.last_included),
                                 ", wants byte ", body.offset, TextOf(body.echo))};
}

Texts Describe(const raft::CommitNotice& body) {
  return {"CommitNotice", Concat(" term ", body.term.value(), ", ", TextOf(body.committed))};
}

Texts Describe(const raft::NewerTerm& body) {
  return {"NewerTerm", Concat(" term ", body.term.value())};
}

Texts Describe(const raft::Unnamed& body) {
  return {"Unnamed", Concat(" term ", body.term.value())};
}

Texts Describe(const raft::WentBack& body) {
  return {"WentBack", Concat(" term ", body.term.value(), ", lacks ", TextOf(body.lost), ", round ",
                             body.round)};
}

}  // namespace

std::string TextOf(const raft::Message& message) {
  const Texts texts = std::visit([](const auto& body) { return Describe(body); }, message.body);
  return Concat(texts.name, " ", message.header.from.id, "→", message.header.to.id, texts.what);
}

}  // namespace tidemark::explore
