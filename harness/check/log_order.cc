#include "harness/check/log_order.h"

#include <algorithm>
#include <tuple>

#include "harness/check/operation.h"

namespace tidemark::check {
namespace {

struct Placed {
  uint64_t index;
  uint32_t operation;
  bool read;  // behind the update of the same index

  bool operator<(const Placed& other) const {
    return std::tie(index, read, operation) < std::tie(other.index, other.read, other.operation);
  }
};

std::vector<Placed> InOrderOfLog(const std::vector<Operation>& operations) {
  std::vector<Placed> placed;
  placed.reserve(operations.size());
  for (uint32_t i = 0; i < operations.size(); ++i) {
    const Operation& op = operations[i];
    if (HasOwnIndex(op)) {
      placed.push_back({op.index, i, false});
    } else if (op.index != 0 && IsRead(op) && ToldValue(op)) {
      placed.push_back({op.index, i, true});
    }
  }
  std::sort(placed.begin(), placed.end());
  return placed;
}

}  // namespace

bool HasOwnIndex(const Operation& op) {
  return op.index != 0 && IsUpdate(op) && (op.outcome != Outcome::kFailed || op.observed);
}

LogOrder::LogOrder(const History& history, const Model& model) : history_(history), model_(model) {
  const std::vector<Placed> placed = InOrderOfLog(history.operations());
  const Placed* update_before = nullptr;
  for (const Placed& here : placed) {
    if (!here.read) {
      if (update_before != nullptr && update_before->index == here.index) {
        misfits_.push_back({Misfit::Why::kSameIndex, here.operation, update_before->operation});
      }
      update_before = &here;
    }
    Replay(here.operation);
  }
}

uint32_t LogOrder::VersionAt(TextId key, uint64_t index) {
  uint32_t& now = Of(key).now;
  for (uint32_t next = versions_[now].next; next != kNone && versions_[next].index <= index;
       next = versions_[now].next) {
    now = next;
  }
  return now;
}

void LogOrder::Replay(uint32_t operation) {
  const Operation& op = history_.operations()[operation];
  if (op.function == Function::kTxn) return ReplayTxn(operation, op);
  const Version& held = versions_[Of(op.key).last];
  const std::optional<State> left = model_.Apply(op, held.state);
  if (!left) {
    misfits_.push_back({Misfit::Why::kState, operation, held.operation});
    // Its answer said that it happened: what follows is judged as if it had.
    if (Ok(op) && WritesValue(op)) Set(op.key, model_.Of(op.key, op.value), operation);
  } else if (*left != held.state) {
    Set(op.key, *left, operation);
  }
}

void LogOrder::ReplayTxn(uint32_t operation, const Operation& op) {
  const auto held = [this](TextId key) { return versions_[Of(key).last].state; };
  const std::optional<Model::Changes> changes = model_.ApplyTxn(op, held);
  if (!changes) {
    misfits_.push_back({Misfit::Why::kState, operation, kNone});
    return;
  }
  for (const auto& [key, state] : *changes) Set(key, state, operation);
}

LogOrder::Key& LogOrder::Of(TextId key) {
  auto [found, is_new] = keys_.try_emplace(key);
  if (is_new) {
    const uint32_t number = static_cast<uint32_t>(versions_.size());
    versions_.push_back({});
    found->second = {number, number};
  }
  return found->second;
}

void LogOrder::Set(TextId key, State state, uint32_t operation) {
  Key& of_key = Of(key);
  const uint32_t number = static_cast<uint32_t>(versions_.size());
  versions_[of_key.last].next = number;
  of_key.last = number;
  versions_.push_back({history_.operations()[operation].index, state, operation, kNone});
}

}  // namespace tidemark::check
