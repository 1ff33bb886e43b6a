// What a key may hold, and what operations make of it: the sequential specification that
// linearizability is measured against.
#ifndef TIDEMARK_HARNESS_CHECK_STATE_H_
#define TIDEMARK_HARNESS_CHECK_STATE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "harness/check/history.h"

namespace tidemark::check {

// What a key holds, in one word: kNothing, the id of a text, or, where it is a list and something
// appends to the key, a hash of the list (64 bits: lists of thousands of elements cost nothing).
using State = uint64_t;
constexpr State kNothing = 0;

class Model {
 public:
  explicit Model(const History& history);

  State Of(TextId key, TextId value) const;
  // The list with one more element; nullopt: `state` is no list.
  std::optional<State> Append(State state, TextId element) const;

  // What `op`, no txn, leaves of a key that held `state`; nullopt: it cannot have met `state` and
  // ended as it did. An indeterminate operation has no end: it does what the state lets it do.
  std::optional<State> Apply(const Operation& op, State state) const;

  // What a transaction leaves in the keys that it changes. `held` says what a key held before.
  using Changes = absl::InlinedVector<std::pair<TextId, State>, 4>;
  std::optional<Changes> ApplyTxn(const Operation& op, absl::FunctionRef<State(TextId)> held) const;

 private:
  // Of the steps of one transaction: false if this step cannot have ended as it did.
  bool Step(const TxnStep& step, bool reads_known, State* state) const;
  bool ReadsAs(TextId key, TextId value, State state) const;

  const History& history_;
  const absl::flat_hash_set<TextId> list_keys_;
  TextId null_ = kMissing;  // the id of "null": what a transaction reads where there is nothing
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_STATE_H_
