#include "node/kv/state_machine.h"

#include <optional>
#include <utility>
#include <variant>

#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/kv/hash.h"
#include "node/kv/limit_check.h"
#include "node/kv/operation_hash.h"
#include "node/kv/txn_check.h"

namespace tidemark::kv {
StateMachine::StateMachine(const StateMachine* base)
    : base_(base),
      base_applied_(base->last_applied_),
      data_(&base->data_),
      writers_(&base->writers_),
      history_(&base->history_),
      limits_(base->limits_),
      last_applied_(base->last_applied_) {
  TM_ASSERT(base->base_ == nullptr);
}

Applied StateMachine::Apply(LogIndex index, const Command& command) {
  CheckBase();
  TM_ASSERT(index > last_applied_);
  last_applied_ = index;
  const Verdict verdict =
      command.session.has_value() ? history_.Judge(*command.session, index - 1) : Verdict::kHolds;
  Applied applied{Settle(index, command, verdict), std::nullopt};
  if (verdict == Verdict::kHolds && !history_.empty()) applied.session = history_.At(index);
  return applied;
}

std::optional<Applied> StateMachine::Known(const Command& command) const {
  CheckBase();
  const WriteId& id = command.id;
  const Writer* writer = writers_.Of(command.once).Find(id.writer);
  if (writer == nullptr || writer->opened_as.bits != id.key) return std::nullopt;
  const Outcomes::Kept* kept = writer->outcomes.Find(id.seq);
  if (kept == nullptr || writer->outcomes.Dropped(id.seq)) return std::nullopt;
  const uint64_t hash = HashOperation(command.operation);
  if (kept->operation_hash.value_or(hash) != hash) return std::nullopt;
  const bool holds = !command.session.has_value() ||
                     history_.Judge(*command.session, last_applied_) == Verdict::kHolds;
  Applied applied{kept->outcome, std::nullopt};
  if (holds && !history_.empty()) applied.session = history_.At(last_applied_);
  return applied;
}

void StateMachine::BeginTerm(LogIndex index, uint64_t term, uint32_t stamp) {
  CheckBase();
  TM_ASSERT(index >= last_applied_);
  last_applied_ = index;
  history_.BeginTerm(index, term, stamp);
}

void StateMachine::Configure(LogIndex index, uint32_t cluster, const Limits& limits) {
  CheckBase();
  TM_ASSERT(index >= last_applied_);
  last_applied_ = index;
  history_.SetCluster(cluster);
  limits_ = limits;
}

std::optional<std::string_view> StateMachine::Get(std::string_view key) const {
  CheckBase();
  return data_.Get(key);
}

size_t StateMachine::size() const {
  CheckBase();
  return data_.size();
}

const Writers& StateMachine::writers() const {
  CheckBase();
  return writers_;
}

const History& StateMachine::history() const {
  CheckBase();
  return history_;
}

uint64_t StateMachine::Hash() const {
  CheckBase();
  uint64_t state = history_.Hash(writers_.Hash(data_.hash()));
  for (const Limit one : {Limit::kLine, Limit::kKey, Limit::kValue, Limit::kAnswer}) {
    state = HashStep(state, limits_.Of(one));
  }
  return HashFinish(state);
}

void StateMachine::CheckBase() const {
  TM_ASSERT(base_ == nullptr || base_->last_applied_ == base_applied_);
}

// An id that is known has been settled at its first place, whatever its session is worth here.
Outcome StateMachine::Settle(LogIndex index, const Command& command, Verdict verdict) {
  if (const auto* opening = std::get_if<OpenWriter>(&command.operation)) {
    return Outcome{index, writers_.Open(index, *opening)};
  }
  const uint64_t operation_hash = HashOperation(command.operation);
  std::optional<Outcome> known = writers_.Lookup(index, command, operation_hash);
  if (known.has_value()) return *std::move(known);
  Outcome outcome{index, verdict == Verdict::kHolds ? Execute(index, command)
                                                    : Result(SessionRefused{verdict})};
  writers_.Remember(command, operation_hash, outcome);
  return outcome;
}

Result StateMachine::Execute(LogIndex index, const Command& command) {
  const auto never = [](const OpenWriter& /*opening*/) -> Result {
    TM_ASSERT(false && "it has no id, so Settle sees to it");
    return OpeningVoid{};
  };
  const auto open = [&](const OpenClient& one) { return writers_.OpenClient(index, one); };
  const auto decide = [&](const Fate& fate) -> Result {
    return writers_.Decide(index, command.id.name(), fate);
  };
  const auto others = [&](const auto& operation) { return Execute(operation); };
  return std::visit(Overloaded{never, open, decide, others}, command.operation);
}

Result StateMachine::Execute(const Write& write) {
  if (auto beyond = BeyondToPut(write.key, write.value.size(), limits_)) return *beyond;
  data_.Put(write.key, write.value);
  return Done{};
}

Result StateMachine::Execute(const Cas& cas) {
  if (auto beyond = BeyondToPut(cas.key, cas.to.size(), limits_)) return *beyond;
  const std::optional<std::string_view> current = data_.Get(cas.key);
  if (!current.has_value() && !cas.create_if_not_exists) return KeyMissing{};
  if (current.has_value() && *current != cas.from) return CasMismatch{std::string(*current)};
  data_.Put(cas.key, cas.to);
  return Done{};
}

Result StateMachine::Execute(const Delete& deletion) {
  if (!data_.Erase(deletion.key)) return KeyMissing{};
  return Done{};
}

// All or nothing: whether the transaction is possible is settled before any of it is done, so there
// is nothing to undo, and appends can be made in place.
Result StateMachine::Execute(const Txn& txn) {
  const auto get = [this](std::string_view key) { return data_.Get(key); };
  if (std::optional<Result> refusal = WhyImpossible(txn, limits_, get)) return *std::move(refusal);
  TxnDone done{txn.ops};
  for (TxnOp& op : done.ops) ExecuteOp(&op);
  return done;
}

void StateMachine::ExecuteOp(TxnOp* op) {
  switch (op->kind) {
    case TxnOp::Kind::kRead:
      op->value = data_.Get(op->key).value_or("null");
      return;
    case TxnOp::Kind::kWrite:
      return data_.Put(op->key, op->value);
    case TxnOp::Kind::kAppend:
      return data_.Append(op->key, op->value);
  }
}

}  // namespace tidemark::kv
