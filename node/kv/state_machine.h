// The replicated state machine: commands in, results out, nothing else. Equal commands in equal
// order give equal states and equal results on every node.
#ifndef TIDEMARK_NODE_KV_STATE_MACHINE_H_
#define TIDEMARK_NODE_KV_STATE_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "node/kv/command.h"
#include "node/kv/data.h"
#include "node/kv/history.h"
#include "node/kv/writers.h"

namespace tidemark::kv {

class StateMachine {
 public:
  explicit StateMachine(WriterLimits limits = {}) : writers_(limits) {}
  // A machine that goes on where `base` stands, and leaves it as it is: what both hold is base's,
  // what is changed here is this one's (copy on write). Equal commands give equal results, and an
  // equal Hash, in both. `base` outlives it, does not change as long as this one is used
  // (asserted), and has no base itself. O(1), and then each command costs what it costs in a
  // machine without a base, plus a copy of the values it changes.
  explicit StateMachine(const StateMachine* base);

  // Executes what stands at `index`. Indexes rise from call to call. A command whose id has an
  // outcome already is answered with that one and changes nothing (dissertation §6.3). Then its
  // session is judged, by what stands before `index`.
  Applied Apply(LogIndex index, const Command& command);
  // The entry at `index` begins `term`; a configuration of `cluster` stands at `index`. One entry
  // may do both; the calls for an entry come before Apply of it, if it is a command.
  void BeginTerm(LogIndex index, uint64_t term, uint32_t stamp);
  void SetCluster(LogIndex index, uint32_t cluster);

  // The value of `key` (canonical text), or nullptr. Valid until the next Apply.
  const std::string* Get(std::string_view key) const;

  size_t size() const;
  const Writers& writers() const;
  const History& history() const;

  // A hash of everything that later results can depend on; equal on equal states, in every process.
  // Kept up by Apply: O(writers) here.
  uint64_t Hash() const;

 private:
  void CheckBase() const;
  Outcome Settle(LogIndex index, const Command& command, Verdict verdict);

  Result Execute(LogIndex index, const Command& command);
  Result Execute(const Write& write);
  Result Execute(const Cas& cas);
  Result Execute(const Delete& deletion);
  Result Execute(const Txn& txn);

  // The key of the first append of `txn` that meets something else than a list, or nullptr.
  const std::string* FirstImpossibleAppend(const Txn& txn) const;
  // Does `op`, which is known to be possible; a read gets what it reads.
  void ExecuteOp(TxnOp* op);

  const StateMachine* base_ = nullptr;
  LogIndex base_applied_ = 0;  // base's last_applied_: what it must stay
  Data data_;
  Writers writers_;
  History history_;
  LogIndex last_applied_ = 0;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_STATE_MACHINE_H_
