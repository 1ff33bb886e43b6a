// What clients are told, as JSON: each reply's fields in the order in which the protocol documents
// them.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "node/base/concat.h"
#include "node/base/time.h"
#include "node/kv/command.h"
#include "node/raft/types.h"
#include "node/server/requests.h"
#include "node/wire/command_codec.h"
#include "node/wire/gateway.h"
#include "node/wire/json.h"
#include "node/wire/object_writer.h"
#include "node/wire/outcome_codec.h"
#include "node/wire/session_codec.h"
#include "node/wire/txn_codec.h"
#include "node/wire/version.h"

namespace tidemark::wire {
namespace {

using raft::Index;

constexpr std::string_view TypeOf(const server::InitOk&) { return "init_ok"; }
constexpr std::string_view TypeOf(const server::EchoOk&) { return "echo_ok"; }
constexpr std::string_view TypeOf(const server::ReadOk&) { return "read_ok"; }
constexpr std::string_view TypeOf(const server::WriteOk&) { return "write_ok"; }
constexpr std::string_view TypeOf(const server::CasOk&) { return "cas_ok"; }
constexpr std::string_view TypeOf(const server::DeleteOk&) { return "delete_ok"; }
constexpr std::string_view TypeOf(const server::TxnOk&) { return "txn_ok"; }
constexpr std::string_view TypeOf(const server::OpenOk&) { return "open_ok"; }
constexpr std::string_view TypeOf(const server::FateOk&) { return "fate_ok"; }
constexpr std::string_view TypeOf(const server::RywReadOk&) { return "ryw_read_ok"; }
constexpr std::string_view TypeOf(const server::StatusOk&) { return "status_ok"; }
constexpr std::string_view TypeOf(const server::Error&) { return "error"; }

std::string_view RoleName(server::Role role) {
  switch (role) {
    case server::Role::kFollower:
      return "follower";
    case server::Role::kCandidate:
      return "candidate";
    case server::Role::kLeader:
      return "leader";
  }
  return "";
}

std::string_view DecisionName(server::Explanation::Decision decision) {
  using Decision = server::Explanation::Decision;
  switch (decision) {
    case Decision::kServe:
      return "serve";
    case Decision::kProve:
      return "prove";
    case Decision::kWait:
      return "wait";
    case Decision::kRedirect:
      return "redirect";
    case Decision::kLeaderPreferred:
      return "leader_preferred";
    case Decision::kLead:
      return "lead";
    case Decision::kNoLeader:
      return "no_leader";
  }
  return "";
}

// What a client was told when its write was refused: the code and, where there is one, the reason.
struct Told {
  server::ErrorCode code = server::ErrorCode::kPreconditionFailed;
  std::optional<server::Reason> reason;
};

Told WhatWasTold(kv::Fated::Refusal refusal) {
  using Refusal = kv::Fated::Refusal;
  using server::ErrorCode;
  using server::Reason;
  switch (refusal) {
    case Refusal::kNone:
    case Refusal::kCasMismatch:
      break;
    case Refusal::kKeyMissing:
      return {ErrorCode::kKeyMissing, std::nullopt};
    case Refusal::kNotAList:
      return {ErrorCode::kPreconditionFailed, Reason::kNotAList};
    case Refusal::kOtherCluster:
      return {ErrorCode::kPreconditionFailed, Reason::kTokenOtherCluster};
    case Refusal::kLostHistory:
      return {ErrorCode::kPreconditionFailed, Reason::kTokenLostHistory};
    case Refusal::kFromFuture:
      return {ErrorCode::kPreconditionFailed, Reason::kTokenFromFuture};
    case Refusal::kTooLarge:
      return {ErrorCode::kPreconditionFailed, Reason::kTooLarge};
  }
  return {};
}

// Writes the fields behind msg_id.
class BodyFields {
 public:
  BodyFields(bool stock, ObjectWriter* body) : stock_(stock), body_(body) {}

  void operator()(const server::InitOk&) const {}
  void operator()(const server::EchoOk& ok) const { body_->Value("echo", ok.echo); }
  void operator()(const server::ReadOk& ok) const { body_->Value("value", ok.value); }
  void operator()(const server::WriteOk& ok) const { CommitIndex(ok.commit_index); }
  void operator()(const server::CasOk& ok) const { CommitIndex(ok.commit_index); }
  void operator()(const server::DeleteOk& ok) const { CommitIndex(ok.commit_index); }
  void operator()(const server::TxnOk& ok) const {
    AppendTxnOps(ok.ops, body_->Begin("txn"));
    CommitIndex(ok.commit_index);
  }
  void operator()(const server::OpenOk& ok) const {
    body_->Integer("client", ok.client);
    body_->Hex("key", ok.key, 16);
  }
  void operator()(const server::FateOk& ok) const;
  void operator()(const server::RywReadOk& ok) const {
    body_->Value("value", ok.value);
    Serve(ok.served);
  }
  void operator()(const server::StatusOk& ok) const;
  void operator()(const server::Error& error) const;

