// A segment of the log: a file of fixed size that begins with a header. README.md has the layout.
#ifndef TIDEMARK_NODE_STORAGE_SEGMENT_H_
#define TIDEMARK_NODE_STORAGE_SEGMENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/raft/types.h"

namespace tidemark::storage {

inline constexpr size_t kSegmentHeaderBytes = 96;
// At a segment's end: zeros until another one follows it.
inline constexpr size_t kSegmentTrailerBytes = 16;
// Sizes of segments are multiples of this.
inline constexpr uint64_t kBlockBytes = 4096;

struct SegmentHeader {
  uint64_t number = 0;
  uint64_t start = 0;         // position of the header: all segments' sizes before it, summed
  uint64_t size = 0;          // of the file
  uint64_t previous_end = 0;  // where the records of the segment before it end
  uint64_t named_end = 0;     // up to here it was on disk before it was given its name
  raft::LogPosition before;   // the last entry, or the log's base, when it began
  raft::Incarnation incarnation;
  raft::ClusterId cluster;  // of the log, when it began; zero: none yet
  // In the file: records lie before this, the trailer from here on.
  uint64_t TrailerAt() const { return size - kSegmentTrailerBytes; }
  bool operator==(const SegmentHeader&) const = default;
};

std::string EncodeSegmentHeader(const SegmentHeader& header);
// Errors: FailedPrecondition (whole, but of another format), DataLoss. They name what, not where.
absl::StatusOr<SegmentHeader> DecodeSegmentHeader(std::string_view bytes);

// What stands at the end of that segment once the next one has its name, and before anything in
// that one is acknowledged: so the newest segments cannot go missing unseen.
std::string EncodeTrailer(const SegmentHeader& header);
// Whether the trailer says that another segment follows. DataLoss: it was changed; says what, not
// where.
absl::StatusOr<bool> DecodeTrailer(const SegmentHeader& header, std::string_view trailer);

// "log-0000000000000001", and back.
std::string SegmentName(uint64_t number);
std::optional<uint64_t> SegmentNumber(std::string_view name);

// What is said of a file that has been changed since it was written.
absl::Status Damaged(const std::string& path, uint64_t offset, std::string_view what);

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SEGMENT_H_
