// Whom the bootstrap of a cluster still waits for: told to the operator, and otherwise without
// consequence.
#ifndef TIDEMARK_NODE_RAFT_AWAITED_H_
#define TIDEMARK_NODE_RAFT_AWAITED_H_

#include <set>
#include <vector>

#include "node/base/time.h"
#include "node/raft/types.h"

namespace tidemark::raft {

class Awaited {
 public:
  // A bootstrap is under way, or has been asked for, which needs a word of `others`. Again: changes
  // nothing.
  void Begin(Time now, std::vector<NodeId> others);
  // `node` has said yes or no.
  void Answered(const NodeId& node, bool agrees);

  // Who has said nothing, or no.
  const std::set<NodeId>& silent() const { return silent_; }
  const std::set<NodeId>& refusing() const { return refusing_; }
  // It is time to tell the operator: a second after it began, and then once a minute.
  bool IsToBeTold(Time now);

 private:
  Time next_word_ = Time::Never();  // Never: not begun
  std::set<NodeId> silent_;
  std::set<NodeId> refusing_;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_AWAITED_H_