 private:
  void CommitIndex(Index index) const {
    if (!stock_) body_->Integer("commit_index", index.value());
  }
  void OptionalIndex(std::string_view name, const std::optional<Index>& index) const {
    if (index) body_->Integer(name, index->value());
  }
  void Serve(const server::Served& served) const;
  void Peers(const std::vector<server::PeerProgress>& peers) const;

  bool stock_;
  ObjectWriter* body_;
};

void BodyFields::Serve(const server::Served& served) const {
  if (const auto* follower = std::get_if<server::ServedByFollower>(&served)) {
    body_->String("served_by", follower->served_by);
    body_->Integer("follower_applied_index", follower->follower_applied_index.value());
    OptionalIndex("proved_index", follower->proved_index);
    body_->Integer("waited_ms", follower->waited_ms);
    if (follower->proved_index) body_->String("reason", Spelled(server::Reason::kProvedByToken));
  } else if (const auto* leader = std::get_if<server::ServedByLeader>(&served)) {
    body_->String("served_by", leader->served_by);
    body_->String("reason", Spelled(leader->reason));
  }
}

// Whether what is written of `served` has a reason already.
bool SaysWhy(const server::Served& served) {
  const auto* follower = std::get_if<server::ServedByFollower>(&served);
  return follower == nullptr || follower->proved_index.has_value();
}

void BodyFields::operator()(const server::Error& error) const {
  body_->Integer("code", static_cast<int>(error.code));
  body_->String("text", error.text);
  if (error.served) Serve(*error.served);
  bool has_reason = error.served && SaysWhy(*error.served);
  if (error.reason && !has_reason) body_->String("reason", Spelled(*error.reason));
  if (error.limit) {
    body_->String("limit", NameOf(error.limit->limit));
    body_->Integer("limit_bytes", error.limit->bytes);
  }
  if (!error.leader.empty()) body_->String("leader", error.leader);
  OptionalIndex("applied_index", error.applied_index);
  OptionalIndex("need", error.need);
  if (error.write_id) {
    AppendToldName(*error.write_id, body_->Begin("write_id"));
  }
  if (error.retry_after_ms) body_->Integer("retry_after_ms", *error.retry_after_ms);
  if (!error.awaits.empty()) body_->Strings("awaits", error.awaits);
}

void BodyFields::operator()(const server::FateOk& ok) const {
  body_->String("outcome", Spelled(ok.fate.kind));
  if (ok.fate.kind == kv::Fated::Kind::kCommitted) {
    body_->Integer("commit_index", ok.fate.commit_index);
  } else if (ok.fate.kind == kv::Fated::Kind::kRefused) {
    Told told = WhatWasTold(ok.fate.refusal);
    body_->Integer("code", static_cast<int>(told.code));
    if (told.reason) body_->String("reason", Spelled(*told.reason));
  }
}

void BodyFields::operator()(const server::StatusOk& ok) const {
  body_->String("node_id", ok.node.id);
  body_->Hex("incarnation", ok.node.incarnation.value(), 16);
  body_->HexOrNull("cluster", ok.cluster.value(), 8);
  body_->String("role", RoleName(ok.role));
  body_->Bool("learner", ok.learner);
  body_->Integer("term", ok.term.value());
  body_->StringOrNull("leader", ok.leader);
  body_->Integer("last_index", ok.last_index.value());
  body_->Integer("commit_index", ok.commit_index.value());
  body_->Integer("applied_index", ok.applied_index.value());
  Peers(ok.peers);
  body_->String("version", kVersion);
  body_->Integer("uptime_ms", ok.uptime_ms);
  body_->Integer("rejected_messages", ok.rejected_messages);
  if (ok.snapshot_index) body_->Integer("snapshot_index", ok.snapshot_index.value());
  if (ok.diverged) body_->Bool("diverged", true);
  if (!ok.bootstrap_awaits.empty()) body_->Strings("bootstrap_awaits", ok.bootstrap_awaits);
}

void BodyFields::Peers(const std::vector<server::PeerProgress>& peers) const {
  std::string* out = body_->Begin("peers");
  std::string_view separator = "[";
  for (const server::PeerProgress& peer : peers) {
    out->append(std::exchange(separator, ", "));
    ObjectWriter fields(out);
    fields.String("node_id", peer.peer.id);
    fields.HexOrNull("incarnation", peer.peer.incarnation.value(), 16);
    fields.Integer("match_index", peer.match_index.value());
    fields.Bool("counts", peer.counts);
    if (peer.gone_back) fields.Bool("gone_back", true);
    fields.Close();
  }
  out->append(peers.empty() ? "[]" : "]");
}

std::optional<int64_t> Micros(const std::optional<Duration>& duration) {
  return duration ? std::optional(duration->us) : std::nullopt;
}

void AppendExplanation(const server::Explanation& explanation, std::string* out) {
  ObjectWriter fields(out);
  fields.String("decision", DecisionName(explanation.decision));
  fields.Integer("applied_index", explanation.applied_index.value());
  fields.Integer("need", explanation.need.value());
  fields.Integer("last_index", explanation.last_index.value());
  fields.Bool("entry_in_log", explanation.entry_in_log);
  fields.IntegerOrNull("round_trip_us", Micros(explanation.round_trip));
  fields.IntegerOrNull("entries_per_second", explanation.entries_per_second);
  fields.IntegerOrNull("expected_wait_us", Micros(explanation.expected_wait));
  fields.IntegerOrNull("expected_redirect_us", Micros(explanation.expected_redirect));
  fields.Close();
}

}  // namespace

void AppendReply(const raft::NodeId& src, const server::Reply& reply, bool stock,
                 std::string* out) {
  AppendEnvelope(src, reply.to.client, out);
  ObjectWriter body(out);
  body.String("type", std::visit([](const auto& ok) { return TypeOf(ok); }, reply.body));
  body.Integer("in_reply_to", reply.to.msg_id);
  body.Integer("msg_id", reply.msg_id);
  // Whoever asks within a session knows what it is answered with.
  std::visit(BodyFields(stock && !reply.to.in_session, &body), reply.body);
  if (reply.explanation) AppendExplanation(*reply.explanation, body.Begin("explain"));
  if (reply.session) AppendSession(*reply.session, body.Begin("session"));
  body.Close();
  out->push_back('}');
}

void AppendAdvanceOk(std::string_view src, const server::ClientRef& to, int64_t now_ms,
                     std::optional<int64_t> next_ms, std::string* out) {
  AppendEnvelope(src, to.client, out);
  ObjectWriter body(out);
  body.String("type", "advance_ok");
  body.Integer("in_reply_to", to.msg_id);
  body.Integer("now_ms", now_ms);
  if (next_ms) body.Integer("next_ms", *next_ms);
  body.Close();
  out->push_back('}');
}

std::string_view Spelled(server::Reason reason) {
  using server::Reason;
  switch (reason) {
    case Reason::kFollowerBehind:
      return "follower_behind_redirected_to_leader";
    case Reason::kLeaderPreferred:
      return "leader_preferred";
    case Reason::kServedByLeader:
      return "served_by_leader";
    case Reason::kProvedByToken:
      return "proved_by_token";
    case Reason::kTokenOtherCluster:
      return Spelled(kv::Verdict::kOtherCluster);
    case Reason::kTokenLostHistory:
      return Spelled(kv::Verdict::kLostHistory);
    case Reason::kTokenFromFuture:
      return Spelled(kv::Verdict::kFromFuture);
    case Reason::kNoLeader:
      return "no_leader";
    case Reason::kNotBootstrapped:
      return "not_bootstrapped";
    case Reason::kTimedOut:
      return "timed_out";
    case Reason::kOverloaded:
      return "overloaded";
    case Reason::kNotInitialized:
      return "not_initialized";
    case Reason::kAlreadyInitialized:
      return "already_initialized";
    case Reason::kOutcomeForgotten:
      return "outcome_forgotten";
    case Reason::kSeqReused:
      return "seq_reused";
    case Reason::kCancelled:
      return "cancelled";
    case Reason::kNoRoom:
      return "no_room";
    case Reason::kStateDiverged:
      return "state_diverged";
    case Reason::kNotAList:
      return "not_a_list";
    case Reason::kTooLarge:
      return "too_large";
  }
  return "";
}

}  // namespace tidemark::wire
