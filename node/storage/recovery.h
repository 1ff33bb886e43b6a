// From records back to what the node remembered.
#ifndef TIDEMARK_NODE_STORAGE_RECOVERY_H_
#define TIDEMARK_NODE_STORAGE_RECOVERY_H_

#include <utility>

#include "absl/status/status.h"
#include "node/raft/types.h"
#include "node/server/io.h"

namespace tidemark::storage {

class Recovery {
 public:
  // Records in the order in which they were appended. DataLoss: no node writes this record after
  // those before it, which means that some are missing or were changed; it says why.
  absl::Status Add(const server::Record& record);

  server::Recovered Take() { return std::exchange(recovered_, {}); }

 private:
  absl::Status AddRecord(const raft::HardState& hard_state);
  absl::Status AddRecord(const raft::EntryRef& entry);
  absl::Status AddRecord(const server::WriterNumber& number);
  absl::Status AddRecord(const raft::LogBase& base);

  server::Recovered recovered_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_RECOVERY_H_
