// The replicated state machine: commands in, results out, nothing else. Equal commands in equal
// order give equal states and equal results on every node.
#ifndef TIDEMARK_NODE_KV_STATE_MACHINE_H_
#define TIDEMARK_NODE_KV_STATE_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "node/kv/command.h"
#include "node/kv/history.h"
#include "node/kv/value.h"
#include "node/kv/writers.h"

namespace tidemark::kv {

class StateMachine {
 public:
  explicit StateMachine(WriterLimits limits = {}) : writers_(limits) {}
  // A machine that goes on where `base` stands, and leaves it as it is: what both hold is base's,
  // what is changed here is this one's (copy on write). Equal commands give equal results, and an
  // equal Hash, in both. `base` outlives it and does not change as long as this one is used.
  explicit StateMachine(const StateMachine* base);

  // Executes what stands at `index`. Indexes rise from call to call. A command whose id has an
  // outcome already is answered with that one and changes nothing (dissertation §6.3). Then its
  // session is judged, by what stands before `index`.
  Applied Apply(LogIndex index, const Command& command);
  // The entry at `index` begins `term`; a configuration of `cluster` stands at `index`.
  void BeginTerm(LogIndex index, uint64_t term, uint32_t stamp);
  void SetCluster(LogIndex index, uint32_t cluster);

  // The value of `key` (canonical text), or nullptr. Valid until the next Apply.
  const std::string* Get(std::string_view key) const;

  size_t size() const { return data_.size(); }
  const Writers& writers() const { return writers_; }
  const History& history() const { return history_; }

  // A hash of everything that later results can depend on; equal on equal states, in every process.
  // Kept up by Apply: O(writers) here.
  uint64_t Hash() const;

 private:
  Result Execute(const Write& write);
  Result Execute(const Cas& cas);
  Result Execute(const Delete& deletion);
  Result Execute(const Txn& txn);
  // Never called: an opening has an index and no id, so Apply handles it by itself.
  Result Execute(const OpenWriter& opening);

  // The key of the first append of `txn` that meets something else than a list, or nullptr.
  const std::string* FirstImpossibleAppend(const Txn& txn) const;
  // Does `op`, which is known to be possible; a read gets what it reads.
  void ExecuteOp(TxnOp* op);

  void Put(const std::string& key, std::string_view text);
  void AppendTo(const std::string& key, std::string_view element);

  absl::flat_hash_map<std::string, Value> data_;
  uint64_t data_hash_ = 0;  // the sum of the values' hashes: any order gives the same
  Writers writers_;
  LogIndex last_applied_ = 0;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_STATE_MACHINE_H_
