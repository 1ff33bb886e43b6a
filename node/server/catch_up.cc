#include "node/server/catch_up.h"

#include <algorithm>

namespace tidemark::server {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kWeight = 8;

int64_t Smoothed(int64_t before, int64_t sample) { return before + (sample - before) / kWeight; }

}  // namespace

void CatchUp::RoundTrip(Duration took) {
  round_trip_ = Duration{round_trip_ ? Smoothed(round_trip_->us, took.us) : took.us};
}

void CatchUp::Told(raft::Index committed) { told_ = std::max(told_, committed); }

void CatchUp::Advanced(Time now, raft::Index applied) {
  if (behind_since_ && now > behind_since_->at) {
    const int64_t entries = static_cast<int64_t>(applied.value() - behind_since_->applied.value());
    const int64_t sample = entries * kSecondUs / (now - behind_since_->at).us;
    entries_per_second_ =
        std::max<int64_t>(1, entries_per_second_ ? Smoothed(*entries_per_second_, sample) : sample);
  }
  const bool moment_counts = !behind_since_ || now > behind_since_->at;
  if (applied >= told_) {
    behind_since_.reset();
  } else if (moment_counts) {
    behind_since_ = Mark{now, applied};
  }
}

Prospect CatchUp::Predict(raft::Index applied, raft::Index need) const {
  Prospect prospect;
  if (!round_trip_) return prospect;
  prospect.redirect = round_trip_;
  prospect.wait = Duration{round_trip_->us / 2};
  if (entries_per_second_) {
    // The first of them is what comes after half a round trip.
    const uint64_t missing = need.value() - applied.value() - 1;
    const auto most = static_cast<uint64_t>(int64_t{1} << 40);
    const int64_t behind_it = static_cast<int64_t>(std::min(missing, most));
    prospect.wait->us += behind_it * kSecondUs / *entries_per_second_;
  }
  return prospect;
}

}  // namespace tidemark::server
