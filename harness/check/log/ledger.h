// What the committed log comes to: a second opinion on the state machine, which keeps every version
// of every key, so that an answer that names an index can be checked against the state at exactly
// that index.
//
// Written to be simple: it knows nothing of what a node keeps and forgets beyond the rules of
// docs/design.md ("Writes happen once").
#ifndef TIDEMARK_HARNESS_CHECK_LOG_LEDGER_H_
#define TIDEMARK_HARNESS_CHECK_LOG_LEDGER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "harness/check/log/past.h"
#include "node/base/limits.h"
#include "node/kv/command.h"
#include "node/kv/writers.h"
#include "node/raft/types.h"

namespace tidemark::check {

class Ledger {
 public:
  explicit Ledger(const kv::WriterLimits& limits = {}) : limits_(limits) {}

  struct Entry {
    bool is_command = false;
    // False: a repetition, a closed writer's, what was cancelled before, an opening.
    bool executed = false;
    bool took_effect = false;     // executed, and not refused
    std::vector<kv::TxnOp> read;  // of a txn that took effect
    const kv::Command* command = nullptr;
    kv::Fated::Refusal refusal = kv::Fated::Refusal::kNone;  // why it was, if it was
  };
  // A value and when it stood: from `since` until the next version's.
  struct Version {
    uint64_t since = 0;
    std::optional<std::string> value;  // nullopt: the key was missing
  };
  // What came of a name the first time that the log spoke of it.
  struct Settled {
    uint64_t index = 0;
    bool cancelled = false;  // by a fate at that index; else a command stands there
  };

  // What stands at the next index, 1 first. It outlives this object.
  const Entry& Commit(const raft::EntryRef& entry);

  uint64_t last_index() const { return entries_.size(); }
  const Entry& at(uint64_t index) const { return entries_[index - 1]; }
  // The versions of `key`, rising; the first is "missing" since 0.
  const std::vector<Version>& VersionsOf(const std::string& key) const;
  // The value of `key` in the state after `index`.
  const std::optional<std::string>& ValueAt(const std::string& key, uint64_t index) const;
  const Past& past() const { return past_; }

  // nullptr: the log has nothing under that name, or its tag is of another history's writer.
  const Settled* Find(const kv::ToldName& told) const;
  // Whether a node need no longer know what came of it: its writer may have dropped it, or is of
  // another history.
  bool MayBeForgotten(const kv::ToldName& told) const;
  // Whether a writer of this log was given that name.
  bool IsNameHere(const kv::ToldName& told) const;

 private:
  struct Writer {
    bool of_client = false;
    std::string node;
    uint64_t incarnation = 0;
    uint64_t number = 0;
    uint64_t bits = 0;
    bool closed = false;
    bool forgotten = false;  // for want of room
    uint64_t first_unanswered = 0;
    std::set<uint64_t> kept;                         // seqs, where few are kept
    absl::flat_hash_map<uint64_t, Settled> settled;  // by seq
  };

  void Open(uint64_t index, const kv::OpenWriter& opening);
  bool IsFirst(const kv::Command& command);
  void ForgetOldest(bool of_client);
  bool Settle(Writer* writer, uint64_t seq, const Settled& settled);
  void Execute(const kv::Command& command, Entry* entry);
  kv::Fated::Refusal RefusedFor(const kv::Session& session) const;
  kv::Fated::Refusal Do(const kv::Operation& operation, Entry* entry);
  kv::Fated::Refusal Do(const kv::Cas& cas);
  void OpenClient(const kv::OpenClient& opening);
  void Decide(const kv::ToldName& told);
  kv::Fated::Refusal ExecuteTxn(const kv::Txn& txn, std::vector<kv::TxnOp>* read);
  bool TooLarge(const std::string& key, const std::string& value) const;
  const std::optional<std::string>& Current(const std::string& key) const;
  void Put(const std::string& key, std::optional<std::string> value);

  kv::WriterLimits limits_;
  Limits sizes_;  // of the last configuration
  std::vector<Entry> entries_;
  Past past_;
  std::map<uint64_t, Writer> writers_;
  absl::flat_hash_map<std::string, std::vector<Version>> versions_;
};

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_LOG_LEDGER_H_
