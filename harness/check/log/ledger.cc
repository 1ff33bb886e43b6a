#include "harness/check/log/ledger.h"

#include <algorithm>
#include <variant>

#include "harness/check/list_text.h"
#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/base/overloaded.h"
#include "node/server/peer_messages.h"

namespace tidemark::check {
namespace {

std::string WithElement(const std::optional<std::string>& list, const std::string& element) {
  if (!list || *list == "[]") return Concat("[", element, "]");
  return Concat(OpenList(*list), ",", element, "]");
}

}  // namespace

const Ledger::Entry& Ledger::Commit(const raft::EntryRef& entry) {
  past_.Add(*entry);
  entries_.emplace_back();
  if (const auto* configuration = std::get_if<raft::ConfigurationEntry>(&entry->body)) {
    sizes_ = configuration->configuration.limits;
  }
  const auto* body = std::get_if<raft::CommandRef>(&entry->body);
  if (body == nullptr) return entries_.back();
  const kv::Command& command = server::LogCommand::Of(*body);
  entries_.back().is_command = true;
  entries_.back().command = &command;
  if (const auto* opening = std::get_if<kv::OpenWriter>(&command.operation)) {
    Open(entries_.size(), *opening);
  } else if (IsFirst(command)) {
    Execute(command, &entries_.back());
  }
  return entries_.back();
}

void Ledger::Open(uint64_t index, const kv::OpenWriter& opening) {
  for (auto& [name, writer] : writers_) {
    const bool same = !writer.forgotten && writer.node == opening.node &&
                      writer.incarnation == opening.incarnation;
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
  ForgetOldest(/*of_client=*/false);
  writer.bits = opening.bits;
}

bool Ledger::IsFirst(const kv::Command& command) {
  const kv::WriteId& id = command.id;
  auto at = writers_.find(id.writer);
  if (at == writers_.end() || at->second.of_client != command.once) return false;
  if (at->second.forgotten) return false;
  Writer& writer = at->second;
  if (id.key != writer.bits) return false;
  writer.first_unanswered = std::max(writer.first_unanswered, id.first_unanswered);
  if (writer.closed || id.seq < writer.first_unanswered) return false;
  return Settle(&writer, id.seq, Settled{entries_.size()});
}

// A node remembers so many writers of each kind: the oldest goes first.
void Ledger::ForgetOldest(bool of_client) {
  const size_t most = of_client ? limits_.max_clients : limits_.max_writers;
  if (writers_.size() <= most) return;
  size_t kept = 0;
  Writer* oldest = nullptr;
  for (auto& [index, writer] : writers_) {
    if (writer.of_client != of_client || writer.forgotten) continue;
    if (oldest == nullptr) oldest = &writer;
    ++kept;
  }
  if (kept > most) oldest->forgotten = true;
}

// False: the first outcome stands. So many of a writer's are kept; the lowest goes first, and with
// it what lies below.
bool Ledger::Settle(Writer* writer, uint64_t seq, const Settled& settled) {
  if (!writer->settled.emplace(seq, settled).second) return false;
  if (limits_.max_outcomes >= kv::WriterLimits().max_outcomes) return true;
  writer->kept.insert(seq);
  writer->kept.erase(writer->kept.begin(), writer->kept.lower_bound(writer->first_unanswered));
  if (writer->kept.size() <= limits_.max_outcomes) return true;
  writer->first_unanswered = *writer->kept.begin() + 1;
  writer->kept.erase(writer->kept.begin());
  return true;
}

void Ledger::Execute(const kv::Command& command, Entry* entry) {
  if (command.session) entry->refusal = RefusedFor(*command.session);
  if (entry->refusal != kv::Fated::Refusal::kNone) return;
  entry->executed = true;
  entry->refusal = Do(command.operation, entry);
  entry->took_effect = entry->refusal == kv::Fated::Refusal::kNone;
}

kv::Fated::Refusal Ledger::RefusedFor(const kv::Session& session) const {
  using Refusal = kv::Fated::Refusal;
  switch (past_.Judge(session, entries_.size() - 1)) {
    case kv::Verdict::kHolds:
      return Refusal::kNone;
    case kv::Verdict::kOtherCluster:
      return Refusal::kOtherCluster;
    case kv::Verdict::kLostHistory:
      return Refusal::kLostHistory;
    case kv::Verdict::kFromFuture:
      return Refusal::kFromFuture;
  }
  return Refusal::kNone;
}

kv::Fated::Refusal Ledger::Do(const kv::Operation& operation, Entry* entry) {
  using Refusal = kv::Fated::Refusal;
  return std::visit(Overloaded{[&](const kv::Write& write) {
                                 if (TooLarge(write.key, write.value)) return Refusal::kTooLarge;
                                 Put(write.key, write.value);
                                 return Refusal::kNone;
                               },
                               [&](const kv::Cas& cas) { return Do(cas); },
                               [&](const kv::Delete& deletion) {
                                 if (!Current(deletion.key)) return Refusal::kKeyMissing;
                                 Put(deletion.key, std::nullopt);
                                 return Refusal::kNone;
                               },
                               [&](const kv::Txn& txn) { return ExecuteTxn(txn, &entry->read); },
                               [&](const kv::Fate& fate) {
                                 Decide(fate.of);
                                 return Refusal::kNone;
                               },
                               [&](const kv::OpenClient& opening) {
                                 OpenClient(opening);
                                 return Refusal::kNone;
                               },
                               [](const kv::OpenWriter&) {
                                 TM_ASSERT(false && "it has no id: Commit sees to it");
                                 return Refusal::kNone;
                               }},
                    operation);
}

void Ledger::OpenClient(const kv::OpenClient& opening) {
  Writer& writer = writers_[entries_.size()];
  writer.of_client = true;
  writer.bits = opening.bits;
  ForgetOldest(/*of_client=*/true);
}

kv::Fated::Refusal Ledger::Do(const kv::Cas& cas) {
  using Refusal = kv::Fated::Refusal;
  if (TooLarge(cas.key, cas.to)) return Refusal::kTooLarge;
  const std::optional<std::string>& current = Current(cas.key);
  if (!current && !cas.create_if_not_exists) return Refusal::kKeyMissing;
  if (current && *current != cas.from) return Refusal::kCasMismatch;
  Put(cas.key, cas.to);
  return Refusal::kNone;
}

// Whose fate is asked for before it is known never happens, if whoever asks was told the name.
void Ledger::Decide(const kv::ToldName& told) {
  auto at = writers_.find(told.writer);
  if (at == writers_.end() || told.seq < at->second.first_unanswered) return;
  if (told.tag != kv::TagOf(at->second.bits, told.writer, told.seq)) return;
  if (at->second.forgotten) return;
  Settle(&at->second, told.seq, Settled{entries_.size(), true});
}

bool Ledger::IsNameHere(const kv::ToldName& told) const {
  auto at = writers_.find(told.writer);
  return at != writers_.end() && told.tag == kv::TagOf(at->second.bits, told.writer, told.seq);
}

const Ledger::Settled* Ledger::Find(const kv::ToldName& told) const {
  if (!IsNameHere(told)) return nullptr;
  auto at = writers_.find(told.writer);
  auto settled = at->second.settled.find(told.seq);
  return settled == at->second.settled.end() ? nullptr : &settled->second;
}

bool Ledger::MayBeForgotten(const kv::ToldName& told) const {
  constexpr size_t kKept = 65'536;  // of each writer, at most
  if (!IsNameHere(told)) return true;
  auto at = writers_.find(told.writer);
  if (at->second.forgotten) return true;
  return told.seq < at->second.first_unanswered || at->second.settled.size() >= kKept;
}

bool Ledger::TooLarge(const std::string& key, const std::string& value) const {
  return key.size() > sizes_.key || value.size() > sizes_.value;
}

kv::Fated::Refusal Ledger::ExecuteTxn(const kv::Txn& txn, std::vector<kv::TxnOp>* read) {
  using Refusal = kv::Fated::Refusal;
  uint64_t answer = 0;
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
      if (op.key.size() > sizes_.key) return Refusal::kTooLarge;
      if (now && !IsList(*now)) return Refusal::kNotAList;
      changed[op.key] = WithElement(now, op.value);
    }
    const bool puts = op.kind != kv::TxnOp::Kind::kRead;
    if (puts && TooLarge(op.key, *changed[op.key])) return Refusal::kTooLarge;
    answer += AnswerBytesOf(op.key.size(), op.value.size());
    if (answer > sizes_.answer) return Refusal::kTooLarge;
    read->push_back(std::move(op));
  }
  for (auto& [key, value] : changed) Put(key, std::move(value));
  return Refusal::kNone;
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
