// From records back to what the node remembered.
#ifndef TIDEMARK_NODE_STORAGE_RECOVERY_H_
#define TIDEMARK_NODE_STORAGE_RECOVERY_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::storage {

// Errors are DataLoss: no node writes this after what came before it, which means that something is
// missing or was changed. They say why.
class Recovery {
 public:
  // A segment begins when the log's last position (of an entry, or its base) is `before`. The first
  // one begins the log there.
  absl::Status BeginSegment(const raft::LogPosition& before);
  // Records in the order in which they were appended.
  absl::Status Add(const server::Record& record);

  struct Result {
    server::Recovered recovered;  // without the snapshot's state
    // The log does not lead on from the snapshot, and is empty now; whoever appends to it has to
    // record that first.
    bool reset = false;
  };
  // What it comes to, beside the snapshot that is on disk. Once.
  absl::StatusOr<Result> Finish(const std::optional<raft::Snapshot>& snapshot);

  // Of the log as it is on disk: the last entry, or its base.
  raft::LogPosition last() const;
  const raft::HardState& hard_state() const { return recovered_.hard_state; }
  const server::WriterNumber& writer_number() const { return recovered_.writer_number; }

 private:
  absl::Status AddRecord(const raft::HardState& hard_state);
  absl::Status AddRecord(const raft::EntryRef& entry);
  absl::Status AddRecord(const server::WriterNumber& number);
  absl::Status AddRecord(const raft::LogBase& base);
  absl::Status AddRecord(const server::Quarantine& quarantine);
  absl::Status AddRecord(const raft::Rebirth& rebirth);
  // The term at an index that the log knows; nullopt: it does not.
  std::optional<raft::Term> TermAt(raft::Index index) const;

  server::Recovered recovered_;
  bool begun_ = false;
  // Entries behind the base were replaced from before it on: its term is not known.
  bool base_term_known_ = true;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_RECOVERY_H_
