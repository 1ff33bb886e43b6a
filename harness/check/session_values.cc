#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "harness/check/describe.h"
#include "harness/check/findings.h"
#include "harness/check/operation.h"
#include "harness/check/sessions.h"
#include "harness/check/written.h"
#include "node/base/concat.h"

namespace tidemark::check {
namespace {

// Of the writes of a key that a session knows of, the one that was invoked last: what returned
// before that is too old for the session.
struct Latest {
  int64_t invoked = INT64_MIN;
  uint32_t operation = 0;

  bool Raise(int64_t to, uint32_t by) {
    if (to <= invoked) return false;
    *this = {to, by};
    return true;
  }
};

struct Known {
  Latest own;   // by its own acknowledged writes and deletes
  Latest read;  // by the values that it read and carried
};

// What a session knows of a key, and what it knew earlier: for who reads what it wrote then.
class Knowledge {
 public:
  const Known& now() const { return now_; }
  void Write(int64_t invoked, uint32_t operation) {
    if (now_.own.Raise(invoked, operation)) past_.emplace_back(operation, now_);
  }
  // `by` has read what `operation` wrote.
  void Read(uint32_t by, int64_t invoked, uint32_t operation) {
    if (now_.read.Raise(invoked, operation)) past_.emplace_back(by, now_);
  }
  // When it began `operation`.
  Known Before(uint32_t operation) const {
    auto after = std::lower_bound(past_.begin(), past_.end(), operation,
                                  [](const auto& step, uint32_t op) { return step.first < op; });
    return after == past_.begin() ? Known() : std::prev(after)->second;
  }

 private:
  Known now_;
  std::vector<std::pair<uint32_t, Known>> past_;  // by operation: as of its end
};

// A session has read what another one wrote in `operation`.
struct Heard {
  uint32_t session = 0;
  uint32_t operation = 0;
};

class Checker {
 public:
  explicit Checker(const History& history)
      : history_(history), list_keys_(KeysWithAppends(history)), written_(history) {}

  std::vector<Violation> Run() {
    const std::vector<Operation>& operations = history_.operations();
    for (uint32_t i = 0; i < operations.size(); ++i) Take(i, operations[i]);
    return std::move(findings_).Take();
  }

 private:
  void Take(uint32_t i, const Operation& op) {
    if (op.function == Function::kTxn) {
      if (Ok(op) && op.txn != 0) TakeTxn(i, op);
      return;
    }
    if (!list_keys_.empty() && list_keys_.contains(op.key)) return;
    if (const std::optional<TextId> told = ToldValue(op)) Read(i, op, op.key, *told);
    if (IsUpdate(op) && Ok(op)) KnowledgeOf(op.session, op.key).Write(op.invoked, i);
  }

  void TakeTxn(uint32_t i, const Operation& op) {
    const Transaction& txn = history_.txn(op.txn - 1);
    for (const TxnStep& step : txn) {
      if (list_keys_.contains(step.key)) continue;
      // A missing key and an unknown value look the same here.
      if (step.kind == TxnStep::Kind::kRead && step.value != kMissing && !WritesBefore(txn, step)) {
        Read(i, op, step.key, step.value);
      }
    }
    for (const TxnStep& step : txn) {
      if (step.kind != TxnStep::Kind::kWrite || list_keys_.contains(step.key)) continue;
      KnowledgeOf(op.session, step.key).Write(op.invoked, i);
    }
  }
  // Whether the transaction itself writes the key before it comes to `step`.
  static bool WritesBefore(const Transaction& txn, const TxnStep& step) {
    for (const TxnStep* before = txn.data(); before != &step; ++before) {
      if (before->kind != TxnStep::Kind::kRead && before->key == step.key) return true;
    }
    return false;
  }

  void Read(uint32_t i, const Operation& op, TextId key, TextId value) {
    if (value == kMissing) {
      const int64_t deleted = written_.LatestDelete(key, op.returned);
      return JudgeAge(i, op, key, deleted, nullptr);
    }
    const Written::Write* write = written_.Find(key, value);
    if (write == nullptr || write->invoked > op.returned) return Invented(i, key, value);
    if (write->failed) return NotFailed(i, key, *write);
    if (!write->unique) return;
    JudgeAge(i, op, key, write->returned, write);
    if (!op.carried) return;
    KnowledgeOf(op.session, key).Read(i, write->invoked, write->operation);
    Hear(op.session, write->operation);
  }

