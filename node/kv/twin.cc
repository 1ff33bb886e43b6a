#include "node/kv/twin.h"

#include <algorithm>
#include <set>
#include <variant>

namespace tidemark::kv {
namespace {

using Data = std::map<std::string, std::string>;

Result Do(const Write& write, Data* data) {
  (*data)[write.key] = write.value;
  return Done{};
}

Result Do(const Cas& cas, Data* data) {
  if (data->count(cas.key) == 0 && !cas.create_if_not_exists) return KeyMissing{};
  if (data->count(cas.key) > 0 && data->at(cas.key) != cas.from) {
    return CasMismatch{data->at(cas.key)};
  }
  (*data)[cas.key] = cas.to;
  return Done{};
}

Result Do(const Delete& deletion, Data* data) {
  if (data->erase(deletion.key) == 0) return KeyMissing{};
  return Done{};
}

Result Do(const Txn& txn, Data* data) {
  TxnDone done{txn.ops};
  for (TxnOp& op : done.ops) {
    const bool exists = data->count(op.key) > 0;
    if (op.kind == TxnOp::Kind::kRead) op.value = exists ? data->at(op.key) : "null";
    if (op.kind == TxnOp::Kind::kWrite) (*data)[op.key] = op.value;
    if (op.kind == TxnOp::Kind::kAppend) {
      const std::string list = exists ? data->at(op.key) : "[]";
      if (list.front() != '[') return NotAList{op.key};
      const std::string inner = list.substr(1, list.size() - 2);
      (*data)[op.key] = "[" + inner + (inner.empty() ? "" : ",") + op.value + "]";
    }
  }
  return done;
}

Result Do(const OpenWriter& /*opening*/, Data* /*data*/) { return Opened{}; }
Result Do(const OpenClient& /*opening*/, Data* /*data*/) { return Opened{}; }
Result Do(const Fate& /*fate*/, Data* /*data*/) { return Fated{}; }

}  // namespace

Outcome Twin::Apply(LogIndex index, const Command& command) {
  Happened now{index, command, Outcome{index, Opened{}}, false};
  if (const auto* opening = std::get_if<OpenWriter>(&command.operation)) {
    now.outcome.result = Open(*opening);
  } else if (!Known(index, command.id, &now.outcome)) {
    now.outcome.result = Execute(command.operation, &data_);
    now.executed = true;
  }
  history_.push_back(now);
  return now.outcome;
}

std::vector<Twin::Happened> Twin::RememberedOpenings() const {
  std::vector<Happened> openings;
  for (const Happened& h : history_) {
    if (std::holds_alternative<Opened>(h.outcome.result)) openings.push_back(h);
  }
  if (openings.size() > limits_.max_writers) {
    openings.erase(openings.begin(),
                   openings.end() - static_cast<std::ptrdiff_t>(limits_.max_writers));
  }
  return openings;
}

Result Twin::Open(const OpenWriter& opening) const {
  for (const Happened& h : RememberedOpenings()) {
    const auto& other = std::get<OpenWriter>(h.command.operation);
    if (other.node == opening.node && other.incarnation == opening.incarnation &&
        other.number >= opening.number) {
      return OpeningVoid{};
    }
  }
  return Opened{};
}

bool Twin::Known(LogIndex index, const WriteId& id, Outcome* answer) const {
  const OpenWriter* mine = nullptr;
  bool closed = false;
  for (const Happened& h : RememberedOpenings()) {
    const auto& opening = std::get<OpenWriter>(h.command.operation);
    if (mine != nullptr && opening.node == mine->node && opening.incarnation == mine->incarnation) {
      closed = true;
    }
    if (h.index == id.writer) mine = &std::get<OpenWriter>(history_[h.index - 1].command.operation);
  }
  *answer = Outcome{index, OutcomeForgotten{}};
  if (mine == nullptr) return true;

  uint64_t below_is_gone = id.first_unanswered;
  std::set<uint64_t> kept;
  for (const Happened& h : history_) {
    if (std::holds_alternative<OpenWriter>(h.command.operation)) continue;
    if (h.command.id.writer != id.writer || h.index < id.writer) continue;
    below_is_gone = std::max(below_is_gone, h.command.id.first_unanswered);
    if (h.executed) kept.insert(h.command.id.seq);
    while (!kept.empty() && *kept.begin() < below_is_gone) kept.erase(kept.begin());
    if (kept.size() > limits_.max_outcomes) {
      below_is_gone = std::max(below_is_gone, *kept.begin() + 1);
    }
    while (!kept.empty() && *kept.begin() < below_is_gone) kept.erase(kept.begin());
  }
  if (id.seq < below_is_gone) return true;
  for (const Happened& h : history_) {
    if (h.executed && h.command.id.writer == id.writer && h.command.id.seq == id.seq) {
      *answer = h.outcome;
      return true;
    }
  }
  *answer = Outcome{index, WriterClosed{}};
  return closed;
}

Result Twin::Execute(const Operation& operation, Data* data) {
  Data copy = *data;
  Result result = std::visit([&copy](const auto& op) { return Do(op, &copy); }, operation);
  if (!std::holds_alternative<NotAList>(result)) *data = copy;
  return result;
}

}  // namespace tidemark::kv
