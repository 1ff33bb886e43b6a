#include "node/kv/state_machine.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/string_view.h"
#include "node/base/assert.h"

namespace tidemark::kv {

Outcome StateMachine::Apply(LogIndex index, const Command& command) {
  TM_ASSERT(index > last_applied_);
  last_applied_ = index;
  if (const auto* opening = std::get_if<OpenWriter>(&command.operation)) {
    return Outcome{index, writers_.Open(index, *opening)};
  }
  std::optional<Outcome> known = writers_.Lookup(index, command.id);
  if (known.has_value()) return *std::move(known);
  Outcome outcome{index, std::visit([this](const auto& operation) { return Execute(operation); },
                                    command.operation)};
  writers_.Remember(command.id, outcome);
  return outcome;
}

const std::string* StateMachine::Get(std::string_view key) const {
  // absl::string_view is a type of its own in some builds, and the map looks for that one.
  const auto found = data_.find(absl::string_view(key.data(), key.size()));
  return found == data_.end() ? nullptr : &found->second.text();
}

uint64_t StateMachine::Hash() const { return writers_.Hash(data_hash_); }

Result StateMachine::Execute(const Write& write) {
  Put(write.key, write.value);
  return Done{};
}

Result StateMachine::Execute(const Cas& cas) {
  const std::string* current = Get(cas.key);
  if (current == nullptr && !cas.create_if_not_exists) return KeyMissing{};
  if (current != nullptr && *current != cas.from) return CasMismatch{*current};
  Put(cas.key, cas.to);
  return Done{};
}

Result StateMachine::Execute(const Delete& deletion) {
  const auto found = data_.find(deletion.key);
  if (found == data_.end()) return KeyMissing{};
  data_hash_ -= found->second.Hash();
  data_.erase(found);
  return Done{};
}

// All or nothing: whether the transaction is possible is settled before any of it is done, so there
// is nothing to undo, and appends can be made in place.
Result StateMachine::Execute(const Txn& txn) {
  if (const std::string* key = FirstImpossibleAppend(txn)) return NotAList{*key};
  TxnDone done{txn.ops};
  for (TxnOp& op : done.ops) ExecuteOp(&op);
  return done;
}

Result StateMachine::Execute(const OpenWriter& /*opening*/) {
  TM_ASSERT(false && "openings are Apply's");
  return OpeningVoid{};
}

// Only a write can turn a list into something else or the other way round: an append leaves a list
// where it met a list or nothing, and both take the next append.
const std::string* StateMachine::FirstImpossibleAppend(const Txn& txn) const {
  absl::flat_hash_map<std::string_view, bool> written;  // key → is a list
  const auto takes_append = [&](const std::string& key) {
    const auto own = written.find(key);
    if (own != written.end()) return own->second;
    const std::string* current = Get(key);
    return current == nullptr || IsList(*current);
  };
  for (const TxnOp& op : txn.ops) {
    if (op.kind == TxnOp::Kind::kWrite) written[op.key] = IsList(op.value);
    if (op.kind == TxnOp::Kind::kAppend && !takes_append(op.key)) return &op.key;
  }
  return nullptr;
}

void StateMachine::ExecuteOp(TxnOp* op) {
  switch (op->kind) {
    case TxnOp::Kind::kRead: {
      const std::string* current = Get(op->key);
      op->value = current == nullptr ? "null" : *current;
      return;
    }
    case TxnOp::Kind::kWrite:
      return Put(op->key, op->value);
    case TxnOp::Kind::kAppend:
      return AppendTo(op->key, op->value);
  }
}

void StateMachine::Put(const std::string& key, std::string_view text) {
  const auto [at, is_new] = data_.try_emplace(key, key, text);
  if (!is_new) {
    data_hash_ -= at->second.Hash();
    at->second.Assign(key, text);
  }
  data_hash_ += at->second.Hash();
}

void StateMachine::AppendTo(const std::string& key, std::string_view element) {
  const auto [at, is_new] = data_.try_emplace(key, key, "[]");
  if (!is_new) data_hash_ -= at->second.Hash();
  at->second.Append(element);
  data_hash_ += at->second.Hash();
}

}  // namespace tidemark::kv
