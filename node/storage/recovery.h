// From records back to what the node remembered.
#ifndef TIDEMARK_NODE_STORAGE_RECOVERY_H_
#define TIDEMARK_NODE_STORAGE_RECOVERY_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::storage {

// Errors are DataLoss: no node writes this after what came before it, which means that something is
// missing or was changed. They say why.
class Recovery {
 public:
  // A segment begins when the log's last position (of an entry, or its base) is `before`, and it
  // belongs to `cluster` (zero: to none yet). The first one begins the log there.
  absl::Status BeginSegment(const raft::LogPosition& before, raft::ClusterId cluster);
  // Records in the order in which they were appended.
  absl::Status Add(const server::Record& record);

  struct Result {
    server::Recovered recovered;  // without the snapshot's state
    // The log does not lead on from the snapshot, and is empty now; whoever appends to it has to
    // record that first.
    bool reset = false;
    // To which cluster all of this belongs; zero: none yet. And those that it has taken the place
    // of, as far as the log still names them.
    raft::ClusterId cluster;
    std::vector<raft::ClusterId> predecessors;
  };
  // What it comes to, beside the snapshot that is on disk. Once. A snapshot without a cluster may
  // be of any.
  absl::StatusOr<Result> Finish(const std::optional<raft::Snapshot>& snapshot);

  // Of the log as it is on disk: the last entry, or its base.
  raft::LogPosition last() const;
  const raft::HardState& hard_state() const { return recovered_.hard_state; }
  const server::WriterNumber& writer_number() const { return recovered_.writer_number; }
  // The last hint's.
  raft::Index noted_commit() const { return recovered_.committed; }
  // To which cluster the log belongs at its end; zero: none yet.
  raft::ClusterId cluster() const;

 private:
  absl::Status AddRecord(const raft::HardState& hard_state);
  absl::Status AddRecord(const raft::EntryRef& entry);
  absl::Status AddRecord(const server::WriterNumber& number);
  absl::Status AddRecord(const raft::LogBase& base);
  absl::Status AddRecord(const server::Quarantine& quarantine);
  absl::Status AddRecord(const raft::Rebirth& rebirth);
  absl::Status AddRecord(const server::CommitHint& hint);
  // To which cluster the log belongs at `index`, as far as it says so; zero: it does not.
  raft::ClusterId ClusterAt(raft::Index index) const;
  absl::Status CheckPredecessor(const raft::LogPosition& at,
                                const raft::Predecessor& predecessor) const;
  absl::Status CheckCluster(const raft::Snapshot& snapshot) const;
  absl::Status AddRecord(const server::GoneBack& gone_back);
  // The term at an index that the log knows; nullopt: it does not.
  std::optional<raft::Term> TermAt(raft::Index index) const;

  server::Recovered recovered_;
  bool begun_ = false;
  // Entries behind the base were replaced from before it on: its term is not known.
  bool base_term_known_ = true;
  raft::ClusterId base_cluster_;  // of the log at its base
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_RECOVERY_H_
