#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/escaping.h"
#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/raft/messages.h"
#include "node/raft/types.h"
#include "node/server/peer_messages.h"
#include "node/wire/checked.h"
#include "node/wire/command_codec.h"
#include "node/wire/outcome_codec.h"
#include "node/wire/peer_codec.h"
#include "node/wire/session_codec.h"

namespace tidemark::wire {
namespace {

using raft::Index;
using raft::Term;
using server::PeerBody;

constexpr uint64_t kAnyNumber = std::numeric_limits<uint64_t>::max();

Term DecodeTerm(const Checked& body, std::string_view name) {
  return Term(body.Field(name).Uint(kMaxCount));
}
Index DecodeIndex(const Checked& body, std::string_view name) {
  return Index(body.Field(name).Uint(kMaxCount));
}

// Zeros stand together: before the first entry there is neither an index nor a term.
raft::LogPosition DecodePosition(const Checked& body, std::string_view term_name,
                                 std::string_view index_name, Term at_most) {
  raft::LogPosition position{DecodeTerm(body, term_name), DecodeIndex(body, index_name)};
  if (static_cast<bool>(position.term) != static_cast<bool>(position.index)) {
    body.Field(term_name).Refuse(position.index ? "the term of an entry" : "0 for index 0");
  }
  if (position.term > at_most) {
    body.Field(term_name).Refuse(Concat("at most the message's term ", at_most.value()));
  }
  return position;
}

// --- Consensus ----------------------------------------------------------------------------------

PeerBody DecodeRequestVote(const Checked& body) {
  raft::RequestVote request;
  request.ballot = static_cast<raft::Ballot>(body.Field("ballot").OneOf({"pre_vote", "election"}));
  request.term = DecodeTerm(body, "term");
  request.last = DecodePosition(body, "last_term", "last_index", request.term);
  return raft::Body(request);
}

PeerBody DecodeRequestBootstrap(const Checked& body) {
  return raft::Body(
      raft::RequestBootstrap{DecodeTerm(body, "term"), body.Field("node_ids").NodeIds()});
}

PeerBody DecodeVote(const Checked& body) {
  raft::Vote vote;
  vote.ballot =
      static_cast<raft::Ballot>(body.Field("ballot").OneOf({"pre_vote", "election", "bootstrap"}));
  vote.term = DecodeTerm(body, "term");
  vote.asked_term = DecodeTerm(body, "asked_term");
  vote.granted = body.Field("granted").Bool();
  return raft::Body(vote);
}

raft::Life DecodeLife(const Checked& body) { return raft::Life(body.Field("life").Hex(16)); }

raft::RoundEcho DecodeEcho(const Checked& body) {
  return {DecodeLife(body), DecodeTerm(body, "message_term"), body.Field("round").Uint(kMaxCount)};
}

PeerBody DecodeAppendEntries(const Checked& body) {
  raft::AppendEntries append;
  append.term = DecodeTerm(body, "term");
  append.life = DecodeLife(body);
  append.prev = DecodePosition(body, "prev_term", "prev_index", append.term);
  append.commit_index = DecodeIndex(body, "commit_index");
  append.round = body.Field("round").Uint(kMaxCount);
  append.entries = DecodeEntries(body.Field("entries"), append.prev, append.term);
  return raft::Body(std::move(append));
}

raft::Conflict DecodeConflict(const Checked& conflict) {
  return {DecodeIndex(conflict, "prev_index"), DecodeTerm(conflict, "term"),
          DecodeIndex(conflict, "first_index")};
}

PeerBody DecodeAppendReply(const Checked& body) {
  raft::AppendReply reply;
  reply.term = DecodeTerm(body, "term");
  reply.echo = DecodeEcho(body);
  Checked conflict = body.Field("conflict");
  if (!conflict.present()) {
    reply.result = raft::Appended{DecodeIndex(body, "match_index")};
  } else if (body.Field("match_index").present()) {
    body.Refuse("either match_index or conflict");
  } else {
    reply.result = DecodeConflict(conflict);
  }
  return raft::Body(reply);
}

PeerBody DecodeCommitNotice(const Checked& body) {
  const Term term = DecodeTerm(body, "term");
  return raft::Body(
      raft::CommitNotice{term, DecodePosition(body, "committed_term", "committed_index", term)});
}

PeerBody DecodeNewerTerm(const Checked& body) {
  return raft::Body(raft::NewerTerm{DecodeTerm(body, "term")});
}

PeerBody DecodeUnnamed(const Checked& body) {
  return raft::Body(raft::Unnamed{DecodeTerm(body, "term")});
}

PeerBody DecodeWentBack(const Checked& body) {
  raft::WentBack word;
  word.term = DecodeTerm(body, "term");
  word.life = DecodeLife(body);
  word.round = body.Field("round").Uint(kMaxCount);
  word.lost = {Term(body.Field("lost_term").Uint(1, kMaxCount)),
               Index(body.Field("lost_index").Uint(1, kMaxCount))};
  if (word.lost.term > word.term) {
    body.Field("lost_term").Refuse(Concat("at most the message's term ", word.term.value()));
  }
  return raft::Body(word);
}

PeerBody DecodeBootstrapWanted(const Checked& body) {
  return raft::Body(raft::BootstrapWanted{body.Field("node_ids").NodeIds()});
}

PeerBody DecodeWrongIncarnation(const Checked&) { return raft::Body(raft::WrongIncarnation{}); }
PeerBody DecodeWrongCluster(const Checked&) { return raft::Body(raft::WrongCluster{}); }

// The last entry that a snapshot stands for.
raft::LogPosition DecodeLastIncluded(const Checked& body, Term at_most) {
  raft::LogPosition last{Term(body.Field("last_term").Uint(1, kMaxCount)),
                         Index(body.Field("last_index").Uint(1, kMaxCount))};
  if (last.term > at_most) {
    body.Field("last_term").Refuse(Concat("at most the message's term ", at_most.value()));
  }
  return last;
}

// Of a file of `bytes` bytes, the part that begins at `offset`.
std::string DecodePiece(const Checked& piece, uint64_t offset, uint64_t bytes) {
  std::string decoded;
  const bool is_text = piece.present() && piece.json()->is_string();
  const std::string_view text = is_text ? piece.json()->string_value() : std::string_view();
  // One spelling for each piece: what is lenient would not come back as it was sent.
  if (!is_text || !absl::Base64Unescape({text.data(), text.size()}, &decoded) ||
      absl::Base64Escape(decoded) != text) {
    piece.Refuse("a string of base64 with padding");
  } else if (decoded.size() > bytes - offset) {
    piece.Refuse(Concat("no more than the ", bytes - offset, " bytes that the file has there"));
  }
  return decoded;
}

PeerBody DecodeInstallSnapshot(const Checked& body) {
  raft::InstallSnapshot install;
  install.term = DecodeTerm(body, "term");
  install.life = DecodeLife(body);
  install.round = body.Field("round").Uint(kMaxCount);
  raft::Snapshot& snapshot = install.piece.snapshot;
  snapshot.last_included = DecodeLastIncluded(body, install.term);
  snapshot.configuration = DecodeConfiguration(body.Field("configuration"));
  snapshot.bytes = body.Field("bytes").Uint(1, kMaxCount);
  snapshot.checksum = body.Field("checksum").Hex(16);
  install.piece.offset = body.Field("offset").Uint(snapshot.bytes);
  install.piece.bytes = DecodePiece(body.Field("piece"), install.piece.offset, snapshot.bytes);
  return raft::Body(std::move(install));
}

PeerBody DecodeInstallReply(const Checked& body) {
  raft::InstallReply reply;
  reply.term = DecodeTerm(body, "term");
  reply.echo = DecodeEcho(body);
  reply.last_included = {Term(body.Field("last_term").Uint(1, kMaxCount)),
                         Index(body.Field("last_index").Uint(1, kMaxCount))};
  reply.bytes = body.Field("bytes").Uint(1, kMaxCount);
  reply.checksum = body.Field("checksum").Hex(16);
  reply.offset = body.Field("offset").Uint(reply.bytes);
  reply.written = body.Field("written").Uint(reply.offset);
  return raft::Body(reply);
}

// --- Questions ----------------------------------------------------------------------------------

// All but what is asked.
server::Question DecodeQuestion(const Checked& body) {
  server::Question question;
  question.life = body.Field("life").Hex(16);
  question.number = body.Field("number").Uint(kAnyNumber);
  return question;
}

PeerBody DecodeHandIn(const Checked& body) {
  server::Question question = DecodeQuestion(body);
  question.ask = server::HandIn{
      std::make_shared<const server::LogCommand>(DecodeCommand(body.Field("command")))};
  return question;
}
PeerBody DecodeServeRead(const Checked& body) {
  server::Question question = DecodeQuestion(body);
  question.ask = server::ServeRead{body.Field("key").Canonical(), DecodeIndex(body, "need"),
                                   DecodeOptionalSession(body.Field("session"), kMaxCount)};
  return question;
}
PeerBody DecodeConfirmRead(const Checked& body) {
  server::Question question = DecodeQuestion(body);
  question.ask = server::ConfirmRead{};
  return question;
}
PeerBody DecodePull(const Checked& body) {
  server::Question question = DecodeQuestion(body);
  question.ask = server::Pull{DecodeIndex(body, "need")};
  return question;
}

// --- Answers ------------------------------------------------------------------------------------

// All but the result.
server::Answer DecodeAnswer(const Checked& body) {
  server::Answer answer;
  answer.life = body.Field("life").Hex(16);
  answer.number = body.Field("number").Uint(kAnyNumber);
  return answer;
}

PeerBody DecodeOutcome(const Checked& body) {
  server::Answer answer = DecodeAnswer(body);
  answer.result = DecodeApplied(body);
  return answer;
}
PeerBody DecodeReadServed(const Checked& body) {
  server::Answer answer = DecodeAnswer(body);
  server::ReadServed served;
  Checked value = body.Field("value");
  if (value.present()) served.value = value.Canonical();
  Checked session = body.Field("session");
  if (session.present()) served.session = DecodeSession(session, kMaxCount);
  answer.result = std::move(served);
  return answer;
}
PeerBody DecodeReadConfirmed(const Checked& body) {
  server::Answer answer = DecodeAnswer(body);
  answer.result = server::ReadConfirmed{DecodeIndex(body, "read_index")};
  return answer;
}
PeerBody DecodeReadRefused(const Checked& body) {
  server::Answer answer = DecodeAnswer(body);
  answer.result =
      server::ReadRefused{DecodeVerdict(body.Field("verdict")), DecodeIndex(body, "committed")};
  return answer;
}
PeerBody DecodeNews(const Checked& body) {
  server::Answer answer = DecodeAnswer(body);
  server::News news;
  news.committed = DecodeIndex(body, "committed");
  Checked cluster = body.Field("of_cluster");
  bool none = cluster.present() && cluster.json()->is_null();
  if (!none) news.cluster = raft::ClusterId(static_cast<uint32_t>(cluster.Identity(8)));
  news.confirmed = body.Field("confirmed").Bool();
  answer.result = news;
  return answer;
}
PeerBody DecodeNotLeader(const Checked& body) {
  server::Answer answer = DecodeAnswer(body);
  Checked leader = body.Field("leader");
  bool unknown = leader.present() && leader.json()->is_null();
  answer.result = server::NotLeader{unknown ? "" : leader.Name()};
  return answer;
}

server::Shortage DecodeShortage(const Checked& reason) {
  constexpr server::Shortage kShortages[] = {server::Shortage::kDisk, server::Shortage::kTail};
  return kShortages[reason.OneOf({"no_room", "overloaded"})];
}

PeerBody DecodeNoRoom(const Checked& body) {
  server::Answer answer = DecodeAnswer(body);
  answer.result = server::NoRoom{DecodeShortage(body.Field("reason"))};
  return answer;
}

PeerBody DecodeStateHash(const Checked& body) {
  return server::StateHash{DecodeIndex(body, "index"), body.Field("state_hash").Hex(16)};
}

// --- Any of them --------------------------------------------------------------------------------

struct PeerType {
  std::string_view name;
  PeerBody (*decode)(const Checked& body);
};

constexpr PeerType kTypes[] = {
    {"append_entries", DecodeAppendEntries},
    {"append_reply", DecodeAppendReply},
    {"request_vote", DecodeRequestVote},
    {"request_bootstrap", DecodeRequestBootstrap},
    {"vote", DecodeVote},
    {"bootstrap_wanted", DecodeBootstrapWanted},
    {"wrong_incarnation", DecodeWrongIncarnation},
    {"wrong_cluster", DecodeWrongCluster},
    {"install_snapshot", DecodeInstallSnapshot},
    {"install_snapshot_reply", DecodeInstallReply},
    {"commit_notice", DecodeCommitNotice},
    {"newer_term", DecodeNewerTerm},
    {"unnamed", DecodeUnnamed},
    {"went_back", DecodeWentBack},
    {"hand_in", DecodeHandIn},
    {"serve_read", DecodeServeRead},
    {"confirm_read", DecodeConfirmRead},
    {"pull", DecodePull},
    {"outcome", DecodeOutcome},
    {"read_served", DecodeReadServed},
    {"read_confirmed", DecodeReadConfirmed},
    {"read_refused", DecodeReadRefused},
    {"news", DecodeNews},
    {"not_leader", DecodeNotLeader},
    {"no_room", DecodeNoRoom},
    {"state_hash", DecodeStateHash},
};

const PeerType* Find(std::string_view name) {
  for (const PeerType& type : kTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

uint64_t IdentityOrZero(const Checked& identity, int digits) {
  return identity.present() ? identity.Identity(digits) : 0;
}

raft::Header DecodeHeader(const Checked& body, std::string src, std::string dest) {
  raft::Header header;
  header.from = {std::move(src), raft::Incarnation(body.Field("incarnation").Identity(16))};
  header.to = {std::move(dest),
               raft::Incarnation(IdentityOrZero(body.Field("to_incarnation"), 16))};
  header.cluster = raft::ClusterId(static_cast<uint32_t>(IdentityOrZero(body.Field("cluster"), 8)));
  return header;
}

}  // namespace

bool IsPeerMessage(std::string_view type) { return Find(type) != nullptr; }

server::PeerMessage DecodePeerMessage(std::string_view type, const Checked& body, std::string src,
                                      std::string dest) {
  const PeerType* found = Find(type);
  TM_ASSERT(found != nullptr);
  raft::Header header = DecodeHeader(body, std::move(src), std::move(dest));
  return {std::move(header), found->decode(body)};
}

}  // namespace tidemark::wire
