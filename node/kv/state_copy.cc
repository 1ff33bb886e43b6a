// The copy that is made of a state machine while it goes on.
#include <utility>

#include "node/base/assert.h"
#include "node/kv/slice.h"
#include "node/kv/state_machine.h"

namespace tidemark::kv {
namespace {

// About what the head takes, which may be as long as there were terms.
size_t HeadBytes(const StateHead& head) { return 64 + head.terms.size() * sizeof(TermRun); }

}  // namespace

void StateMachine::BeginCopy() {
  TM_ASSERT(base_ == nullptr);
  TM_ASSERT(!copying_);
  copying_ = true;
  head_to_copy_ = Head();
  writers_.BeginCopy(last_applied_);
  data_.BeginCopy();
}

bool StateMachine::NextParts(size_t bytes, std::vector<StatePart>* parts) {
  TM_ASSERT(copying_);
  parts->clear();
  Slice slice(bytes, parts);
  if (head_to_copy_.has_value()) {
    const size_t head_bytes = HeadBytes(*head_to_copy_);
    slice.Add(*std::exchange(head_to_copy_, std::nullopt), head_bytes);
  }
  if (!writers_.NextParts(&slice) || !data_.NextParts(&slice)) return true;
  AbandonCopy();
  return false;
}

void StateMachine::AbandonCopy() {
  TM_ASSERT(copying_);
  copying_ = false;
  head_to_copy_.reset();
  writers_.EndCopy();
  data_.EndCopy();
}

StateHead StateMachine::Head() const {
  StateHead head;
  head.last_applied = last_applied_;
  head.cluster = history_.cluster();
  head.limits = limits_;
  head.terms = history_.terms();
  head.writers = writers_.nodes().size() + writers_.clients().size();
  head.outcomes = writers_.nodes().outcomes() + writers_.clients().outcomes();
  head.keys = data_.size();
  head.hash = Hash();
  return head;
}

}  // namespace tidemark::kv
