#include "node/kv/result_hash.h"

#include <variant>

#include "node/kv/hash.h"

namespace tidemark::kv {
namespace {

// These are told apart by their kind alone.
uint64_t Fold(uint64_t state, const Done&) { return state; }
uint64_t Fold(uint64_t state, const KeyMissing&) { return state; }
uint64_t Fold(uint64_t state, const Opened&) { return state; }
uint64_t Fold(uint64_t state, const OpeningVoid&) { return state; }
uint64_t Fold(uint64_t state, const WriterClosed&) { return state; }
uint64_t Fold(uint64_t state, const OutcomeForgotten&) { return state; }
uint64_t Fold(uint64_t state, const SeqReused&) { return state; }
uint64_t Fold(uint64_t state, const Cancelled&) { return state; }

uint64_t Fold(uint64_t state, const CasMismatch& result) { return HashText(state, result.current); }

uint64_t Fold(uint64_t state, const NotAList& result) { return HashText(state, result.key); }

uint64_t Fold(uint64_t state, const TooLarge& result) {
  return HashStep(HashStep(state, static_cast<uint64_t>(result.limit)), result.bytes);
}

uint64_t Fold(uint64_t state, const TxnDone& result) {
  state = HashStep(state, result.ops.size());
  for (const TxnOp& op : result.ops) {
    state = HashStep(state, static_cast<uint64_t>(op.kind));
    state = HashText(HashText(state, op.key), op.value);
  }
  return state;
}

uint64_t Fold(uint64_t state, const SessionRefused& result) {
  return HashStep(state, static_cast<uint64_t>(result.verdict));
}

uint64_t Fold(uint64_t state, const Fated& result) {
  state = HashStep(state, static_cast<uint64_t>(result.kind));
  return HashStep(HashStep(state, result.commit_index), static_cast<uint64_t>(result.refusal));
}

}  // namespace

uint64_t HashOutcome(uint64_t seq, std::optional<uint64_t> operation_hash, const Outcome& outcome) {
  uint64_t state = HashStep(seq, operation_hash.value_or(0));
  state = HashStep(HashStep(state, outcome.index), outcome.result.index());
  state = std::visit([state](const auto& result) { return Fold(state, result); }, outcome.result);
  return HashFinish(state);
}

}  // namespace tidemark::kv
