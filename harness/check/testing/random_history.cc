#include "harness/check/testing/random_history.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "node/base/concat.h"
#include "node/base/random.h"

namespace tidemark::check {
namespace {

constexpr int kListKeys = 2;  // beside the others, for appends

struct Version {
  uint64_t index;
  TextId value;
};

// Plays sessions against one store. An operation is invoked, takes effect at one moment, returns.
class Player {
 public:
  explicit Player(const RandomHistoryOptions& options)
      : options_(options), random_(options.seed), known_(options.sessions) {
    const int keys = options.keys + (options.appends ? kListKeys : 0);
    for (int i = 0; i < keys; ++i) keys_.push_back(history_.Intern(Concat("\"k", i, "\"")));
    versions_.assign(keys, {Version{0, kMissing}});
    history_.operations().reserve(options.operations);
  }

  History Play() {
    for (int i = 0; i < options_.sessions; ++i) Push(i, Kind::kInvoke, i);
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.time;
      Handle(event);
    }
    return std::move(history_);
  }

 private:
  enum class Kind { kInvoke, kTakeEffect, kReturn };
  struct Event {
    int64_t time;
    Kind kind;
    uint32_t subject;  // a session for kInvoke, else an operation
    bool operator>(const Event& other) const { return time > other.time; }
  };

  bool Chance(int percent) { return random_.Between(1, 100) <= percent; }
  void Push(int64_t time, Kind kind, uint32_t subject) { events_.push({time, kind, subject}); }

  void Handle(const Event& event) {
    switch (event.kind) {
      case Kind::kInvoke:
        if (static_cast<int>(history_.operations().size()) < options_.operations) {
          Invoke(event.subject);
        }
        return;
      case Kind::kTakeEffect:
        return TakeEffect(&history_.operations()[event.subject]);
      case Kind::kReturn:
        return Return(&history_.operations()[event.subject]);
    }
  }

  void Invoke(uint32_t session) {
    Operation op;
    op.session = session;
    op.function = Draw();
    op.invoked = now_;
    op.returned = kNever;
    Fill(&op);
    const uint32_t number = static_cast<uint32_t>(history_.operations().size());
    history_.Add(op);
    const bool update = op.function >= Function::kWrite;
    const int64_t patience = random_.Between(2, 40);
    if (update && Chance(options_.indeterminate_percent)) {
      if (Chance(50)) Push(now_ + random_.Between(1, 3 * patience), Kind::kTakeEffect, number);
      Push(now_ + patience + 1, Kind::kInvoke, session);
      return;
    }
    Push(now_ + random_.Between(1, patience - 1), Kind::kTakeEffect, number);
    history_.operations()[number].outcome = Outcome::kOk;
    history_.operations()[number].returned = now_ + patience;
    Push(now_ + patience, Kind::kReturn, number);
  }

  Function Draw() {
    const int64_t dice = random_.Between(1, 100);
    if (dice <= 30) return Function::kRead;
    if (dice <= 50) return options_.ryw_reads ? Function::kRywRead : Function::kRead;
    if (dice <= 55 && options_.deletes) return Function::kDelete;
    if (dice <= 65) return Function::kCas;
    if (dice <= 80 && options_.txns) return Function::kTxn;
    return Function::kWrite;
  }

  void Fill(Operation* op) {
    if (op->function == Function::kTxn) return FillTxn(op);
    const size_t key = random_.Between(0, options_.keys - 1);
    op->key = keys_[key];
    if (op->function == Function::kRywRead) op->need = known_[op->session];
    if (op->function != Function::kWrite && op->function != Function::kCas) return;
    op->value = NewValue();
    if (op->function == Function::kCas) {
      op->create_if_not_exists = Chance(30);
      op->from = Chance(80) && Now(key) != kMissing ? Now(key) : NewValue();
    }
  }
  void FillTxn(Operation* op) {
    Transaction txn;
    for (int64_t steps = random_.Between(1, 4); steps > 0; --steps) {
      const bool list = options_.appends && Chance(50);
      const size_t key = list ? options_.keys + random_.Between(0, kListKeys - 1)
                              : random_.Between(0, options_.keys - 1);
      const auto changes = list ? TxnStep::Kind::kAppend : TxnStep::Kind::kWrite;
      const auto kind = Chance(50) ? TxnStep::Kind::kRead : changes;
      txn.push_back({kind, keys_[key], kind == TxnStep::Kind::kRead ? kMissing : NewValue()});
    }
    op->txn = history_.AddTxn(std::move(txn));
  }
  TextId NewValue() { return history_.Intern(Concat(++values_)); }

