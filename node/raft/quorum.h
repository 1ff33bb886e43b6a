// The arithmetic of majorities, apart from everything that happens to use it.
#ifndef TIDEMARK_NODE_RAFT_QUORUM_H_
#define TIDEMARK_NODE_RAFT_QUORUM_H_

#include <algorithm>
#include <cstddef>
#include <functional>

#include "absl/container/inlined_vector.h"
#include "node/base/assert.h"

namespace tidemark::raft {

// What each member has reached: one value a member, the lowest for those who were not heard.
template <typename T>
using Reached = absl::InlinedVector<T, 8>;

// The greatest value that at least `quorum` of the members have reached.
template <typename T>
T ReachedByQuorum(Reached<T> reached, size_t quorum) {
  TM_ASSERT(quorum > 0);
  TM_ASSERT(quorum <= reached.size());
  auto nth = reached.begin() + static_cast<std::ptrdiff_t>(quorum - 1);
  std::nth_element(reached.begin(), nth, reached.end(), std::greater<T>());
  return *nth;
}

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_QUORUM_H_
