#include "harness/check/testing/permutations.h"

#include <map>
#include <string>
#include <vector>

namespace tidemark::check {
namespace {

using Store = std::map<TextId, std::string>;  // what is missing is not in it

class Permutations {
 public:
  Permutations(const History& history, bool by_index)
      : history_(history), by_index_(by_index), done_(history.operations().size()) {}

  bool Try(const Store& store) {
    bool all = true;
    for (size_t i = 0; i < done_.size(); ++i) {
      if (done_[i] || Ignored(Op(i))) continue;
      all = all && !Required(Op(i));
      if (!MayBeNext(i)) continue;
      Store after = store;
      if (!Do(Op(i), &after)) continue;
      done_[i] = true;
      if (Try(after)) return true;
      done_[i] = false;
    }
    return all;
  }

 private:
  const Operation& Op(size_t i) const { return history_.operations()[i]; }
  std::string Text(TextId id) const { return history_.Text(id); }

  static bool Ignored(const Operation& op) {
    if (op.function == Function::kRywRead) return true;
    return op.outcome == Outcome::kFailed && !op.observed;
  }
  bool Required(const Operation& op) const {
    return op.outcome != Outcome::kIndeterminate || (by_index_ && op.index != 0);
  }
  static bool IsUpdate(const Operation& op) { return op.function != Function::kRead; }

  bool MayBeNext(size_t i) const {
    for (size_t j = 0; j < done_.size(); ++j) {
      if (j == i || Ignored(Op(j))) continue;
      if (!done_[j] && Op(j).returned < Op(i).invoked) return false;
      if (by_index_ && !IndexesAllow(i, j)) return false;
    }
    return true;
  }
  // Whether `i` may be done now, given that `j` was or was not.
  bool IndexesAllow(size_t i, size_t j) const {
    if (Op(i).index == 0 || Op(j).index == 0 || !IsUpdate(Op(j))) return true;
    const bool before = IsUpdate(Op(i)) ? Op(j).index < Op(i).index : Op(j).index <= Op(i).index;
    if (IsUpdate(Op(i)) && Op(j).index == Op(i).index) return false;
    return done_[j] == before;
  }

  // False: it cannot have ended as it did.
  bool Do(const Operation& op, Store* store) const {
    const bool must = op.outcome != Outcome::kIndeterminate;
    if (op.function == Function::kTxn) return DoTxn(op, store) || !must;
    auto found = store->find(op.key);
    const bool there = found != store->end();
    if (op.outcome == Outcome::kFailed || op.function == Function::kRead) {
      return Met(op, there, there ? found->second : "");
    }
    if (op.function == Function::kDelete) return store->erase(op.key) > 0 || !must;
    if (op.function == Function::kCas) {
      const bool match = there ? found->second == Text(op.from) : op.create_if_not_exists;
      if (!match) return !must;
    }
    (*store)[op.key] = Text(op.value);
    return true;
  }
  bool Met(const Operation& op, bool there, const std::string& value) const {
    if (op.function == Function::kCas && op.value == kMissing) {
      return there ? value != Text(op.from) : !op.create_if_not_exists;
    }
    const bool told = op.function == Function::kCas || op.outcome == Outcome::kOk;
    const TextId met = told ? op.value : kMissing;
    return there ? met != kMissing && value == Text(met) : met == kMissing;
  }

  bool DoTxn(const Operation& op, Store* store) const {
    Store copy = *store;
    for (const TxnStep& step : history_.txn(op.txn - 1)) {
      auto found = copy.find(step.key);
      const bool there = found != copy.end();
      if (step.kind == TxnStep::Kind::kRead) {
        if (op.outcome != Outcome::kOk) continue;
        if (there ? found->second != Text(step.value) : step.value != kMissing) return false;
      } else if (step.kind == TxnStep::Kind::kWrite) {
        copy[step.key] = Text(step.value);
      } else {
        std::string& list = copy[step.key];
        list = there ? list.substr(0, list.size() - 1) + "," + Text(step.value) + "]"
                     : "[" + Text(step.value) + "]";
      }
    }
    *store = copy;
    return true;
  }

  const History& history_;
  const bool by_index_;
  std::vector<bool> done_;
};

}  // namespace

bool SomeOrderExplains(const History& history, bool by_index) {
  return Permutations(history, by_index).Try({});
}

}  // namespace tidemark::check
