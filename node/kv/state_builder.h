// A state machine from a state's parts (state_part.h), as NextParts of another one gave them. They
// come from outside: what cannot be a state is an error.
#ifndef TIDEMARK_NODE_KV_STATE_BUILDER_H_
#define TIDEMARK_NODE_KV_STATE_BUILDER_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"
#include "node/kv/state_part.h"
#include "node/kv/writers.h"

namespace tidemark::kv {

class StateBuilder {
 public:
  // `limits`: those of the machine that gave the parts.
  explicit StateBuilder(WriterLimits limits = {});

  // The parts come in their order. Errors: InvalidArgument, saying what about the part cannot be;
  // then the builder is of no more use.
  absl::Status Add(const StatePart& part);

  // All parts have come. The machine is what the original was: equal commands give equal results
  // and equal hashes for ever after. InvalidArgument: parts are missing, or they do not come to the
  // hash that their head promises. To be called once.
  absl::StatusOr<std::shared_ptr<StateMachine>> Finish();

 private:
  absl::Status Take(const StateHead& head);
  absl::Status Take(const WriterPart& writer);
  absl::Status Take(const OutcomePart& outcome);
  absl::Status Take(const KeyPart& key);
  absl::Status TakeTerms(const StateHead& head);
  // What keeps it from being the next part, or nullptr.
  const char* Problem(const WriterPart& writer) const;
  const char* Problem(const OutcomePart& part) const;

  std::shared_ptr<StateMachine> machine_;
  std::optional<StateHead> head_;
  // How many have come.
  uint64_t writers_ = 0;
  uint64_t outcomes_ = 0;
  bool keys_begun_ = false;
  std::optional<WriterPart> writer_;  // the last
  std::optional<uint64_t> seq_;       // of its last outcome: all up to there is settled
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_STATE_BUILDER_H_
