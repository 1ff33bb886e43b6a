// A state's parts as bytes, for snapshots. Each part is its kind (one byte), the length of what
// follows (four), and its fields as binary.h has them.
#ifndef TIDEMARK_NODE_WIRE_STATE_CODEC_H_
#define TIDEMARK_NODE_WIRE_STATE_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "node/kv/state_part.h"

namespace tidemark::wire {

// The part's bytes are appended to `out`.
void AppendStatePart(const kv::StatePart& part, std::string* out);

// Takes a state's bytes in any pieces, and hands on each part as soon as all of it is there. The
// bytes come from outside: memory is taken as they arrive, not as they announce.
class StateReader {
 public:
  // What a part's views refer to is there until `take` returns. An error of `take` ends the
  // reading.
  using Take = std::function<absl::Status(const kv::StatePart&)>;

  explicit StateReader(Take take) : take_(std::move(take)) {}

  // Errors: DataLoss, naming the field and the offset (in all that was fed), those of `take`
  // included; after one, every call gives it again.
  absl::Status Feed(std::string_view bytes);
  // Nothing follows. DataLoss, where a part has begun and is not whole. Whether the state is whole
  // is for kv::StateBuilder to say.
  absl::Status Finish();

 private:
  // Hands on the whole parts that `bytes` begins with. Returns how many bytes those were.
  size_t TakeWhole(std::string_view bytes);
  void TakePart(std::string_view part);
  // Adds to `begun_` what it lacks, and hands the part on if that was all.
  void Complete(std::string_view* bytes);

  Take take_;
  std::string begun_;    // of a part that is not whole
  uint64_t offset_ = 0;  // of the first byte that has not been handed on
  absl::Status status_;
};

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_STATE_CODEC_H_
