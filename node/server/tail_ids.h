// The ids of clients' writes that stand in this node's log and are not applied yet.
#ifndef TIDEMARK_NODE_SERVER_TAIL_IDS_H_
#define TIDEMARK_NODE_SERVER_TAIL_IDS_H_

#include <deque>
#include <set>
#include <utility>

#include "node/kv/command.h"
#include "node/raft/types.h"
#include "node/server/context.h"

namespace tidemark::server {

class TailIds {
 public:
  // Whether something stands there under this id, which a client brought. Looks at each entry once.
  bool Has(const Context& context, const kv::WriteName& name);

 private:
  void Refresh(const Context& context);

  raft::LogPosition seen_;
  std::deque<std::pair<raft::Index, kv::WriteName>> ids_;  // indexes rise
  std::multiset<kv::WriteName> names_;                     // the same
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_TAIL_IDS_H_
