#include "node/kv/limit_check.h"

#include <variant>

#include "node/base/overloaded.h"

namespace tidemark::kv {
namespace {

constexpr uint64_t kBrackets = 2;  // of the list of one that an append makes at least

// Of what the state decides the least is taken: a read is as long as its key, a list has one
// element.
std::optional<TooLarge> BeyondInTxn(const Txn& txn, const Limits& limits) {
  uint64_t answer_bytes = 0;
  for (const TxnOp& op : txn.ops) {
    answer_bytes += AnswerBytesOf(op.key.size(), op.value.size());
    if (op.kind == TxnOp::Kind::kRead) continue;
    const uint64_t brackets = op.kind == TxnOp::Kind::kAppend ? kBrackets : 0;
    const auto beyond = BeyondToPut(op.key, op.value.size() + brackets, limits);
    if (beyond) return beyond;
  }
  if (answer_bytes > limits.answer) return TooLarge{Limit::kAnswer, limits.answer};
  return std::nullopt;
}

}  // namespace

std::optional<TooLarge> BeyondToPut(std::string_view key, uint64_t value_bytes,
                                    const Limits& limits) {
  if (key.size() > limits.key) return TooLarge{Limit::kKey, limits.key};
  if (value_bytes > limits.value) return TooLarge{Limit::kValue, limits.value};
  return std::nullopt;
}

std::optional<TooLarge> BeyondByItself(const Operation& operation, const Limits& limits) {
  using Beyond = std::optional<TooLarge>;
  return std::visit(
      Overloaded{
          [&](const Write& write) { return BeyondToPut(write.key, write.value.size(), limits); },
          [&](const Cas& cas) { return BeyondToPut(cas.key, cas.to.size(), limits); },
          [&](const Txn& txn) { return BeyondInTxn(txn, limits); },
          [](const Delete&) { return Beyond(); },
          [](const OpenWriter&) { return Beyond(); },
          [](const OpenClient&) { return Beyond(); },
          [](const Fate&) { return Beyond(); },
      },
      operation);
}

}  // namespace tidemark::kv
