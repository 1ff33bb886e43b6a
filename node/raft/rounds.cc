#include "node/raft/rounds.h"

#include "node/base/assert.h"

namespace tidemark::raft {

void Rounds::Begin(Time now) {
  TM_ASSERT(begun_.empty() || begun_.back().at <= now);
  ++last_;
  while (!begun_.empty() && begun_.front().at + keep_ < now) begun_.pop_front();
  if (begun_.empty() || begun_.back().at + grain_ <= now) begun_.push_back({last_, now});
}

std::optional<Time> Rounds::BegunAt(uint64_t round) const {
  if (round > last_) return std::nullopt;
  for (auto it = begun_.rbegin(); it != begun_.rend(); ++it) {
    if (it->first <= round) return it->at;
  }
  return std::nullopt;
}

void Rounds::AddTo(Time now, Digest* digest) const {
  digest->Add(last_);
  for (const auto& [first, at] : begun_) {
    if (at + keep_ < now) continue;  // proves nothing, and goes when the next begins
    digest->Add(first).Add(static_cast<uint64_t>((now - at).us));
  }
}

}  // namespace tidemark::raft
