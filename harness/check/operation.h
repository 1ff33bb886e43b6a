// What an operation says about the state, by its function and outcome.
#ifndef TIDEMARK_HARNESS_CHECK_OPERATION_H_
#define TIDEMARK_HARNESS_CHECK_OPERATION_H_

#include <optional>

#include "harness/check/history.h"

namespace tidemark::check {

inline bool Ok(const Operation& op) { return op.outcome == Outcome::kOk; }
inline bool Indeterminate(const Operation& op) { return op.outcome == Outcome::kIndeterminate; }
// Failed, and its failure tells something of the state.
inline bool ObservedFailure(const Operation& op) {
  return op.outcome == Outcome::kFailed && op.observed;
}

inline bool IsRead(const Operation& op) {
  return op.function == Function::kRead || op.function == Function::kRywRead;
}
// What may change a key.
inline bool IsUpdate(const Operation& op) { return !IsRead(op); }
// What writes `value` to `key`.
inline bool WritesValue(const Operation& op) {
  return op.function == Function::kWrite || op.function == Function::kCas;
}

// The value of op.key that the answer of `op` (no txn) told; nullopt: it told none. A cas that
// failed without naming the value it met may have met none: that is no value.
inline std::optional<TextId> ToldValue(const Operation& op) {
  if (IsRead(op) && Ok(op)) return op.value;
  if (!ObservedFailure(op)) return std::nullopt;
  if (op.function != Function::kCas) return kMissing;
  return op.value == kMissing ? std::nullopt : std::optional(op.value);
}

// `key` and `value` as one word for tables.
inline uint64_t KeyValue(TextId key, TextId value) {
  return static_cast<uint64_t>(key) << 32 | value;
}

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_OPERATION_H_