  size_t KeyNumber(TextId key) const { return key - keys_.front(); }
  TextId Now(size_t key) const { return versions_[key].back().value; }
  void Set(TextId key, TextId value) { versions_[KeyNumber(key)].push_back({index_, value}); }

  void TakeEffect(Operation* op) {
    const bool reads = op->function == Function::kRead || op->function == Function::kRywRead;
    if (!reads) ++index_;
    const bool told = op->outcome == Outcome::kOk ? !reads || options_.tell_read_index
                                                  : options_.tell_indeterminate;
    if (told) op->index = index_;
    op->carried = told || op->function == Function::kRywRead;
    const TextId now = op->function == Function::kTxn ? kMissing : Now(KeyNumber(op->key));
    switch (op->function) {
      case Function::kRead:
        op->value = now;
        return;
      case Function::kRywRead:
        return ReadOld(op);
      case Function::kWrite:
        return Set(op->key, op->value);
      case Function::kCas:
        return TakeCas(op, now);
      case Function::kDelete:
        if (now != kMissing) return Set(op->key, kMissing);
        return FailVisibly(op, kMissing);
      case Function::kTxn:
        return TakeTxn(op);
    }
  }
  void TakeCas(Operation* op, TextId now) {
    if (now == op->from || (now == kMissing && op->create_if_not_exists)) {
      return Set(op->key, op->value);
    }
    FailVisibly(op, now);
  }
  // Nobody hears of the failure of an indeterminate operation.
  static void FailVisibly(Operation* op, TextId met) {
    if (op->outcome != Outcome::kOk) return;
    op->outcome = Outcome::kFailed;
    op->observed = true;
    op->value = met;
  }
  void TakeTxn(Operation* op) {
    for (TxnStep& step : history_.txn(op->txn - 1)) {
      const TextId now = Now(KeyNumber(step.key));
      if (step.kind == TxnStep::Kind::kRead && op->outcome == Outcome::kOk) step.value = now;
      if (step.kind == TxnStep::Kind::kWrite) Set(step.key, step.value);
      if (step.kind == TxnStep::Kind::kAppend) Set(step.key, Appended(now, step.value));
    }
  }
  TextId Appended(TextId list, TextId element) {
    if (list == kMissing) return history_.Intern(Concat("[", history_.Text(element), "]"));
    std::string text = history_.Text(list);
    text.pop_back();
    return history_.Intern(Concat(text, ",", history_.Text(element), "]"));
  }

  // From a follower that has what the session needs and may lack the rest.
  void ReadOld(Operation* op) {
    const std::vector<Version>& versions = versions_[KeyNumber(op->key)];
    op->index = random_.Between(static_cast<int64_t>(op->need), static_cast<int64_t>(index_));
    auto after = std::upper_bound(versions.begin(), versions.end(), op->index,
                                  [](uint64_t index, const Version& v) { return index < v.index; });
    op->value = std::prev(after)->value;
  }

  void Return(const Operation* op) {
    known_[op->session] = std::max(known_[op->session], op->index);
    Push(now_ + random_.Between(1, 10), Kind::kInvoke, op->session);
  }

  const RandomHistoryOptions options_;
  Random random_;
  History history_;
  std::vector<TextId> keys_;
  std::vector<std::vector<Version>> versions_;
  std::vector<uint64_t> known_;  // by each session
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  int64_t now_ = 0;
  uint64_t index_ = 0;
  int64_t values_ = 0;
};

}  // namespace

History RandomHistory(const RandomHistoryOptions& options) { return Player(options).Play(); }

}  // namespace tidemark::check
