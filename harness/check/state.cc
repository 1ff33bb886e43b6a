#include "harness/check/state.h"

#include <algorithm>

#include "harness/check/list_text.h"
#include "harness/check/operation.h"
#include "harness/check/written.h"

namespace tidemark::check {
namespace {

// Hashes of lists have this bit, ids of texts do not.
constexpr State kListBit = State{1} << 63;

// FNV-1a: it goes on where it stopped, so an append costs its element only.
State HashOn(State hash, std::string_view text) {
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * State{0x100000001b3};
  }
  return hash | kListBit;
}
constexpr State kBasis = 0xcbf29ce484222325;

State EmptyList() { return HashOn(kBasis, "["); }

}  // namespace

Model::Model(const History& history) : history_(history), list_keys_(KeysWithAppends(history)) {
  for (TextId id = 1; id < history.texts() && null_ == kMissing; ++id) {
    if (history.Text(id) == "null") null_ = id;
  }
}

State Model::Of(TextId key, TextId value) const {
  if (list_keys_.empty() || value == kMissing || !list_keys_.contains(key)) return value;
  const std::string_view text = history_.Text(value);
  return IsList(text) ? HashOn(kBasis, OpenList(text)) : State{value};
}

std::optional<State> Model::Append(State state, TextId element) const {
  if (state == kNothing) state = EmptyList();
  if ((state & kListBit) == 0) return std::nullopt;
  if (state != EmptyList()) state = HashOn(state, ",");
  return HashOn(state, history_.Text(element));
}

std::optional<State> Model::Apply(const Operation& op, State state) const {
  const bool may_fail = Indeterminate(op);
  const auto state_if = [state](bool possible) {
    return possible ? std::optional(state) : std::nullopt;
  };
  if (const std::optional<TextId> told = ToldValue(op)) {
    return state_if(state == Of(op.key, *told));
  }
  if (op.function == Function::kWrite) return Of(op.key, op.value);
  if (op.function == Function::kDelete) {
    return state == kNothing && !may_fail ? std::nullopt : std::optional(kNothing);
  }
  if (op.function != Function::kCas) return state;  // a read of unknown end
  const bool matches = op.create_if_not_exists && state == kNothing;
  if (ObservedFailure(op)) return state_if(!matches && state != Of(op.key, op.from));
  if (matches || state == Of(op.key, op.from)) return Of(op.key, op.value);
  return state_if(may_fail);
}

std::optional<Model::Changes> Model::ApplyTxn(const Operation& op,
                                              absl::FunctionRef<State(TextId)> held) const {
  Changes changes;
  if (op.txn == 0) return changes;
  for (const TxnStep& step : history_.txn(op.txn - 1)) {
    auto changed = std::find_if(changes.begin(), changes.end(),
                                [&](const auto& change) { return change.first == step.key; });
    State read_only = kNothing;
    State* state = &read_only;
    if (changed != changes.end()) {
      state = &changed->second;
    } else if (step.kind == TxnStep::Kind::kRead) {
      read_only = held(step.key);
    } else {
      state = &changes.emplace_back(step.key, held(step.key)).second;
    }
    if (Step(step, Ok(op), state)) continue;
    if (!Indeterminate(op)) return std::nullopt;
    return Changes();  // all or nothing
  }
  return changes;
}

bool Model::Step(const TxnStep& step, bool reads_known, State* state) const {
  switch (step.kind) {
    case TxnStep::Kind::kRead:
      return !reads_known || ReadsAs(step.key, step.value, *state);
    case TxnStep::Kind::kWrite:
      *state = Of(step.key, step.value);
      return true;
    case TxnStep::Kind::kAppend:
      const std::optional<State> longer = Append(*state, step.value);
      if (longer) *state = *longer;
      return longer.has_value();
  }
  return false;
}

bool Model::ReadsAs(TextId key, TextId value, State state) const {
  const bool null_told = value == kMissing || value == null_;
  const bool null_held = state == kNothing || state == State{null_};
  return null_told ? null_held : state == Of(key, value);
}

}  // namespace tidemark::check
