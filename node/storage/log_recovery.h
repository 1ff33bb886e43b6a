// Reads a log from its segments, and changes nothing.
#ifndef TIDEMARK_NODE_STORAGE_LOG_RECOVERY_H_
#define TIDEMARK_NODE_STORAGE_LOG_RECOVERY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/storage/file_system.h"
#include "node/storage/recovery.h"
#include "node/storage/segment.h"

namespace tidemark::storage {

struct FoundSegment {
  SegmentHeader header;
  raft::Index greatest;  // of the entries that are in it and may be needed
};

struct FoundLog {
  std::vector<FoundSegment> segments;  // in order, at least one; the last one goes on
  std::vector<std::string> obsolete;   // names of files that came before and are not needed
  // In the last segment's file: where its records end, and where the last byte of records ends that
  // is not zero.
  uint64_t end = 0;
  uint64_t remains_end = 0;
  // The one before it does not say yet that it follows.
  bool unannounced = false;
  // What the records come to, without a snapshot's help, and with it.
  raft::LogPosition last;
  raft::Index noted_commit;
  Recovery::Result result;
};

// Told of each record, in order, with its file and place.
using RecordVisit =
    std::function<void(const std::string& path, uint64_t offset, const server::Record& record)>;

// Errors: DataLoss (names file and offset), FailedPrecondition (another format), and the system's.
absl::StatusOr<FoundLog> ReadLog(FileSystem* file_system, const std::string& node_dir,
                                 raft::Incarnation incarnation,
                                 const std::optional<raft::Snapshot>& snapshot,
                                 const RecordVisit& visit = nullptr);

// Numbers of the segments in the directory, sorted.
absl::StatusOr<std::vector<uint64_t>> ListSegments(FileSystem* file_system,
                                                   const std::string& node_dir);

// Whether the file is, or may have been, a segment with at least one record.
absl::StatusOr<bool> HasRecords(FileSystem* file_system, const std::string& path);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_LOG_RECOVERY_H_
