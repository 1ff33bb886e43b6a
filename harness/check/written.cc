#include "harness/check/written.h"

#include <algorithm>

#include "harness/check/operation.h"

namespace tidemark::check {

absl::flat_hash_set<TextId> KeysWithAppends(const History& history) {
  absl::flat_hash_set<TextId> keys;
  for (const Operation& op : history.operations()) {
    if (op.function != Function::kTxn || op.txn == 0) continue;
    for (const TxnStep& step : history.txn(op.txn - 1)) {
      if (step.kind == TxnStep::Kind::kAppend) keys.insert(step.key);
    }
  }
  return keys;
}

Written::Written(const History& history) {
  const std::vector<Operation>& operations = history.operations();
  writes_.reserve(std::min(operations.size(), history.texts()));
  for (size_t i = 0; i < operations.size(); ++i) {
    const Operation& op = operations[i];
    const uint32_t number = static_cast<uint32_t>(i);
    if (ObservedFailure(op)) continue;
    const bool to_nothing = WritesValue(op) && op.value == kMissing;  // Jepsen's nil
    if (WritesValue(op) && !to_nothing) AddWrite(op.key, op.value, number, op);
    if (op.function == Function::kTxn && op.txn != 0) AddTxn(history.txn(op.txn - 1), number, op);
    const bool deletes = op.function == Function::kDelete || to_nothing;
    if (deletes && op.outcome != Outcome::kFailed) AddDelete(op);
  }
}

const Written::Write* Written::Find(TextId key, TextId value) const {
  auto found = writes_.find(KeyValue(key, value));
  return found == writes_.end() ? nullptr : &found->second;
}

int64_t Written::LatestDelete(TextId key, int64_t by) const {
  auto found = deletes_.find(key);
  if (found == deletes_.end()) return INT64_MIN;
  auto after = std::upper_bound(found->second.begin(), found->second.end(), by,
                                [](int64_t time, const auto& entry) { return time < entry.first; });
  return after == found->second.begin() ? INT64_MIN : std::prev(after)->second;
}

void Written::AddWrite(TextId key, TextId value, uint32_t operation, const Operation& op) {
  const bool failed = op.outcome == Outcome::kFailed;
  const int64_t returned = Ok(op) ? op.returned : kNever;
  auto [found, is_new] = writes_.try_emplace(KeyValue(key, value));
  Write& write = found->second;
  if (is_new) {
    write = {op.invoked, returned, operation, true, failed};
  } else if (write.operation != operation && !failed) {
    // A failed attempt is as good as none.
    if (write.failed) {
      write = {op.invoked, returned, operation, true, false};
    } else {
      write.unique = false;
    }
  }
}

void Written::AddTxn(const Transaction& txn, uint32_t operation, const Operation& op) {
  for (const TxnStep& step : txn) {
    if (step.kind == TxnStep::Kind::kWrite) AddWrite(step.key, step.value, operation, op);
  }
}

void Written::AddDelete(const Operation& op) {
  auto& of_key = deletes_[op.key];
  const int64_t latest = of_key.empty() ? INT64_MIN : of_key.back().second;
  of_key.emplace_back(op.invoked, std::max(latest, Ok(op) ? op.returned : kNever));
}

}  // namespace tidemark::check
