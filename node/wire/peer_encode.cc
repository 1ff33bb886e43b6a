// What nodes say to each other, as JSON. People read it in transcripts and write it to play a peer,
// so a field is left out only where it is optional by nature.
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "node/kv/command.h"
#include "node/raft/messages.h"
#include "node/raft/types.h"
#include "node/server/peer_messages.h"
#include "node/wire/command_codec.h"
#include "node/wire/gateway.h"
#include "node/wire/json.h"
#include "node/wire/object_writer.h"
#include "node/wire/outcome_codec.h"
#include "node/wire/session_codec.h"

namespace tidemark::wire {
namespace {

using server::Answer;
using server::Question;

std::string_view BallotName(raft::Ballot ballot) {
  switch (ballot) {
    case raft::Ballot::kPreVote:
      return "pre_vote";
    case raft::Ballot::kElection:
      return "election";
    case raft::Ballot::kBootstrap:
      return "bootstrap";
  }
  return "";
}

// As clients are told it.
std::string_view ShortageName(server::Shortage shortage) {
  switch (shortage) {
    case server::Shortage::kDisk:
      return "no_room";
    case server::Shortage::kTail:
      return "overloaded";
  }
  return "";
}

// --- Types --------------------------------------------------------------------------------------

std::string_view TypeOf(const raft::RequestVote&) { return "request_vote"; }
std::string_view TypeOf(const raft::RequestBootstrap&) { return "request_bootstrap"; }
std::string_view TypeOf(const raft::Vote&) { return "vote"; }
std::string_view TypeOf(const raft::AppendEntries&) { return "append_entries"; }
std::string_view TypeOf(const raft::AppendReply&) { return "append_reply"; }
std::string_view TypeOf(const raft::BootstrapWanted&) { return "bootstrap_wanted"; }
std::string_view TypeOf(const raft::WrongIncarnation&) { return "wrong_incarnation"; }
std::string_view TypeOf(const raft::WrongCluster&) { return "wrong_cluster"; }
std::string_view TypeOf(const raft::InstallSnapshot&) { return "install_snapshot"; }
std::string_view TypeOf(const raft::InstallReply&) { return "install_snapshot_reply"; }
std::string_view TypeOf(const raft::CommitNotice&) { return "commit_notice"; }
std::string_view TypeOf(const raft::NewerTerm&) { return "newer_term"; }
std::string_view TypeOf(const raft::Unnamed&) { return "unnamed"; }
std::string_view TypeOf(const raft::WentBack&) { return "went_back"; }
std::string_view TypeOf(const server::HandIn&) { return "hand_in"; }
std::string_view TypeOf(const server::ServeRead&) { return "serve_read"; }
std::string_view TypeOf(const server::ConfirmRead&) { return "confirm_read"; }
std::string_view TypeOf(const server::Pull&) { return "pull"; }
std::string_view TypeOf(const kv::Applied&) { return "outcome"; }
std::string_view TypeOf(const server::ReadServed&) { return "read_served"; }
std::string_view TypeOf(const server::ReadConfirmed&) { return "read_confirmed"; }
std::string_view TypeOf(const server::ReadRefused&) { return "read_refused"; }
std::string_view TypeOf(const server::News&) { return "news"; }
std::string_view TypeOf(const server::NotLeader&) { return "not_leader"; }
std::string_view TypeOf(const server::NoRoom&) { return "no_room"; }
std::string_view TypeOf(const server::StateHash&) { return "state_hash"; }

std::string_view TypeOf(const raft::Body& consensus);
std::string_view TypeOf(const Question& question);
std::string_view TypeOf(const Answer& answer);

constexpr auto kTypeOf = [](const auto& message) { return TypeOf(message); };

std::string_view TypeOf(const raft::Body& consensus) { return std::visit(kTypeOf, consensus); }
std::string_view TypeOf(const Question& question) { return std::visit(kTypeOf, question.ask); }
std::string_view TypeOf(const Answer& answer) { return std::visit(kTypeOf, answer.result); }

// --- Fields -------------------------------------------------------------------------------------

void AppendFields(const raft::RequestVote& request, ObjectWriter* body) {
  body->String("ballot", BallotName(request.ballot));
  body->Integer("term", request.term.value());
  body->Integer("last_term", request.last.term.value());
  body->Integer("last_index", request.last.index.value());
}

void AppendFields(const raft::RequestBootstrap& request, ObjectWriter* body) {
  body->Integer("term", request.term.value());
  body->Strings("node_ids", request.node_ids);
}

void AppendFields(const raft::Vote& vote, ObjectWriter* body) {
  body->String("ballot", BallotName(vote.ballot));
  body->Integer("term", vote.term.value());
  body->Integer("asked_term", vote.asked_term.value());
  body->Bool("granted", vote.granted);
}

void AppendFields(const raft::AppendEntries& append, ObjectWriter* body) {
  body->Integer("term", append.term.value());
  body->Hex("life", append.life.value(), 16);
  body->Integer("prev_term", append.prev.term.value());
  body->Integer("prev_index", append.prev.index.value());
  body->Integer("commit_index", append.commit_index.value());
  body->Integer("round", append.round);
  AppendEntries(append.entries, body->Begin("entries"));
}

void AppendFields(const raft::Appended& appended, ObjectWriter* body) {
  body->Integer("match_index", appended.match_index.value());
}

void AppendFields(const raft::Conflict& conflict, ObjectWriter* body) {
  ObjectWriter fields(body->Begin("conflict"));
  fields.Integer("prev_index", conflict.prev_index.value());
  fields.Integer("term", conflict.term.value());
  fields.Integer("first_index", conflict.first_index.value());
  fields.Close();
}

void AppendFields(const raft::RoundEcho& echo, ObjectWriter* body) {
  body->Hex("life", echo.life.value(), 16);
  body->Integer("message_term", echo.term.value());
  body->Integer("round", echo.round);
}

void AppendFields(const raft::AppendReply& reply, ObjectWriter* body) {
  body->Integer("term", reply.term.value());
  AppendFields(reply.echo, body);
  std::visit([&](const auto& result) { AppendFields(result, body); }, reply.result);
}

void AppendFields(const raft::BootstrapWanted& wanted, ObjectWriter* body) {
  body->Strings("node_ids", wanted.node_ids);
}

void AppendFields(const raft::WrongIncarnation&, ObjectWriter*) {}
void AppendFields(const raft::WrongCluster&, ObjectWriter*) {}

void AppendFields(const raft::InstallSnapshot& install, ObjectWriter* body) {
  const raft::SnapshotPiece& piece = install.piece;
  body->Integer("term", install.term.value());
  body->Hex("life", install.life.value(), 16);
  body->Integer("round", install.round);
  body->Integer("last_term", piece.snapshot.last_included.term.value());
  body->Integer("last_index", piece.snapshot.last_included.index.value());
  ObjectWriter configuration(body->Begin("configuration"));
  AppendConfiguration(piece.snapshot.configuration, &configuration);
  configuration.Close();
  body->Integer("bytes", piece.snapshot.bytes);
  body->Hex("checksum", piece.snapshot.checksum, 16);
  body->Integer("offset", piece.offset);
  body->String("piece", absl::Base64Escape({piece.bytes.data(), piece.bytes.size()}));
}

void AppendFields(const raft::CommitNotice& notice, ObjectWriter* body) {
  body->Integer("term", notice.term.value());
  body->Integer("committed_term", notice.committed.term.value());
  body->Integer("committed_index", notice.committed.index.value());
}

void AppendFields(const raft::NewerTerm& newer, ObjectWriter* body) {
  body->Integer("term", newer.term.value());
}

void AppendFields(const raft::Unnamed& unnamed, ObjectWriter* body) {
  body->Integer("term", unnamed.term.value());
}

void AppendFields(const raft::WentBack& word, ObjectWriter* body) {
  body->Integer("term", word.term.value());
  body->Hex("life", word.life.value(), 16);
  body->Integer("round", word.round);
  body->Integer("lost_term", word.lost.term.value());
  body->Integer("lost_index", word.lost.index.value());
}

void AppendFields(const raft::InstallReply& reply, ObjectWriter* body) {
  body->Integer("term", reply.term.value());
  AppendFields(reply.echo, body);
  body->Integer("last_term", reply.last_included.term.value());
  body->Integer("last_index", reply.last_included.index.value());
  body->Integer("bytes", reply.bytes);
  body->Hex("checksum", reply.checksum, 16);
  body->Integer("offset", reply.offset);
  body->Integer("written", reply.written);
}

void AppendFields(const server::HandIn& hand_in, ObjectWriter* body) {
  AppendCommand(server::LogCommand::Of(hand_in.command), body->Begin("command"));
}
void AppendFields(const server::ServeRead& read, ObjectWriter* body) {
  body->Value("key", read.key);
  body->Integer("need", read.need.value());
  if (read.session) AppendSession(*read.session, body->Begin("session"));
}
void AppendFields(const server::ConfirmRead&, ObjectWriter*) {}
void AppendFields(const server::Pull& pull, ObjectWriter* body) {
  body->Integer("need", pull.need.value());
}

void AppendFields(const kv::Applied& applied, ObjectWriter* body) { AppendApplied(applied, body); }
void AppendFields(const server::ReadServed& served, ObjectWriter* body) {
  if (served.value) body->Value("value", *served.value);
  if (served.session) AppendSession(*served.session, body->Begin("session"));
}
void AppendFields(const server::ReadConfirmed& confirmed, ObjectWriter* body) {
  body->Integer("read_index", confirmed.read_index.value());
}
void AppendFields(const server::ReadRefused& refused, ObjectWriter* body) {
  body->String("verdict", Spelled(refused.verdict));
  body->Integer("committed", refused.committed.value());
}
void AppendFields(const server::News& news, ObjectWriter* body) {
  body->Integer("committed", news.committed.value());
  body->HexOrNull("of_cluster", news.cluster.value(), 8);
  body->Bool("confirmed", news.confirmed);
}
void AppendFields(const server::NotLeader& not_leader, ObjectWriter* body) {
  body->StringOrNull("leader", not_leader.leader);
}
void AppendFields(const server::NoRoom& lacks, ObjectWriter* body) {
  body->String("reason", ShortageName(lacks.of));
}

void AppendFields(const server::StateHash& state, ObjectWriter* body) {
  body->Integer("index", state.index.value());
  body->Hex("state_hash", state.hash, 16);
}

void AppendFields(const raft::Body& consensus, ObjectWriter* body) {
  std::visit([&](const auto& message) { AppendFields(message, body); }, consensus);
}
void AppendFields(const Question& question, ObjectWriter* body) {
  body->Hex("life", question.life, 16);
  body->Integer("number", question.number);
  std::visit([&](const auto& ask) { AppendFields(ask, body); }, question.ask);
}
void AppendFields(const Answer& answer, ObjectWriter* body) {
  body->Hex("life", answer.life, 16);
  body->Integer("number", answer.number);
  std::visit([&](const auto& result) { AppendFields(result, body); }, answer.result);
}

void AppendHeader(const raft::Header& header, ObjectWriter* body) {
  body->Hex("incarnation", header.from.incarnation.value(), 16);
  if (header.to.incarnation) body->Hex("to_incarnation", header.to.incarnation.value(), 16);
  if (header.cluster) body->Hex("cluster", header.cluster.value(), 8);
}

}  // namespace

void AppendPeerMessage(const server::PeerMessage& message, std::string* out) {
  AppendEnvelope(message.header.from.id, message.header.to.id, out);
  ObjectWriter body(out);
  body.String("type", std::visit(kTypeOf, message.body));
  AppendHeader(message.header, &body);
  std::visit([&](const auto& part) { AppendFields(part, &body); }, message.body);
  body.Close();
  out->push_back('}');
}

}  // namespace tidemark::wire
