#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "harness/check/describe.h"
#include "harness/check/findings.h"
#include "harness/check/list_text.h"
#include "harness/check/operation.h"
#include "harness/check/sessions.h"
#include "harness/check/written.h"
#include "node/base/concat.h"

namespace tidemark::check {
namespace {

constexpr std::string_view kEmpty = "[]";

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

// What was appended to a key: how often, and whether each of those failed.
struct Appended {
  int attempts = 0;  // that did not fail
  uint32_t operation = 0;
};

struct Key {
  std::string_view longest = kEmpty;  // of all lists that were read
  uint32_t longest_read = 0;
  absl::flat_hash_map<absl::string_view, Appended> appended;  // by the element's text
  absl::flat_hash_map<absl::string_view, size_t> ends;        // of the longest list's elements
};

// What a session's next read of a key may not fall short of, as sizes of an open list.
struct Known {
  size_t own = 0;  // SIZE_MAX: something that is in no list that anybody read
  uint32_t own_operation = 0;
  size_t read = 0;
  uint32_t read_operation = 0;
};

class Checker {
 public:
  explicit Checker(const History& history) : history_(history) {}

  std::vector<Violation> Run() {
    CollectKeys();
    ForEachStep([this](uint32_t i, const Operation& op, TextId key, const TxnStep& step) {
      Collect(i, op, key, step);
    });
    for (auto& [key, lists] : keys_) CheckLongest(key, &lists);
    ForEachStep([this](uint32_t i, const Operation& op, TextId key, const TxnStep& step) {
      Follow(i, op, key, step);
    });
    return std::move(findings_).Take();
  }

 private:
  // Keys that nothing but appends changes.
  void CollectKeys() {
    for (TextId key : KeysWithAppends(history_)) keys_[key];
    if (keys_.empty()) return;
    for (const Operation& op : history_.operations()) {
      if (op.function != Function::kTxn) {
        if (IsUpdate(op) && op.outcome != Outcome::kFailed) keys_.erase(op.key);
        continue;
      }
      if (op.txn == 0) continue;
      for (const TxnStep& step : history_.txn(op.txn - 1)) {
        if (step.kind == TxnStep::Kind::kWrite) keys_.erase(step.key);
      }
    }
  }

  // Steps of transactions, and reads outside of them as if they were one, of the keys of lists.
  template <typename Visit>
  void ForEachStep(const Visit& visit) const {
    if (keys_.empty()) return;
    const std::vector<Operation>& operations = history_.operations();
    for (uint32_t i = 0; i < operations.size(); ++i) {
      const Operation& op = operations[i];
      if (op.function != Function::kTxn) {
        const std::optional<TextId> told = ToldValue(op);
        if (told && keys_.contains(op.key)) {
          visit(i, op, op.key, TxnStep{TxnStep::Kind::kRead, op.key, *told});
        }
      } else if (op.txn != 0) {
        for (const TxnStep& step : history_.txn(op.txn - 1)) {
          if (keys_.contains(step.key)) visit(i, op, step.key, step);
        }
      }
    }
  }

  static bool IsAnswer(const Operation& op, const TxnStep& step) {
    return step.kind == TxnStep::Kind::kRead && (Ok(op) || ObservedFailure(op));
  }
  std::string_view List(TextId value) const {
    return value == kMissing ? kEmpty : std::string_view(history_.Text(value));
  }

  void Collect(uint32_t i, const Operation& op, TextId key, const TxnStep& step) {
    Key& lists = keys_.find(key)->second;
    if (step.kind == TxnStep::Kind::kAppend) {
      Appended& appended = lists.appended[Abseil(history_.Text(step.value))];
      if (op.outcome != Outcome::kFailed) ++appended.attempts;
      appended.operation = i;
    } else if (IsAnswer(op, step) && IsList(List(step.value)) &&
               List(step.value).size() > lists.longest.size()) {
      lists.longest = List(step.value);
      lists.longest_read = i;
    }
  }

  void CheckLongest(TextId key, Key* lists) {
    for (const ListElement& element : Elements(lists->longest)) {
      auto appended = lists->appended.find(Abseil(element.text));
      if (appended == lists->appended.end()) {
        Report("invented value", key, *lists, element, "which nobody appended");
      } else if (appended->second.attempts == 0) {
        Report("definite errors", key, *lists, element, "whose append was told that it failed");
      } else if (!lists->ends.emplace(Abseil(element.text), element.end).second &&
                 appended->second.attempts == 1) {
        Report("at most once", key, *lists, element, "twice, which was appended once");
      }
    }
  }

  void Follow(uint32_t i, const Operation& op, TextId key, const TxnStep& step) {
    const Key& lists = keys_.find(key)->second;
    if (step.kind == TxnStep::Kind::kAppend) {
      if (Ok(op)) KnowAppend(i, op, lists, step);
    } else if (IsAnswer(op, step)) {
      Read(i, op, key, lists, List(step.value));
    }
  }

  void KnowAppend(uint32_t i, const Operation& op, const Key& lists, const TxnStep& step) {
    const absl::string_view element = Abseil(history_.Text(step.value));
    if (lists.appended.find(element)->second.attempts > 1) return;  // which of them is in a list?
    auto end = lists.ends.find(element);
    const size_t size = end == lists.ends.end() ? SIZE_MAX : end->second;
    Known& known = known_[KeyValue(op.session, step.key)];
    if (size > known.own) {
      known.own = size;
      known.own_operation = i;
    }
  }

  void Read(uint32_t i, const Operation& op, TextId key, const Key& lists, std::string_view list) {
    if (!IsList(list) || !IsStartOf(list, lists.longest)) return Diverged(i, key, lists);
    Known& known = known_[KeyValue(op.session, key)];
    const size_t size = OpenList(list).size();
    if (size < known.own) Short("read-your-writes", i, key, "its own", known.own_operation);
    if (size < known.read)
      Short("monotonic reads", i, key, "what it had read:", known.read_operation);
    if (op.carried && size > known.read) {
      known.read = size;
      known.read_operation = i;
    }
  }

  void Report(std::string_view check, TextId key, const Key& lists, const ListElement& element,
              std::string_view what) {
    findings_.Add(check, [&] {
      return Concat(Describe(history_, lists.longest_read), ": the list at ",
                    KeyText(history_, key), " has ", element.text, ", ", what);
    });
  }
  void Diverged(uint32_t i, TextId key, const Key& lists) {
    findings_.Add("strict serializability", [&] {
      return Concat(Describe(history_, i), " and ", Describe(history_, lists.longest_read),
                    " read lists at ", KeyText(history_, key),
                    " of which none is the start of the other");
    });
  }
  void Short(std::string_view check, uint32_t i, TextId key, std::string_view what,
             uint32_t before) {
    findings_.Add(check, [&] {
      return Concat(Describe(history_, i), ": the list at ", KeyText(history_, key), " lacks ",
                    what, " ", Describe(history_, before));
    });
  }

  const History& history_;
  absl::flat_hash_map<TextId, Key> keys_;
  absl::flat_hash_map<uint64_t, Known> known_;  // by session and key
  Findings findings_;
};

}  // namespace

std::vector<Violation> CheckLists(const History& history) { return Checker(history).Run(); }

}  // namespace tidemark::check
