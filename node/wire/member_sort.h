// The members of a large object, sorted by key: of a line of a few MiB there may be hundreds of
// thousands, and whoever sent it chose them.
#ifndef TIDEMARK_NODE_WIRE_MEMBER_SORT_H_
#define TIDEMARK_NODE_WIRE_MEMBER_SORT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace tidemark::wire {

class JsonView;

// To be kept: it keeps its memory for the next object.
class MemberSort {
 public:
  // Where keys and values, which stand at `members` in turn, stand in order.
  const JsonView* Sort(const JsonView* members, size_t count);

 private:
  struct Key {
    uint64_t piece;  // eight bytes of it, as a number that compares as they do
    uint32_t index;
  };

  bool Before(const Key& a, const Key& b) const;
  void TakePieces(absl::Span<Key> keys, size_t offset) const;
  void SortByComparing(absl::Span<Key> keys);
  void SortRange(absl::Span<Key> keys, size_t offset);
  void SortAlike(absl::Span<Key> keys, size_t offset);
  void SortByPiece(absl::Span<Key> keys);

  const JsonView* members_ = nullptr;
  std::vector<Key> keys_;
  std::vector<Key> half_sorted_;
  std::vector<JsonView> sorted_;
};

}  // namespace tidemark::wire

#endif  // TIDEMARK_NODE_WIRE_MEMBER_SORT_H_
