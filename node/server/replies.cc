#include "node/server/replies.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/raft/types.h"
#include "node/server/refusals.h"

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

ReplyBody DoneReply(const kv::Operation& operation, raft::Index index) {
  if (std::holds_alternative<kv::Cas>(operation)) return CasOk{index};
  if (std::holds_alternative<kv::Delete>(operation)) return DeleteOk{index};
  TM_ASSERT(std::holds_alternative<kv::Write>(operation));
  return WriteOk{index};
}

// What was refused, and of what was given up nothing is known: no look at the state.
std::optional<Error> Refusal(const kv::Command& command, const kv::Result& result) {
  if (std::holds_alternative<kv::OutcomeForgotten>(result)) return Forgotten(command.id.Told());
  if (std::holds_alternative<kv::SeqReused>(result)) return SeqReused(command.id);
  if (std::holds_alternative<kv::Cancelled>(result)) return Cancelled(command.id.name());
  if (const auto* refused = std::get_if<kv::SessionRefused>(&result)) {
    return RefusedWrite(refused->verdict);
  }
  return std::nullopt;
}

std::optional<Error> Unmet(const kv::Operation& operation, const kv::Result& result) {
  if (std::holds_alternative<kv::KeyMissing>(result)) return KeyMissing(KeyOf(operation));
  if (const auto* mismatch = std::get_if<kv::CasMismatch>(&result)) {
    return Mismatch(operation, *mismatch);
  }
  if (const auto* beyond = std::get_if<kv::TooLarge>(&result)) {
    return TooLarge(ErrorCode::kPreconditionFailed, *beyond);
  }
  if (const auto* no_list = std::get_if<kv::NotAList>(&result)) return NotAList(*no_list);
  return std::nullopt;
}

}  // namespace

ReplyBody WriteReply(const kv::Command& command, const kv::Outcome& outcome) {
  if (auto refusal = Refusal(command, outcome.result)) return *std::move(refusal);
  if (auto unmet = Unmet(command.operation, outcome.result)) return *std::move(unmet);
  const raft::Index index(outcome.index);
  if (const auto* txn = std::get_if<kv::TxnDone>(&outcome.result)) return TxnOk{txn->ops, index};
  if (const auto* fated = std::get_if<kv::Fated>(&outcome.result)) return FateOk{*fated};
  if (std::holds_alternative<kv::Opened>(outcome.result)) {
    return OpenOk{outcome.index, std::get<kv::OpenClient>(command.operation).bits};
  }
  TM_ASSERT(std::holds_alternative<kv::Done>(outcome.result));
  return DoneReply(command.operation, index);
}

bool CanComeOf(const kv::Operation& operation, const kv::Result& result) {
  const bool txn = std::holds_alternative<kv::Txn>(operation);
  const bool opens = std::holds_alternative<kv::OpenClient>(operation);
  const bool asks = std::holds_alternative<kv::Fate>(operation);
  const bool cas = std::holds_alternative<kv::Cas>(operation);
  const bool deletes = std::holds_alternative<kv::Delete>(operation);
  if (std::holds_alternative<kv::Done>(result)) return !txn && !opens && !asks;
  if (std::holds_alternative<kv::TxnDone>(result)) return txn;
  if (std::holds_alternative<kv::NotAList>(result)) return txn;
  if (std::holds_alternative<kv::TooLarge>(result)) return !opens && !asks && !deletes;
  if (std::holds_alternative<kv::KeyMissing>(result)) return cas || deletes;
  if (std::holds_alternative<kv::CasMismatch>(result)) return cas;
  if (std::holds_alternative<kv::Opened>(result)) return opens;
  if (std::holds_alternative<kv::Fated>(result)) return asks;
  return !std::holds_alternative<kv::OpeningVoid>(result);
}

bool SawTheState(const kv::Result& result) {
  return !std::holds_alternative<kv::OutcomeForgotten>(result) &&
         !std::holds_alternative<kv::SeqReused>(result) &&
         !std::holds_alternative<kv::Cancelled>(result) &&
         !std::holds_alternative<kv::SessionRefused>(result);
}

ReplyBody ReadReply(const std::string& key, std::optional<std::string_view> value) {
  if (!value.has_value()) return KeyMissing(key);
  return ReadOk{std::string(*value)};
}

ReplyBody RywReadReply(const std::string& key, std::optional<std::string_view> value,
                       Served served) {
  if (value.has_value()) return RywReadOk{std::string(*value), std::move(served)};
  Error error = KeyMissing(key);
  error.served = std::move(served);
  return error;
}

}  // namespace tidemark::server
