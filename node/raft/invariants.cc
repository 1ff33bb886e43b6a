#include "node/raft/invariants.h"

#include "node/base/assert.h"
#include "node/raft/progress.h"
#include "node/raft/raft.h"

namespace tidemark::raft {
namespace {

void CheckState(const Raft& raft) {
  TM_ASSERT(raft.commit_index() <= raft.log().last_index());
  TM_ASSERT(raft.durable_index() <= raft.log().last_index());
  TM_ASSERT(raft.log().last().term <= raft.term());
  // What the log does not have any more, a snapshot has (§7).
  const Index in_snapshot = raft.snapshot() ? raft.snapshot()->last_included.index : Index();
  TM_ASSERT(raft.log().base().index <= in_snapshot);
  TM_ASSERT(in_snapshot <= raft.commit_index());
}

void CheckLeader(const Raft& raft) {
  // A leader voted for itself in its term, or it would have let another be elected (§5.2).
  TM_ASSERT(raft.hard_state().voted_for == raft.self());
  TM_ASSERT(raft.log().last().term == raft.term());
  for (const Progress& peer : raft.peers()) {
    TM_ASSERT(peer.match_index() < peer.next_index());
    TM_ASSERT(peer.next_index() <= raft.log().last_index().Next());
    TM_ASSERT(peer.transfer() == nullptr || peer.match_index() < raft.log().base().index);
  }
}

void CheckTransition(const Raft& raft, const Standing& before) {
  TM_ASSERT(raft.term() >= before.term);
  TM_ASSERT(raft.commit_index() >= before.commit_index);
  if (raft.term() != before.term) return;
  // One vote a term (§5.2).
  TM_ASSERT(before.voted_for.id.empty() || raft.hard_state().voted_for == before.voted_for);
  // Leader Append-Only (figure 3).
  if (before.leads && raft.leads()) TM_ASSERT(raft.log().last_index() >= before.last_index);
}

}  // namespace

Standing CheckInvariants(const Raft& raft, const Standing& before) {
  CheckState(raft);
  if (raft.leads()) CheckLeader(raft);
  CheckTransition(raft, before);
  return Standing{raft.term(), raft.hard_state().voted_for, raft.leads(), raft.log().last_index(),
                  raft.commit_index()};
}

}  // namespace tidemark::raft