  // From now on the session reads nothing older than what the writer knew when it wrote that.
  void Hear(uint32_t session, uint32_t operation) {
    const uint32_t writer = history_.operations()[operation].session;
    if (writer == session) return;
    std::vector<Heard>& heard = heard_[session];
    auto found = std::find_if(heard.begin(), heard.end(),
                              [&](const Heard& one) { return one.session == writer; });
    if (found == heard.end()) {
      heard.push_back({writer, operation});
    } else {
      found->operation = std::max(found->operation, operation);
    }
  }

  // What was read was made by `write` (null: nothing was found) and had happened by `happened`: is
  // the session entitled to something newer?
  void JudgeAge(uint32_t i, const Operation& op, TextId key, int64_t happened,
                const Written::Write* write) {
    const Known known = KnowledgeOf(op.session, key).now();
    bool told = false;
    const auto judge = [&](std::string_view check, const Latest& newer, const Heard* heard) {
      if (newer.invoked == INT64_MIN || happened >= newer.invoked) return;
      told = true;
      write != nullptr ? Stale(check, i, key, *write, newer.operation, heard)
                       : Lost(check, i, key, newer.operation, heard);
    };
    judge("read-your-writes", known.own, nullptr);
    judge("monotonic reads", known.read, nullptr);
    auto found = heard_.find(op.session);
    if (found == heard_.end()) return;
    for (const Heard& heard : found->second) {
      if (told) return;  // once is enough
      auto of_writer = known_.find(KeyValue(heard.session, key));
      if (of_writer == known_.end()) continue;
      const Known then = of_writer->second.Before(heard.operation);
      judge("monotonic writes", then.own, &heard);
      judge("writes-follow-reads", then.read, &heard);
    }
  }

  void Invented(uint32_t i, TextId key, TextId value) {
    findings_.Add("invented value", [&] {
      return Concat(Describe(history_, i), " read ", ValueText(history_, value), " of ",
                    KeyText(history_, key), ", which nobody had begun to write");
    });
  }
  void NotFailed(uint32_t i, TextId key, const Written::Write& write) {
    findings_.Add("definite errors", [&] {
      return Concat(Describe(history_, i), " read of ", KeyText(history_, key), " what ",
                    Describe(history_, write.operation), " wrote, which was told that it failed");
    });
  }
  void Stale(std::string_view check, uint32_t i, TextId key, const Written::Write& write,
             uint32_t newer, const Heard* heard) {
    findings_.Add(check, [&] {
      return Concat(Describe(history_, i), " read of ", KeyText(history_, key), " what ",
                    Describe(history_, write.operation), " wrote, but the session ",
                    HowKnown(newer, heard), ", which began after that write had ended");
    });
  }
  void Lost(std::string_view check, uint32_t i, TextId key, uint32_t known, const Heard* heard) {
    findings_.Add(check, [&] {
      return Concat(Describe(history_, i), " found nothing at ", KeyText(history_, key),
                    ", but the session ", HowKnown(known, heard),
                    ", and no delete can have come after it");
    });
  }
  std::string HowKnown(uint32_t known, const Heard* heard) const {
    if (heard == nullptr) return Concat("knew of ", Describe(history_, known));
    return Concat("had read what ", Describe(history_, heard->operation),
                  " wrote, whose session knew of ", Describe(history_, known));
  }

  Knowledge& KnowledgeOf(uint32_t session, TextId key) { return known_[KeyValue(session, key)]; }

  const History& history_;
  const absl::flat_hash_set<TextId> list_keys_;
  const Written written_;
  absl::flat_hash_map<uint64_t, Knowledge> known_;  // by session and key
  absl::flat_hash_map<uint32_t, std::vector<Heard>> heard_;
  Findings findings_;
};

}  // namespace

std::vector<Violation> CheckSessionValues(const History& history) { return Checker(history).Run(); }

}  // namespace tidemark::check
