// What must be true of one node at any moment, and of any two moments of it. Checked at each Take,
// in release builds too.
#ifndef TIDEMARK_NODE_RAFT_INVARIANTS_H_
#define TIDEMARK_NODE_RAFT_INVARIANTS_H_

#include "node/raft/types.h"

namespace tidemark::raft {

class Raft;

// What the next check compares with.
struct Standing {
  Term term;
  Member voted_for;
  bool leads = false;
  Index last_index;
  Index commit_index;
};

// Asserts that `raft` is possible in itself and may follow `before`; returns how it stands now.
Standing CheckInvariants(const Raft& raft, const Standing& before);

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_INVARIANTS_H_
