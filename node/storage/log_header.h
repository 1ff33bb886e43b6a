// The beginning of the log file: whose memory it is.
#ifndef TIDEMARK_NODE_STORAGE_LOG_HEADER_H_
#define TIDEMARK_NODE_STORAGE_LOG_HEADER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/raft/types.h"

namespace tidemark::storage {

inline constexpr size_t kMaxNodeIdBytes = 4096;
// As many bytes as a header can have.
inline constexpr size_t kMaxLogHeaderBytes = 32 + kMaxNodeIdBytes;

std::string EncodeLogHeader(const raft::Member& owner);

struct LogHeader {
  raft::Member owner;
  size_t bytes = 0;  // the header's length
};

// `bytes` are the file's first, up to kMaxLogHeaderBytes of them. Errors: FailedPrecondition
// (whole, but of another format), DataLoss (damaged). They name what, and not the file.
absl::StatusOr<LogHeader> DecodeLogHeader(std::string_view bytes);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_LOG_HEADER_H_
