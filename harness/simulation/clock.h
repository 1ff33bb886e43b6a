// A machine's own clock: runs too fast or too slow, jumps ahead, never back (a monotonic clock does
// not).
#ifndef TIDEMARK_HARNESS_SIMULATION_CLOCK_H_
#define TIDEMARK_HARNESS_SIMULATION_CLOCK_H_

#include <cstdint>

#include "node/base/time.h"

namespace tidemark::simulation {

class Clock {
 public:
  // What the clock shows at the true time `now_us`.
  Time Read(int64_t now_us) const {
    if (rate_permille_ == 1000) return Time{shown_us_ + now_us - since_us_};
    return Time{shown_us_ + (now_us - since_us_) * rate_permille_ / 1000};
  }
  // The first moment at which it shows `time` or more.
  int64_t WhenItShows(Time time) const {
    const int64_t left = time.us - shown_us_;
    if (left <= 0) return since_us_;
    if (rate_permille_ == 1000) return since_us_ + left;
    return since_us_ + (left * 1000 + rate_permille_ - 1) / rate_permille_;
  }
  void SetRate(int64_t now_us, int64_t rate_permille) {
    shown_us_ = Read(now_us).us;
    since_us_ = now_us;
    rate_permille_ = rate_permille;
  }
  void Jump(int64_t now_us, Duration ahead) {
    shown_us_ = Read(now_us).us + ahead.us;
    since_us_ = now_us;
  }

 private:
  int64_t since_us_ = 0;
  int64_t shown_us_ = 0;
  int64_t rate_permille_ = 1000;
};

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_CLOCK_H_
