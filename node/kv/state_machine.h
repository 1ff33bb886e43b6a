// The replicated state machine: commands in, results out, nothing else. Equal commands in equal
// order give equal states and equal results on every node.
#ifndef TIDEMARK_NODE_KV_STATE_MACHINE_H_
#define TIDEMARK_NODE_KV_STATE_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/limits.h"
#include "node/kv/command.h"
#include "node/kv/data.h"
#include "node/kv/history.h"
#include "node/kv/state_part.h"
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
  // What came of `command`, which has been applied already, as Apply would say it at the next
  // index; nullopt: its outcome is not kept, or what stands under its id is another operation.
  std::optional<Applied> Known(const Command& command) const;
  // The entry at `index` begins `term`; a configuration of `cluster` stands at `index`, whose
  // limits are those of what stands behind it. One entry may do both; the calls for an entry come
  // before Apply of it, if it is a command.
  void BeginTerm(LogIndex index, uint64_t term, uint32_t stamp);
  void Configure(LogIndex index, uint32_t cluster, const Limits& limits);

  // The value of `key` (canonical text), or nullopt. Valid until the next call of anything that is
  // not const.
  std::optional<std::string_view> Get(std::string_view key) const;

  // Of everything that was called with an index, the last.
  LogIndex last_applied() const { return last_applied_; }
  size_t size() const;
  const Writers& writers() const;
  const History& history() const;
  // Of the last configuration.
  const Limits& limits() const { return limits_; }

  // A hash of everything that later results can depend on; equal on equal states, in every process.
  // Kept up by Apply: O(1) here.
  uint64_t Hash() const;

  // A copy of the state as it is now, to be carried elsewhere; O(1), but for the terms. One at a
  // time, and none of a machine that has a base.
  void BeginCopy();
  // The copy's next parts, of about `bytes` bytes of keys and values (and at least one, whatever it
  // takes), in place of what `parts` holds. What is applied meanwhile changes nothing of the copy:
  // what it changes is kept until the copy has it. What the parts refer to is there until the next
  // call of anything that is not const. False: these were the last. REQUIRES: copying().
  bool NextParts(size_t bytes, std::vector<StatePart>* parts);
  // Ends the copy before its last part. REQUIRES: copying().
  void AbandonCopy();
  bool copying() const { return copying_; }

 private:
  friend class StateBuilder;

  void CheckBase() const;
  StateHead Head() const;
  Outcome Settle(LogIndex index, const Command& command, Verdict verdict);

  Result Execute(LogIndex index, const Command& command);
  Result Execute(const Write& write);
  Result Execute(const Cas& cas);
  Result Execute(const Delete& deletion);
  Result Execute(const Txn& txn);

  // Does `op`, which is known to be possible; a read gets what it reads.
  void ExecuteOp(TxnOp* op);

  const StateMachine* base_ = nullptr;
  LogIndex base_applied_ = 0;  // base's last_applied_: what it must stay
  Data data_;
  Writers writers_;
  History history_;
  Limits limits_;
  LogIndex last_applied_ = 0;

  bool copying_ = false;
  std::optional<StateHead> head_to_copy_;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_STATE_MACHINE_H_
