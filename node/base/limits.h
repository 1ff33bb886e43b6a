// What a cluster takes, in bytes: its own, the same at every node, since what one replica refuses
// where a command is applied all must refuse. They stand in each configuration.
#ifndef TIDEMARK_NODE_BASE_LIMITS_H_
#define TIDEMARK_NODE_BASE_LIMITS_H_

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace tidemark {

enum class Limit { kLine, kKey, kValue, kAnswer };

// As flags, messages and errors call it.
constexpr std::string_view NameOf(Limit limit) {
  switch (limit) {
    case Limit::kLine:
      return "max_line_bytes";
    case Limit::kKey:
      return "max_key_bytes";
    case Limit::kValue:
      return "max_value_bytes";
    case Limit::kAnswer:
      return "max_answer_bytes";
  }
  return "";
}

struct Limits {
  uint64_t line = uint64_t{1} << 20;   // the longest message of a client
  uint64_t key = uint64_t{1} << 20;    // the largest key, as canonical text
  uint64_t value = uint64_t{1} << 20;  // the largest value, and so the longest list
  uint64_t answer =
      uint64_t{2} << 20;  // the largest answer of a txn (AnswerBytesOf its operations)
  bool operator==(const Limits&) const = default;

  constexpr uint64_t Of(Limit limit) const {
    switch (limit) {
      case Limit::kLine:
        return line;
      case Limit::kKey:
        return key;
      case Limit::kValue:
        return value;
      case Limit::kAnswer:
        return answer;
    }
    return 0;
  }
};

// What no cluster's limits may exceed, or fall below. A value's length has 32 bits in memory.
inline constexpr Limits kLeastLimits{256, 16, 16, 64};
inline constexpr Limits kMostLimits{uint64_t{16} << 20, uint64_t{16} << 20, uint64_t{64} << 20,
                                    uint64_t{64} << 20};

constexpr bool Within(const Limits& limits, const Limits& least, const Limits& most) {
  for (const Limit one : {Limit::kLine, Limit::kKey, Limit::kValue, Limit::kAnswer}) {
    if (limits.Of(one) < least.Of(one) || limits.Of(one) > most.Of(one)) return false;
  }
  return true;
}
constexpr bool IsPossible(const Limits& limits) {
  return Within(limits, kLeastLimits, kMostLimits);
}

// What one operation of a txn adds to its answer: key, value and what stands around them there.
constexpr uint64_t AnswerBytesOf(uint64_t key_bytes, uint64_t value_bytes) {
  constexpr uint64_t kAround = 16;
  return key_bytes + value_bytes + kAround;
}

// The longest line that a node sends to another one in a cluster with these limits. Values are
// spaced there, which adds half at most. The rest is room for what else a message carries: entries
// up to a batch's size before the last one, a snapshot's piece, all names.
constexpr uint64_t LongestPeerLine(const Limits& limits) {
  const uint64_t longest = std::max({limits.line, limits.key, limits.value, limits.answer});
  return longest + longest / 2 + (uint64_t{1} << 20);
}

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_LIMITS_H_
