#include "node/server/replies.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"

namespace tidemark::server {
namespace {

// Long keys and values are not repeated whole in an error.
std::string Short(const std::string& text) {
  constexpr size_t kMost = 64;
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "…");
}

const std::string& KeyOf(const kv::Operation& operation) {
  static const std::string* const kNone = new std::string();
  if (const auto* write = std::get_if<kv::Write>(&operation)) return write->key;
  if (const auto* cas = std::get_if<kv::Cas>(&operation)) return cas->key;
  if (const auto* del = std::get_if<kv::Delete>(&operation)) return del->key;
  return *kNone;
}

Error KeyMissing(const std::string& key) {
  return {.code = ErrorCode::kKeyMissing,
          .text = absl::StrCat("key ", Short(key), " does not exist")};
}

Error Mismatch(const kv::Operation& operation, const kv::CasMismatch& mismatch) {
  const auto& cas = std::get<kv::Cas>(operation);
  return {.code = ErrorCode::kPreconditionFailed,
          .text = absl::StrCat("key ", Short(cas.key), " holds ", Short(mismatch.current), ", not ",
                               Short(cas.from))};
}

Error NotAList(const kv::NotAList& result) {
  return {
      .code = ErrorCode::kPreconditionFailed,
      .text = absl::StrCat("append: key ", Short(result.key),
                           " holds a value that is no list; nothing of the transaction was done"),
      .reason = Reason::kNotAList};
}

Error Forgotten() {
  return {.code = ErrorCode::kIndefinite,
          .text =
              "the outcome of this write is no longer remembered: it was not executed now, but "
              "perhaps before; read the key to see",
          .reason = Reason::kOutcomeForgotten};
}

ReplyBody DoneReply(const kv::Operation& operation, raft::Index index) {
  if (std::holds_alternative<kv::Cas>(operation)) return CasOk{index};
  if (std::holds_alternative<kv::Delete>(operation)) return DeleteOk{index};
  TM_ASSERT(std::holds_alternative<kv::Write>(operation));
  return WriteOk{index};
}

}  // namespace

ReplyBody WriteReply(const kv::Operation& operation, const kv::Outcome& outcome) {
  const raft::Index index(outcome.index);
  if (const auto* txn = std::get_if<kv::TxnDone>(&outcome.result)) return TxnOk{txn->ops, index};
  if (std::holds_alternative<kv::KeyMissing>(outcome.result)) return KeyMissing(KeyOf(operation));
  if (const auto* m = std::get_if<kv::CasMismatch>(&outcome.result)) return Mismatch(operation, *m);
  if (const auto* n = std::get_if<kv::NotAList>(&outcome.result)) return NotAList(*n);
  if (std::holds_alternative<kv::OutcomeForgotten>(outcome.result)) return Forgotten();
  TM_ASSERT(std::holds_alternative<kv::Done>(outcome.result));
  return DoneReply(operation, index);
}

ReplyBody ReadReply(const std::string& key, const std::string* value) {
  if (value == nullptr) return KeyMissing(key);
  return ReadOk{*value};
}

ReplyBody RywReadReply(const std::string& key, const std::string* value, Served served) {
  if (value != nullptr) return RywReadOk{*value, std::move(served)};
  Error error = KeyMissing(key);
  error.served = std::move(served);
  return error;
}

Error NoLeader(const Context& context, raft::Index need) {
  const int64_t ms = context.options().request_timeout.ToMillis();
  const raft::NodeId leader = context.raft().leader();
  Error error{.code = ErrorCode::kUnavailable,
              .reason = leader.empty() ? Reason::kNoLeader : Reason::kTimedOut};
  const std::string state =
      leader.empty() ? absl::StrCat("no leader was found within ", ms, " ms")
                     : absl::StrCat("the leader, ", leader, ", did not answer within ", ms, " ms");
  error.text = absl::StrCat(context.self(), ": ", state);
  if (need) {
    absl::StrAppend(&error.text, "; this node has applied index ", context.applied().value(),
                    " and the read needs ", need.value());
    error.need = need;
  }
  absl::StrAppend(&error.text, "; nothing was done: try again, or ask another node");
  error.leader = leader;
  error.applied_index = context.applied();
  return error;
}

Error WriteTimedOut(const Context& context) {
  return {.code = ErrorCode::kIndefinite,
          .text = absl::StrCat(context.self(), ": what came of this write was not learnt within ",
                               context.options().request_timeout.ToMillis(),
                               " ms; it may have happened, or happen yet: read the key to see"),
          .reason = Reason::kTimedOut,
          .leader = context.raft().leader()};
}

Error Overloaded(const Context& context) {
  return {.code = ErrorCode::kUnavailable,
          .text = absl::StrCat(context.self(), " has ", context.options().max_open_requests,
                               " requests open and takes no more; nothing was done: try later"),
          .reason = Reason::kOverloaded};
}

Error FromFuture(const raft::NodeId& leader, raft::Index committed, raft::Index need) {
  return {
      .code = ErrorCode::kPreconditionFailed,
      .text = absl::StrCat("last_write_index ", need.value(), " is beyond all that the leader, ",
                           leader, ", has committed (", committed.value(),
                           "): it is from another cluster, or from a history that this one has "
                           "lost; read without it to adopt this history"),
      .reason = Reason::kTokenFromFuture,
      .leader = leader,
      .applied_index = {},
      .need = need};
}

}  // namespace tidemark::server
