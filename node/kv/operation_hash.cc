#include "node/kv/operation_hash.h"

#include <variant>

#include "node/kv/hash.h"

namespace tidemark::kv {
namespace {

uint64_t Fold(uint64_t state, const Write& write) {
  return HashText(HashText(state, write.key), write.value);
}

uint64_t Fold(uint64_t state, const Cas& cas) {
  state = HashText(HashText(HashText(state, cas.key), cas.from), cas.to);
  return HashStep(state, cas.create_if_not_exists ? 1 : 0);
}

uint64_t Fold(uint64_t state, const Delete& deletion) { return HashText(state, deletion.key); }

uint64_t Fold(uint64_t state, const Txn& txn) {
  state = HashStep(state, txn.ops.size());
  for (const TxnOp& op : txn.ops) {
    state = HashStep(state, static_cast<uint64_t>(op.kind));
    state = HashText(HashText(state, op.key), op.value);
  }
  return state;
}

uint64_t Fold(uint64_t state, const OpenWriter& opening) {
  state = HashText(state, opening.node);
  state = HashStep(HashStep(state, opening.incarnation), opening.number);
  return HashStep(state, opening.bits);
}

uint64_t Fold(uint64_t state, const OpenClient& opening) { return HashStep(state, opening.bits); }

uint64_t Fold(uint64_t state, const Fate& fate) {
  return HashStep(HashStep(HashStep(state, fate.of.writer), fate.of.seq), fate.of.tag);
}

}  // namespace

uint64_t HashOperation(const Operation& operation) {
  const uint64_t state = HashStep(0, operation.index());
  return HashFinish(std::visit([state](const auto& op) { return Fold(state, op); }, operation));
}

}  // namespace tidemark::kv
