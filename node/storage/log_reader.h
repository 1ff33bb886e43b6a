// Reads the framed records of a log file and finds where they end: at a torn tail, or in damage.
// README.md has the rules.
#ifndef TIDEMARK_NODE_STORAGE_LOG_READER_H_
#define TIDEMARK_NODE_STORAGE_LOG_READER_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/storage/window.h"

namespace tidemark::storage {

class LogReader {
 public:
  // Nothing: here the records end, and what the file has from position() on is a torn tail.
  using Payload = std::optional<std::string_view>;

  // Records begin at `position`. The file is read through `window`, which must outlive the reader.
  LogReader(Window* window, uint64_t position) : window_(window), next_(position) {}

  // The next record's payload, valid until the next call. Errors: DataLoss for damage at position()
  // (says what, not where), and the system's own. After an end or an error: not to be called again.
  absl::StatusOr<Payload> Next();

  // Where the record that Next was last called for stands, or would.
  uint64_t position() const { return position_; }

 private:
  // What is to be made of a record that is not whole. `bytes` are what the file has of it,
  // `complete` whether that is all.
  absl::StatusOr<Payload> TornOrDamaged(std::string_view bytes, bool complete, const char* what);
  // Whether a later record was written when all up to and over position() had been synced.
  absl::StatusOr<bool> LaterRecordProves();
  absl::StatusOr<bool> Proves(uint64_t candidate);

  Window* window_;
  uint64_t position_ = 0;
  uint64_t next_;
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_LOG_READER_H_
