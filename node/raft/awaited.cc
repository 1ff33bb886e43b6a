#include "node/raft/awaited.h"

#include "node/base/assert.h"

namespace tidemark::raft {
namespace {

constexpr Duration kFirstWord = Duration::Millis(1'000);
constexpr Duration kNextWord = Duration::Millis(60'000);

}  // namespace

void Awaited::Begin(Time now, std::vector<NodeId> others) {
  if (next_word_ != Time::Never()) return;
  next_word_ = now + kFirstWord;
  silent_ = {others.begin(), others.end()};
  TM_ASSERT(silent_.size() == others.size());
}

void Awaited::Answered(const NodeId& node, bool agrees) {
  silent_.erase(node);
  if (agrees) {
    refusing_.erase(node);
  } else {
    refusing_.insert(node);
  }
}

bool Awaited::IsToBeTold(Time now) {
  if (now < next_word_) return false;
  next_word_ = now + kNextWord;
  return true;
}

}  // namespace tidemark::raft
