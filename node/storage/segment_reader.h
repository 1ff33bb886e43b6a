// Reads the records of one segment and finds where they end: at a torn tail, or in damage.
// README.md has the rules.
#ifndef TIDEMARK_NODE_STORAGE_SEGMENT_READER_H_
#define TIDEMARK_NODE_STORAGE_SEGMENT_READER_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/storage/segment.h"

namespace tidemark::storage {

class SegmentReader {
 public:
  // Nothing: here the records end.
  using Payload = std::optional<std::string_view>;

  // `bytes`: all header.size of them, header and trailer included. They must outlive the reader.
  // `known_end`: where the records end (a position), if another segment follows and says so;
  // without it a torn tail is possible.
  SegmentReader(std::string_view bytes, const SegmentHeader& header,
                std::optional<uint64_t> known_end);

  // The next record's payload. DataLoss: damage at offset() (says what, not where). After an end or
  // an error: not to be called again.
  absl::StatusOr<Payload> Next();

  // In the file: of the record, or the damage, that Next came upon.
  uint64_t offset() const { return offset_; }
  // In the file: where the last whole record ends.
  uint64_t end() const { return end_; }
  // In the file: where the last byte that is not zero ends; what is between end() and here is a
  // torn tail. Once the end has been found.
  uint64_t remains_end() const;

 private:
  absl::Status DamageAt(uint64_t offset, const char* what);
  // Nothing whole stands behind end_: that is the end, if it can be.
  absl::StatusOr<Payload> End(const char* what);
  bool MayBeUnwritten(uint64_t from, uint64_t to) const;
  // Whether a later record was written when more than what is whole here had been synced.
  bool LaterRecordProves() const;
  bool OneProvesIn(uint64_t from, uint64_t to) const;
  bool Proves(uint64_t candidate) const;
  // A sector with a single bit: no write leaves such a one.
  std::optional<uint64_t> FlippedFill() const;

  std::string_view bytes_;  // without the trailer
  uint64_t start_;
  uint64_t named_end_;
  std::optional<uint64_t> known_end_;
  uint64_t offset_ = 0;
  uint64_t end_ = kSegmentHeaderBytes;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_SEGMENT_READER_H_
