#include "node/server/replies.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/base/overloaded.h"
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

// That of a command which speaks of one key.
const std::string& KeyOf(const kv::Operation& operation) {
  static const std::string* const kNone = new std::string();
  using Key = const std::string&;
  return std::visit(Overloaded{[](const kv::Write& write) -> Key { return write.key; },
                               [](const kv::Cas& cas) -> Key { return cas.key; },
                               [](const kv::Delete& deletion) -> Key { return deletion.key; },
                               [](const kv::Txn&) -> Key { return *kNone; },
                               [](const kv::OpenWriter&) -> Key { return *kNone; },
                               [](const kv::OpenClient&) -> Key { return *kNone; },
                               [](const kv::Fate&) -> Key { return *kNone; }},
                    operation);
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

// Asserted where a result cannot come of what a client asked for.
ReplyBody Impossible() {
  TM_ASSERT(false && "no client's command comes to this");
  return Error{};
}

ReplyBody DoneReply(const kv::Operation& operation, raft::Index index) {
  return std::visit(Overloaded{[&](const kv::Write&) -> ReplyBody { return WriteOk{index}; },
                               [&](const kv::Cas&) -> ReplyBody { return CasOk{index}; },
                               [&](const kv::Delete&) -> ReplyBody { return DeleteOk{index}; },
                               [](const kv::Txn&) { return Impossible(); },
                               [](const kv::OpenWriter&) { return Impossible(); },
                               [](const kv::OpenClient&) { return Impossible(); },
                               [](const kv::Fate&) { return Impossible(); }},
                    operation);
}

}  // namespace

ReplyBody WriteReply(const kv::Command& command, const kv::Outcome& outcome) {
  const kv::Operation& operation = command.operation;
  const raft::Index index(outcome.index);
  return std::visit(
      Overloaded{
          [&](const kv::Done&) { return DoneReply(operation, index); },
          [&](const kv::TxnDone& txn) -> ReplyBody {
            return TxnOk{txn.ops, index};
          },
          [&](const kv::Fated& fated) -> ReplyBody { return FateOk{fated}; },
          [&](const kv::Opened&) -> ReplyBody {
            return OpenOk{outcome.index, std::get<kv::OpenClient>(operation).bits};
          },
          [&](const kv::KeyMissing&) -> ReplyBody { return KeyMissing(KeyOf(operation)); },
          [&](const kv::CasMismatch& mismatch) -> ReplyBody {
            return Mismatch(operation, mismatch);
          },
          [&](const kv::TooLarge& beyond) -> ReplyBody {
            return TooLarge(ErrorCode::kPreconditionFailed, beyond);
          },
          [&](const kv::NotAList& result) -> ReplyBody { return NotAList(result); },
          [&](const kv::SessionRefused& refused) -> ReplyBody {
            return RefusedWrite(refused.verdict);
          },
          [&](const kv::OutcomeForgotten&) -> ReplyBody { return Forgotten(command.id.Told()); },
          [&](const kv::SeqReused&) -> ReplyBody { return SeqReused(command.id); },
          [&](const kv::Cancelled&) -> ReplyBody { return Cancelled(command.id.name()); },
          [](const kv::OpeningVoid&) { return Impossible(); },
          [](const kv::WriterClosed&) { return Impossible(); }},
      outcome.result);
}

namespace {

enum class Asks { kWrite, kCas, kDelete, kTxn, kWriter, kClient, kFate };

Asks WhatIsAsked(const kv::Operation& operation) {
  return std::visit(Overloaded{[](const kv::Write&) { return Asks::kWrite; },
                               [](const kv::Cas&) { return Asks::kCas; },
                               [](const kv::Delete&) { return Asks::kDelete; },
                               [](const kv::Txn&) { return Asks::kTxn; },
                               [](const kv::OpenWriter&) { return Asks::kWriter; },
                               [](const kv::OpenClient&) { return Asks::kClient; },
                               [](const kv::Fate&) { return Asks::kFate; }},
                    operation);
}

}  // namespace

bool CanComeOf(const kv::Operation& operation, const kv::Result& result) {
  const Asks asks = WhatIsAsked(operation);
  const bool cas = asks == Asks::kCas;
  const bool txn = asks == Asks::kTxn;
  const bool deletes = asks == Asks::kDelete;
  const bool puts = asks == Asks::kWrite || cas;
  return std::visit(
      Overloaded{
          [&](const kv::Done&) { return puts || deletes; }, [&](const kv::TxnDone&) { return txn; },
          [&](const kv::KeyMissing&) { return cas || deletes; },
          [&](const kv::CasMismatch&) { return cas; }, [&](const kv::NotAList&) { return txn; },
          [&](const kv::TooLarge&) { return puts || txn; },
          [&](const kv::Opened&) { return asks == Asks::kClient; },
          [&](const kv::Fated&) { return asks == Asks::kFate; },
          [](const kv::OpeningVoid&) { return false; },
          [](const kv::WriterClosed&) { return true; },
          [](const kv::OutcomeForgotten&) { return true; },
          [](const kv::SeqReused&) { return true; }, [](const kv::Cancelled&) { return true; },
          [](const kv::SessionRefused&) { return true; }},
      result);
}

bool SawTheState(const kv::Result& result) {
  return std::visit(
      Overloaded{
          [](const kv::Done&) { return true; }, [](const kv::TxnDone&) { return true; },
          [](const kv::KeyMissing&) { return true; }, [](const kv::CasMismatch&) { return true; },
          [](const kv::NotAList&) { return true; }, [](const kv::TooLarge&) { return true; },
          [](const kv::Opened&) { return true; }, [](const kv::Fated&) { return true; },
          [](const kv::OpeningVoid&) { return true; }, [](const kv::WriterClosed&) { return true; },
          [](const kv::OutcomeForgotten&) { return false; },
          [](const kv::SeqReused&) { return false; }, [](const kv::Cancelled&) { return false; },
          [](const kv::SessionRefused&) { return false; }},
      result);
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
