#include <cstddef>
#include <string_view>

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

  void Raise(int64_t to, uint32_t by) {
    if (to > invoked) *this = {to, by};
  }
};

struct Known {
  Latest own;   // by its own acknowledged writes and deletes
  Latest read;  // by the values that it read and carried
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
    if (IsUpdate(op) && Ok(op)) KnownTo(op.session, op.key).own.Raise(op.invoked, i);
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
      KnownTo(op.session, step.key).own.Raise(op.invoked, i);
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
    Known& known = KnownTo(op.session, key);
    if (value == kMissing) return ReadNothing(i, op, key, known);
    const Written::Write* write = written_.Find(key, value);
    if (write == nullptr || write->invoked > op.returned) return Invented(i, key, value);
    if (write->failed) return NotFailed(i, key, *write);
    if (!write->unique) return;
    if (write->returned < known.own.invoked) {
      Stale("read-your-writes", i, key, *write, known.own.operation);
    }
    if (write->returned < known.read.invoked) {
      Stale("monotonic reads", i, key, *write, known.read.operation);
    }
    if (op.carried) known.read.Raise(write->invoked, write->operation);
  }

  void ReadNothing(uint32_t i, const Operation& op, TextId key, const Known& known) {
    if (known.own.invoked == INT64_MIN && known.read.invoked == INT64_MIN) return;
    const int64_t deleted = written_.LatestDelete(key, op.returned);
    if (deleted < known.own.invoked) Lost("read-your-writes", i, key, known.own.operation);
    if (deleted < known.read.invoked) Lost("monotonic reads", i, key, known.read.operation);
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
             uint32_t newer) {
    findings_.Add(check, [&] {
      return Concat(Describe(history_, i), " read of ", KeyText(history_, key), " what ",
                    Describe(history_, write.operation), " wrote, but the session knew of ",
                    Describe(history_, newer), " which began after that write had ended");
    });
  }
  void Lost(std::string_view check, uint32_t i, TextId key, uint32_t known) {
    findings_.Add(check, [&] {
      return Concat(Describe(history_, i), " found nothing at ", KeyText(history_, key),
                    ", but the session knew of ", Describe(history_, known),
                    " and no delete can have come after it");
    });
  }

  Known& KnownTo(uint32_t session, TextId key) { return known_[KeyValue(session, key)]; }

  const History& history_;
  const absl::flat_hash_set<TextId> list_keys_;
  const Written written_;
  absl::flat_hash_map<uint64_t, Known> known_;  // by session and key
  Findings findings_;
};

}  // namespace

std::vector<Violation> CheckSessionValues(const History& history) { return Checker(history).Run(); }

}  // namespace tidemark::check
