// Time as the core sees it: a number that somebody else read from a clock, or made up.
#ifndef TIDEMARK_NODE_BASE_TIME_H_
#define TIDEMARK_NODE_BASE_TIME_H_

#include <compare>
#include <cstdint>
#include <limits>

namespace tidemark {

// A span of time, in microseconds.
struct Duration {
  int64_t us = 0;

  static constexpr Duration Millis(int64_t ms) { return Duration{ms * 1000}; }
  constexpr int64_t ToMillis() const { return us / 1000; }
  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator*(int64_t n) const { return Duration{us * n}; }
};

// A moment on one node's own clock, in microseconds since an epoch of that clock's choosing. It
// never goes backwards.
struct Time {
  int64_t us = 0;

  // Later than every moment: the deadline of one who waits for nothing.
  static constexpr Time Never() { return Time{std::numeric_limits<int64_t>::max()}; }
  constexpr auto operator<=>(const Time&) const = default;
  constexpr Time operator+(Duration d) const { return Time{us + d.us}; }
  constexpr Time operator-(Duration d) const { return Time{us - d.us}; }
  constexpr Duration operator-(Time other) const { return Duration{us - other.us}; }
};

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_TIME_H_
