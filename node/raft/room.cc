#include "node/raft/room.h"

namespace tidemark::raft {

void Room::Set(uint64_t sequence, uint64_t bytes) {
  if (known_ && sequence < sequence_) return;
  known_ = true;
  sequence_ = sequence;
  bytes_ = bytes;
  Forget(sequence);
}

void Room::Use(uint64_t bytes) {
  under_way_ += bytes;
  used_ += bytes;
}

void Room::EndStep(uint64_t sequence) {
  if (under_way_ == 0) return;
  if (steps_.empty() || steps_.back().sequence != sequence) steps_.push_back({sequence, 0});
  steps_.back().bytes += under_way_;
  under_way_ = 0;
}

void Room::Persisted(uint64_t sequence) {
  if (!known_) Forget(sequence);
}

void Room::Forget(uint64_t sequence) {
  auto step = steps_.begin();
  for (; step != steps_.end() && step->sequence <= sequence; ++step) used_ -= step->bytes;
  steps_.erase(steps_.begin(), step);
}

void Room::AddTo(uint64_t persisted, Digest* digest) const {
  digest->Add(uint64_t{known_});
  if (!known_) return;
  digest->Add(sequence_ - persisted).Add(bytes_).Add(uint64_t{steps_.size()});
  for (const auto& [sequence, bytes] : steps_) digest->Add(sequence - persisted).Add(bytes);
}

}  // namespace tidemark::raft
