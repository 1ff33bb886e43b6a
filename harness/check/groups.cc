#include "harness/check/groups.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "harness/check/list_text.h"
#include "harness/check/operation.h"

namespace tidemark::check {
namespace {

// The states that somebody's answer depends on.
class Seen {
 public:
  explicit Seen(const History& history) : history_(history) {
    for (const Operation& op : history.operations()) {
      if (op.function != Function::kTxn && IsUpdate(op)) updated_.insert(op.key);
    }
    for (const Operation& op : history.operations()) {
      if (op.function == Function::kTxn) {
        if (op.txn != 0) AddTxn(op, history.txn(op.txn - 1));
      } else if (op.function != Function::kRywRead) {
        Add(op);
      }
    }
    FollowOpenCas();
  }

  bool Effect(const Operation& op) const {
    if (op.function == Function::kTxn) return TxnEffect(history_.txn(op.txn - 1));
    if (keys_.contains(op.key)) return true;
    const TextId made = op.function == Function::kDelete ? kMissing : op.value;
    return values_.contains(KeyValue(op.key, made));
  }

  // Of open updates that can stand for each other, those invoked first are enough: writes whose
  // value nobody told, as many as there are deletes that found some value; deletes, as many as
  // there are answers that found none. To be asked in the order of invocations.
  bool Needed(const Operation& op) {
    if (keys_.contains(op.key) || op.function == Function::kTxn) return Effect(op);
    if (op.function == Function::kDelete) return Take(&missing_[op.key]);
    if (Effect(op)) return true;
    const bool creates = op.function == Function::kWrite || op.create_if_not_exists;
    return creates && MakesUp(op);
  }

 private:
  void Add(const Operation& op) {
    if (const std::optional<TextId> told = ToldValue(op)) {
      Told(op.key, *told);
    } else if (ObservedFailure(op)) {
      keys_.insert(op.key);  // "another value"
    } else if (op.function == Function::kDelete && Ok(op)) {
      ++present_[op.key];  // "some value"
    } else if (op.function == Function::kCas && Ok(op)) {
      AddCas(op);
    }
  }
  void AddCas(const Operation& op) {
    values_.insert(KeyValue(op.key, op.from));
    if (!op.create_if_not_exists) return;
    values_.insert(KeyValue(op.key, kMissing));
    ++missing_[op.key];
  }
  void AddTxn(const Operation& op, const Transaction& txn) {
    for (const TxnStep& step : txn) {
      if (step.kind == TxnStep::Kind::kRead && Ok(op)) Told(step.key, step.value);
      // Whether an append is possible hangs on what others made of the key.
      const bool mixed = step.kind == TxnStep::Kind::kAppend && updated_.contains(step.key);
      if (mixed || step.kind == TxnStep::Kind::kWrite) keys_.insert(step.key);
    }
  }
  void Told(TextId key, TextId value) {
    if (value == kMissing || history_.Text(value) == "null") ++missing_[key];
    if (!values_.insert(KeyValue(key, value)).second) return;
    const std::string_view text = history_.Text(value);
    if (value == kMissing || !IsList(text)) return;
    for (const ListElement& element : Elements(text)) {
      elements_.insert({key, std::string(element.text)});
    }
  }
  static bool Take(uint64_t* left) {
    if (*left == 0) return false;
    --*left;
    return true;
  }
  // A write may be what a delete found; so may a cas that creates, and there are few of those.
  bool MakesUp(const Operation& op) {
    if (op.function == Function::kCas) return present_.contains(op.key);
    return Take(&present_[op.key]);
  }
  bool TxnEffect(const Transaction& txn) const {
    return std::any_of(txn.begin(), txn.end(), [this](const TxnStep& step) {
      if (step.kind == TxnStep::Kind::kRead) return false;
      if (keys_.contains(step.key) || step.kind == TxnStep::Kind::kWrite) return true;
      return elements_.contains({step.key, history_.Text(step.value)});
    });
  }

  // An open cas that may matter makes matter what it expects, and so on.
  void FollowOpenCas() {
    std::vector<const Operation*> open;
    for (const Operation& op : history_.operations()) {
      if (op.function == Function::kCas && Indeterminate(op)) open.push_back(&op);
    }
    for (bool more = true; more;) {
      const auto mattering = std::partition(open.begin(), open.end(),
                                            [this](const Operation* op) { return !Effect(*op); });
      more = mattering != open.end();
      for (auto op = mattering; op != open.end(); ++op) AddCas(**op);
      open.erase(mattering, open.end());
    }
  }

  const History& history_;
  absl::flat_hash_set<TextId> updated_;            // keys that are written, compared or deleted
  absl::flat_hash_set<uint64_t> values_;           // by KeyValue
  absl::flat_hash_set<TextId> keys_;               // all states of them
  absl::flat_hash_map<TextId, uint64_t> present_;  // answers that found some value there
  absl::flat_hash_map<TextId, uint64_t> missing_;  // answers that found none
  absl::flat_hash_set<std::pair<TextId, std::string>> elements_;  // of lists
};

bool TakesPart(const Operation& op, Seen* seen) {
  if (op.function == Function::kRywRead) return false;
  if (Ok(op)) return true;
  if (op.outcome == Outcome::kFailed) return op.observed && op.function != Function::kTxn;
  return IsUpdate(op) && seen->Needed(op);
}

// Union-find over keys.
class Joined {
 public:
  TextId Root(TextId key) {
    parents_.try_emplace(key, key);
    while (parents_[key] != key) {
      parents_[key] = parents_[parents_[key]];
      key = parents_[key];
    }
    return key;
  }
  void Join(TextId a, TextId b) {
    const TextId root = Root(a);
    parents_[Root(b)] = root;
  }

 private:
  absl::flat_hash_map<TextId, TextId> parents_;
};

// Some key of the operation; nullopt: it is a transaction without steps.
std::optional<TextId> KeyOf(const History& history, const Operation& op) {
  if (op.function != Function::kTxn) return op.key;
  if (op.txn == 0 || history.txn(op.txn - 1).empty()) return std::nullopt;
  return history.txn(op.txn - 1).front().key;
}

Joined JoinByTransactions(const History& history) {
  Joined joined;
  for (const Operation& op : history.operations()) {
    const std::optional<TextId> key = KeyOf(history, op);
    if (op.function != Function::kTxn || !key) continue;
    for (const TxnStep& step : history.txn(op.txn - 1)) joined.Join(*key, step.key);
  }
  return joined;
}

}  // namespace

std::vector<Group> SplitByKeys(const History& history) {
  Seen seen(history);
  Joined joined = JoinByTransactions(history);
  std::vector<Group> groups;
  absl::flat_hash_map<TextId, size_t> by_root;
  absl::flat_hash_set<TextId> listed;
  const std::vector<Operation>& operations = history.operations();
  for (uint32_t i = 0; i < operations.size(); ++i) {
    const std::optional<TextId> key = KeyOf(history, operations[i]);
    if (!key || !TakesPart(operations[i], &seen)) continue;
    auto [found, is_new] = by_root.try_emplace(joined.Root(*key), groups.size());
    if (is_new) groups.emplace_back();
    Group& group = groups[found->second];
    group.operations.push_back(i);
    const auto list = [&](TextId of) {
      if (listed.insert(of).second) group.keys.push_back(of);
    };
    if (operations[i].function != Function::kTxn) {
      list(*key);
    } else {
      for (const TxnStep& step : history.txn(operations[i].txn - 1)) list(step.key);
    }
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return a.operations.size() < b.operations.size();
  });
  return groups;
}

}  // namespace tidemark::check
