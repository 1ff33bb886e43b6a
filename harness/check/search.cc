#include "harness/check/search.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "harness/check/describe.h"
#include "harness/check/digest.h"
#include "harness/check/groups.h"
#include "harness/check/operation.h"
#include "harness/check/state.h"
#include "harness/check/timeline.h"
#include "node/base/concat.h"

namespace tidemark::check {
namespace {

enum class Answer { kOrdered, kImpossible, kSpent };

class Search {
 public:
  Search(const History& history, const Model& model, const Group& group)
      : history_(history),
        model_(model),
        group_(group),
        timeline_(history, group.operations),
        states_(group.keys.size(), kNothing) {
    for (size_t i = 0; i < group.keys.size(); ++i) slots_.emplace(group.keys[i], i);
  }

  Answer Run(uint64_t* steps) {
    tried_.insert(digest_);
    // Indeterminate operations have no return: they may be left over.
    for (uint32_t at = timeline_.first(); timeline_.returns() > 0;) {
      const Timeline::Entry& entry = timeline_.entry(at);
      if (entry.call) {
        if (*steps == 0) return Answer::kSpent;
        --*steps;
        at = Do(at) ? timeline_.first() : entry.after;
      } else {
        // The operation must have happened by here, and did not.
        if (done_.size() >= best_done_) Remember(at);
        if (done_.empty()) return Answer::kImpossible;
        at = Undo();
      }
    }
    return Answer::kOrdered;
  }

  std::string Explain() const {
    std::string text =
        Concat("of ", group_.operations.size(), " operations on ", KeysText(), ", ", best_done_,
               " can be put in an order that explains their answers",
               last_ == kNobody ? "" : Concat(", the last of them ", DescribeLocal(last_)),
               "; none of those that must or may come next fits there:");
    for (const uint32_t operation : stuck_) ConcatTo(&text, "\n    ", DescribeLocal(operation));
    return text;
  }
  std::string KeysText() const {
    std::string text;
    for (TextId key : group_.keys) {
      ConcatTo(&text, text.empty() ? "" : ", ", KeyText(history_, key));
    }
    return text;
  }

 private:
  static constexpr uint32_t kNobody = UINT32_MAX;
  // Kinds of the digest's members.
  static constexpr uint64_t kDone = 0;
  static constexpr uint64_t kHeld = 1;
  using Replaced = absl::InlinedVector<std::pair<uint32_t, State>, 1>;
  struct Done {
    uint32_t call;      // of the timeline
    Replaced replaced;  // what the slots held before
  };

  const Operation& At(uint32_t operation) const {
    return history_.operations()[group_.operations[operation]];
  }
  std::string DescribeLocal(uint32_t operation) const {
    return Describe(history_, group_.operations[operation]);
  }

  // Whether the operation could be done next and this was not tried before; then it is.
  bool Do(uint32_t call) {
    Replaced replaced;
    const uint32_t operation = timeline_.entry(call).operation;
    if (!Apply(At(operation), &replaced)) return false;
    // To do what need not be done, and changes nothing, leads nowhere.
    if (replaced.empty() && Indeterminate(At(operation))) return false;
    digest_.Toggle(MemberDigest(kDone, operation, 0));
    if (!tried_.insert(digest_).second) {
      digest_.Toggle(MemberDigest(kDone, operation, 0));
      Restore(replaced);
      return false;
    }
    timeline_.Take(call);
    done_.push_back({call, std::move(replaced)});
    return true;
  }

  // Takes the last operation back. Returns what to try in its place.
  uint32_t Undo() {
    const Done last = std::move(done_.back());
    done_.pop_back();
    timeline_.PutBack(last.call);
    digest_.Toggle(MemberDigest(kDone, timeline_.entry(last.call).operation, 0));
    Restore(last.replaced);
    return timeline_.entry(last.call).after;
  }

  bool Apply(const Operation& op, Replaced* replaced) {
    if (op.function != Function::kTxn) {
      const uint32_t slot = group_.keys.size() == 1 ? 0 : slots_.find(op.key)->second;
      const std::optional<State> left = model_.Apply(op, states_[slot]);
      if (left) Set(slot, *left, replaced);
      return left.has_value();
    }
    const auto changes =
        model_.ApplyTxn(op, [this](TextId key) { return states_[slots_.find(key)->second]; });
    if (!changes) return false;
    for (const auto& [key, state] : *changes) Set(slots_.find(key)->second, state, replaced);
    return true;
  }
  void Set(uint32_t slot, State state, Replaced* replaced) {
    if (states_[slot] == state) return;
    replaced->emplace_back(slot, states_[slot]);
    Exchange(slot, state);
  }
  void Restore(const Replaced& replaced) {
    for (const auto& [slot, state] : replaced) Exchange(slot, state);
  }
  void Exchange(uint32_t slot, State state) {
    digest_.Toggle(MemberDigest(kHeld, slot, states_[slot]));
    states_[slot] = state;
    digest_.Toggle(MemberDigest(kHeld, slot, state));
  }

  // The longest order so far, and what could not follow: `at` is the first return not to be passed.
  void Remember(uint32_t at) {
    constexpr size_t kTold = 8;
    best_done_ = done_.size();
    last_ = done_.empty() ? kNobody : timeline_.entry(done_.back().call).operation;
    stuck_.assign(1, timeline_.entry(at).operation);
    for (uint32_t call = timeline_.first(); call != at && stuck_.size() < kTold;
         call = timeline_.entry(call).after) {
      const uint32_t operation = timeline_.entry(call).operation;
      if (operation != stuck_.front()) stuck_.push_back(operation);
    }
  }

  const History& history_;
  const Model& model_;
  const Group& group_;
  Timeline timeline_;  // of what is not done
  absl::flat_hash_map<TextId, uint32_t> slots_;
  std::vector<State> states_;  // of the group's keys
  std::vector<Done> done_;
  Digest digest_;  // of what is done, and of states_
  absl::flat_hash_set<Digest> tried_;
  size_t best_done_ = 0;
  uint32_t last_ = kNobody;
  std::vector<uint32_t> stuck_;
};

}  // namespace

std::optional<Violation> SearchOrder(const History& history, uint64_t max_steps) {
  const Model model(history);
  uint64_t steps = max_steps;
  for (const Group& group : SplitByKeys(history)) {
    Search search(history, model, group);
    switch (search.Run(&steps)) {
      case Answer::kOrdered:
        continue;
      case Answer::kImpossible:
        return Violation{group.keys.size() > 1 ? "strict serializability" : "linearizability",
                         search.Explain()};
      case Answer::kSpent:
        return Violation{
            "unknown", Concat("no order of the ", group.operations.size(), " operations on ",
                              search.KeysText(), " was found or refuted in ", max_steps, " steps")};
    }
  }
  return std::nullopt;
}

}  // namespace tidemark::check
