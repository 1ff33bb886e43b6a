#include "harness/check/log/ledger.h"

#include <algorithm>
#include <variant>

#include "harness/check/list_text.h"
#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::check {
namespace {

std::string WithElement(const std::optional<std::string>& list, const std::string& element) {
  if (!list || *list == "[]") return Concat("[", element, "]");
  return Concat(OpenList(*list), ",", element, "]");
}

}  // namespace

const Ledger::Entry& Ledger::Commit(const kv::Command* command) {
  entries_.emplace_back();
  if (command == nullptr) return entries_.back();
  entries_.back().is_command = true;
  entries_.back().command = command;
  if (const auto* opening = std::get_if<kv::OpenWriter>(&command->operation)) {
    Open(entries_.size(), *opening);
  } else if (MayExecute(command->id)) {
    Execute(command->operation, &entries_.back());
  }
  return entries_.back();
}

void Ledger::Open(uint64_t index, const kv::OpenWriter& opening) {
  for (auto& [name, writer] : writers_) {
    const bool same = writer.node == opening.node && writer.incarnation == opening.incarnation;
    if (same && writer.number >= opening.number) return;  // void
  }
  for (auto& [name, writer] : writers_) {
    if (writer.node == opening.node && writer.incarnation == opening.incarnation) {
      writer.closed = true;
    }
  }
  Writer& writer = writers_[index];
  writer.node = opening.node;
  writer.incarnation = opening.incarnation;
  writer.number = opening.number;
}

bool Ledger::MayExecute(const kv::WriteId& id) {
  auto at = writers_.find(id.writer);
  if (at == writers_.end()) return false;
  Writer& writer = at->second;
  writer.first_unanswered = std::max(writer.first_unanswered, id.first_unanswered);
  if (writer.closed || id.seq < writer.first_unanswered) return false;
  return writer.executed.emplace(id.seq, true).second;
}

void Ledger::Execute(const kv::Operation& operation, Entry* entry) {
  entry->executed = true;
  if (const auto* write = std::get_if<kv::Write>(&operation)) {
    Put(write->key, write->value);
    entry->took_effect = true;
  } else if (const auto* cas = std::get_if<kv::Cas>(&operation)) {
    const std::optional<std::string>& current = Current(cas->key);
    entry->took_effect = current ? *current == cas->from : cas->create_if_not_exists;
    if (entry->took_effect) Put(cas->key, cas->to);
  } else if (const auto* deletion = std::get_if<kv::Delete>(&operation)) {
    entry->took_effect = Current(deletion->key).has_value();
    if (entry->took_effect) Put(deletion->key, std::nullopt);
  } else {
    entry->took_effect = ExecuteTxn(std::get<kv::Txn>(operation), &entry->read);
  }
}

bool Ledger::ExecuteTxn(const kv::Txn& txn, std::vector<kv::TxnOp>* read) {
  std::map<std::string, std::optional<std::string>> changed;
  const auto current = [&](const std::string& key) {
    auto own = changed.find(key);
    return own != changed.end() ? own->second : Current(key);
  };
  for (kv::TxnOp op : txn.ops) {
    const std::optional<std::string> now = current(op.key);
    if (op.kind == kv::TxnOp::Kind::kRead) op.value = now.value_or("null");
    if (op.kind == kv::TxnOp::Kind::kWrite) changed[op.key] = op.value;
    if (op.kind == kv::TxnOp::Kind::kAppend) {
      if (now && !IsList(*now)) return false;
      changed[op.key] = WithElement(now, op.value);
    }
    read->push_back(std::move(op));
  }
  for (auto& [key, value] : changed) Put(key, std::move(value));
  return true;
}

const std::optional<std::string>& Ledger::Current(const std::string& key) const {
  return VersionsOf(key).back().value;
}

void Ledger::Put(const std::string& key, std::optional<std::string> value) {
  std::vector<Version>& versions = versions_[key];
  if (versions.empty()) versions.emplace_back();
  versions.push_back({entries_.size(), std::move(value)});
}

const std::vector<Ledger::Version>& Ledger::VersionsOf(const std::string& key) const {
  static const std::vector<Version>* const kNever = new std::vector<Version>(1);
  auto found = versions_.find(key);
  return found == versions_.end() ? *kNever : found->second;
}

const std::optional<std::string>& Ledger::ValueAt(const std::string& key, uint64_t index) const {
  const std::vector<Version>& versions = VersionsOf(key);
  auto after = std::upper_bound(versions.begin(), versions.end(), index,
                                [](uint64_t i, const Version& v) { return i < v.since; });
  TM_ASSERT(after != versions.begin());
  return std::prev(after)->value;
}

}  // namespace tidemark::check
