// The read-your-writes reads that clients asked this node for.
#ifndef TIDEMARK_NODE_SERVER_RYW_DESK_H_
#define TIDEMARK_NODE_SERVER_RYW_DESK_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "node/base/time.h"
#include "node/server/context.h"
#include "node/server/requests.h"
#include "node/server/ryw_decision.h"

namespace tidemark::server {

class RywDesk {
 public:
  void Add(Context* context, const ClientRef& from, RywReadRequest request);

  // This node's own leadership was confirmed for (or lost by) the read that raft knows as
  // `read_id`. False: it is not one of these.
  bool Confirmed(Context* context, uint64_t read_id, raft::Index committed);
  bool Lost(uint64_t read_id);
  // `leader` was asked as `number` and has served the read; has found its token to be from no
  // history of its own; or does not lead.
  void Served(Context* context, uint64_t number, const raft::NodeId& leader,
              const ReadServed& served);
  void FromFutureAt(Context* context, uint64_t number, const raft::NodeId& leader,
                    raft::Index committed);
  void NotTaken(uint64_t number);
  // Role, term or leader changed: every read is judged anew.
  void LeaderChanged(Context* context);
  // applied() has risen.
  void Advanced(Context* context);
  void PassDeadlines(Context* context);

  Time deadline() const;
  size_t size() const { return pending_.size(); }

 private:
  struct Pending {
    ClientRef from;
    RywReadRequest request;
    Time arrived;
    Time wait_until;
    Time expires;
    Time asked_at;
    // What the leader, or this one, has been asked on behalf of the read and has not answered.
    enum class Asked { kNothing, kPull, kServe, kConfirm } asked = Asked::kNothing;
    Reason reason = Reason::kFollowerBehind;  // for which it was forwarded
  };
  using PendingMap = std::map<uint64_t, Pending>;

  void Judge(Context* context, PendingMap::iterator it);
  void Serve(Context* context, PendingMap::iterator it, server::Served served);
  void Confirm(Context* context, PendingMap::iterator it);
  void Pull(Context* context, PendingMap::iterator it);
  void Forward(Context* context, PendingMap::iterator it, Reason reason);
  bool MayAsk(const Context& context, const Pending& read, Pending::Asked what) const;
  void Finish(Context* context, PendingMap::iterator it, ReplyBody body);

  PendingMap pending_;  // by number, which is by arrival, which is by expiry
  std::set<std::pair<raft::Index, uint64_t>> by_need_;  // those whose need is not applied yet
  std::set<std::pair<Time, uint64_t>> by_wait_;
  std::map<uint64_t, uint64_t> by_read_id_;
  Time retry_at_ = Time::Never();
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_RYW_DESK_H_
