// Integers that must not be mixed up: a Term is not an Index although both count.
#ifndef TIDEMARK_NODE_BASE_STRONG_H_
#define TIDEMARK_NODE_BASE_STRONG_H_

#include <compare>
#include <cstdint>
#include <utility>

namespace tidemark {

// An integer of type Rep with an identity of its own. Zero is the default and, for each use, means
// "none" or "before the first".
template <typename Tag, typename Rep = uint64_t>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }
  constexpr explicit operator bool() const { return value_ != 0; }

  constexpr Strong Next() const { return Strong(value_ + 1); }
  constexpr Strong Prev() const { return Strong(value_ - 1); }
  constexpr Strong Plus(Rep n) const { return Strong(value_ + n); }

  constexpr auto operator<=>(const Strong&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const Strong& s) {
    return H::combine(std::move(h), s.value_);
  }

 private:
  Rep value_ = 0;
};

}  // namespace tidemark

#endif  // TIDEMARK_NODE_BASE_STRONG_H_
