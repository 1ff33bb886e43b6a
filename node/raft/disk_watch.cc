#include "node/raft/disk_watch.h"

#include <algorithm>

#include "node/base/assert.h"

namespace tidemark::raft {
namespace {

// In election time-outs. A disk that flushes a large cache takes a second now and then, and an
// election costs one time-out.
constexpr int64_t kPatience = 3;
constexpr int64_t kMostPatience = 10;

}  // namespace

void DiskWatch::Note(Time now, Index last, Index durable, Index others) {
  TM_ASSERT(durable <= last);
  if (watched_ <= durable) {
    *this = DiskWatch();
    if (durable == last) return;
    watched_ = last;
    since_ = now;
  }
  if (others < watched_) {
    others_have_ = Time::Never();
  } else {
    others_have_ = std::min(others_have_, now);
  }
}

bool DiskWatch::Hangs(Time now, Duration election_timeout) const {
  if (others_have_ == Time::Never()) return false;
  TM_ASSERT(others_have_ >= since_);
  return now - others_have_ >= std::clamp(others_have_ - since_, election_timeout * kPatience,
                                          election_timeout * kMostPatience);
}

void DiskWatch::AddTo(Time now, Digest* digest) const {
  digest->Add(watched_);
  if (!watched_) return;
  const bool others_have = others_have_ != Time::Never();
  digest->Add(static_cast<uint64_t>((now - since_).us)).Add(uint64_t{others_have});
  if (others_have) digest->Add(static_cast<uint64_t>((now - others_have_).us));
}

}  // namespace tidemark::raft
