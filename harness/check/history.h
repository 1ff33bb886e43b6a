// What clients did and saw: the only thing that a checker of promises needs to know.
#ifndef TIDEMARK_HARNESS_CHECK_HISTORY_H_
#define TIDEMARK_HARNESS_CHECK_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace tidemark::check {

// Stands for a text that a history keeps once. Equal ids are equal texts, of one history.
using TextId = uint32_t;
// The id of "no value": a read that found its key missing, a key of a history that needs none.
constexpr TextId kMissing = 0;

enum class Function : uint8_t {
  kRead,     // linearizable
  kRywRead,  // of a session: at least as new as `need`
  kWrite,
  kCas,
  kDelete,
  kTxn,
};

enum class Outcome : uint8_t {
  kOk,
  kFailed,         // answered with a definite error: did not happen and will not
  kIndeterminate,  // not known: may have happened, may happen yet, may never
};

struct Operation {
  uint32_t session = 0;
  Function function = Function::kRead;
  Outcome outcome = Outcome::kIndeterminate;
  // Whether the session carries on what it saw here: later operations must not be behind it. Off
  // for an answer that gave the session nothing to carry (a leader's ryw_read_ok names no index).
  bool carried = true;
  // A failed operation that did evaluate the state: a cas that met another value (`value` is what
  // it met, if told), a read, cas or delete that met no key. Its failure is a read of its own.
  bool observed = false;
  TextId key = kMissing;    // of all but kTxn
  TextId value = kMissing;  // read: what was read; write: what was written; cas: the new value
  TextId from = kMissing;   // cas: what it expects
  bool create_if_not_exists = false;  // cas
  uint32_t txn = 0;                   // kTxn: History::txn(txn - 1)
  // The log index at which the answer holds: a write's own place, the state that a read saw. Zero:
  // not known. For an indeterminate write: its place, where somebody knows it from elsewhere.
  uint64_t index = 0;
  uint64_t need = 0;  // the index that the request carried
  // Moments, in any unit, on one clock for the whole history. `returned` of an indeterminate
  // operation: kNever.
  int64_t invoked = 0;
  int64_t returned = 0;
};

constexpr int64_t kNever = INT64_MAX;

struct TxnStep {
  enum class Kind : uint8_t { kRead, kWrite, kAppend };
  Kind kind = Kind::kRead;
  TextId key = kMissing;
  TextId value = kMissing;  // read: what was read (kMissing: nothing, or not known)
};
using Transaction = std::vector<TxnStep>;

// Operations in the order of their invocations, and the texts that they speak of.
class History {
 public:
  History();

  TextId Intern(std::string_view text);
  const std::string& Text(TextId id) const { return texts_[id]; }

  void Add(const Operation& operation) { operations_.push_back(operation); }
  // Returns what goes into Operation::txn.
  uint32_t AddTxn(Transaction transaction);

  const std::vector<Operation>& operations() const { return operations_; }
  std::vector<Operation>& operations() { return operations_; }
  const Transaction& txn(size_t i) const { return transactions_[i]; }
  Transaction& txn(size_t i) { return transactions_[i]; }
  size_t texts() const { return texts_.size(); }

  // Events in the file that are no client's, by who they are of: nobody checks them.
  const std::map<std::string, size_t>& left_out() const { return left_out_; }
  void LeaveOut(std::string_view process) { ++left_out_[std::string(process)]; }

  // Empties it, and keeps its memory.
  void Clear();

 private:
  absl::flat_hash_map<std::string, TextId> ids_;
  std::vector<std::string> texts_;
  std::vector<Operation> operations_;
  std::vector<Transaction> transactions_;
  std::map<std::string, size_t> left_out_;
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_HISTORY_H_
