// Parts of a state, gathered up to a size.
#ifndef TIDEMARK_NODE_KV_SLICE_H_
#define TIDEMARK_NODE_KV_SLICE_H_

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "node/kv/state_part.h"

namespace tidemark::kv {

class Slice {
 public:
  // Parts are added to `parts` until they have `bytes` bytes; one, if that is nothing.
  Slice(size_t bytes, std::vector<StatePart>* parts)
      : left_(bytes > 0 ? bytes : 1), parts_(parts) {}

  bool full() const { return left_ == 0; }
  // `bytes`: about what the part takes. The last part may be too large for what is left.
  void Add(StatePart part, size_t bytes) {
    left_ -= std::min(bytes, left_);
    parts_->push_back(std::move(part));
  }

 private:
  size_t left_;
  std::vector<StatePart>* parts_;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_SLICE_H_
