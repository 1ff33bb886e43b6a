#include "harness/check/unplaced.h"

#include "harness/check/operation.h"

namespace tidemark::check {

Unplaced::Unplaced(const History& history, const Model& model) : history_(history), model_(model) {
  const std::vector<Operation>& operations = history.operations();
  for (uint32_t i = 0; i < operations.size(); ++i) {
    const Operation& op = operations[i];
    if (Indeterminate(op) && IsUpdate(op) && op.index == 0) Add(i, op);
  }
  if (changers_.empty()) return;
  // A cas has its place, but what it did there depends on what else may have happened.
  for (uint32_t i = 0; i < operations.size(); ++i) {
    const Operation& op = operations[i];
    if (!Indeterminate(op) || op.function != Function::kCas) continue;
    if (changers_.contains(op.key)) Add(i, op);
  }
}

std::optional<uint32_t> Unplaced::Explains(const Operation& op) const {
  if (changers_.empty()) return std::nullopt;
  if (op.function == Function::kTxn) {
    if (op.txn == 0) return std::nullopt;
    for (const TxnStep& step : history_.txn(op.txn - 1)) {
      if (const auto changer = Find(changers_, step.key, op.returned)) return changer;
    }
    return std::nullopt;
  }
  if (const std::optional<TextId> told = ToldValue(op)) return MakerOf(op, *told);
  const bool one_state = op.function == Function::kCas && Ok(op) && !op.create_if_not_exists;
  return one_state ? MakerOf(op, op.from) : Find(changers_, op.key, op.returned);
}

void Unplaced::Add(uint32_t operation, const Operation& op) {
  if (op.function == Function::kTxn) {
    if (op.txn == 0) return;
    for (const TxnStep& step : history_.txn(op.txn - 1)) AddStep(operation, step);
    return;
  }
  const TextId made = op.function == Function::kDelete ? kMissing : op.value;
  makers_.emplace(std::pair(op.key, model_.Of(op.key, made)), operation);
  changers_.emplace(op.key, operation);
}

void Unplaced::AddStep(uint32_t operation, const TxnStep& step) {
  if (step.kind == TxnStep::Kind::kRead) return;
  changers_.emplace(step.key, operation);
  if (step.kind == TxnStep::Kind::kAppend) {
    appenders_.emplace(step.key, operation);
  } else {
    makers_.emplace(std::pair(step.key, model_.Of(step.key, step.value)), operation);
  }
}

std::optional<uint32_t> Unplaced::MakerOf(const Operation& op, TextId value) const {
  const State state = model_.Of(op.key, value);
  const auto maker = Find(makers_, std::pair(op.key, state), op.returned);
  return maker ? maker : Find(appenders_, op.key, op.returned);
}

template <typename Map>
std::optional<uint32_t> Unplaced::Find(const Map& map, const typename Map::key_type& key,
                                       int64_t by) const {
  auto found = map.find(key);
  if (found == map.end() || history_.operations()[found->second].invoked > by) return std::nullopt;
  return found->second;
}

}  // namespace tidemark::check
