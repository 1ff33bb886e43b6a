// What the played peers have: one log, which all of them share, and the state that it comes to.
#ifndef TIDEMARK_HARNESS_FUZZ_PEERS_PEERS_LOG_H_
#define TIDEMARK_HARNESS_FUZZ_PEERS_PEERS_LOG_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/kv/state_machine.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace tidemark::fuzz {

class PeersLog {
 public:
  struct File {
    raft::Snapshot snapshot;
    std::string bytes;
  };
  struct Done {
    raft::Index index;
    std::optional<kv::Applied> applied;  // of a command
  };

  PeersLog() : machine_(std::make_unique<kv::StateMachine>()) {}

  bool empty() const { return last().index == raft::Index(); }
  raft::LogPosition base() const { return base_; }
  raft::LogPosition last() const { return entries_.empty() ? base_ : entries_.back()->at; }
  raft::Index committed() const { return committed_; }
  const raft::Configuration& configuration() const { return configuration_; }
  uint64_t Hash() const { return machine_->Hash(); }

  // Zero: nothing is known of that place.
  raft::Term TermAt(raft::Index index) const;
  // The entries behind `prev`, so many at most.
  std::vector<raft::EntryRef> Behind(raft::Index prev, size_t count) const;
  // In place of what stood there. False: it does not fit, or contradicts what is committed.
  bool Append(const raft::EntryRef& entry);
  // What is committed anew, with what came of it.
  std::vector<Done> Commit(raft::Index index);
  // Only `keep` of the committed entries stay.
  void Trim(size_t keep);
  // A snapshot of what is committed.
  File Snapshot() const;

 private:
  std::optional<kv::Applied> Apply(const raft::Entry& entry);

  raft::LogPosition base_;
  std::deque<raft::EntryRef> entries_;  // behind base_
  raft::Index committed_;
  raft::LogPosition applied_;
  raft::Configuration configuration_;
  std::unique_ptr<kv::StateMachine> machine_;
};

}  // namespace tidemark::fuzz

#endif  // TIDEMARK_HARNESS_FUZZ_PEERS_PEERS_LOG_H_
