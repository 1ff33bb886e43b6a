// The read-your-writes reads that clients asked this node for.
#ifndef TIDEMARK_NODE_SERVER_RYW_DESK_H_
#define TIDEMARK_NODE_SERVER_RYW_DESK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "node/base/time.h"
#include "node/server/catch_up.h"
#include "node/server/context.h"
#include "node/server/proof.h"
#include "node/server/pulls.h"
#include "node/server/requests.h"
#include "node/server/ryw_decision.h"
#include "node/server/verdict.h"

namespace tidemark::server {

class RywDesk {
 public:
  void Add(Context* context, const ClientRef& from, RywReadRequest request, const Token& token);

  // This node's own leadership was confirmed for (or lost by) the read that raft knows as
  // `read_id`. False: it is not one of these.
  bool Confirmed(Context* context, uint64_t read_id, raft::Index committed);
  bool Lost(uint64_t read_id);
  // `leader` was asked as `number` and has served the read; has found its session, or its index, to
  // be of no history of its own; has news for all that wait; or does not lead.
  void Served(Context* context, uint64_t number, const raft::NodeId& leader,
              const ReadServed& served);
  void Refused(Context* context, uint64_t number, const raft::NodeId& leader,
               const ReadRefused& refused);
  void TakeNews(Context* context, uint64_t number, const raft::NodeId& leader, const News& news);
  void NotTaken(uint64_t number);
  // Role, term or leader changed: every read is judged anew.
  void LeaderChanged(Context* context);
  // The log may have changed: what it has now may be what a session proves.
  void LogChanged(Context* context);
  // applied() has risen.
  void Advanced(Context* context);
  // Answers what the last step could have answered and has not, for want of room in it.
  void Continue(Context* context);
  bool continues() const { return !postponed_.empty(); }
  void PassDeadlines(Context* context);
  // This node's state is not to be trusted: what waits here is refused.
  void Suspend(Context* context);

  Time deadline() const;
  size_t size() const { return pending_.size(); }
  size_t bytes() const { return bytes_; }
  // Reads that need a cluster to name.
  size_t in_session() const { return in_session_; }

 private:
  struct Pending {
    ClientRef from;
    RywReadRequest request;
    Token token;
    raft::Index need;
    Time arrived;
    Time wait_until;
    Time expires;
    Time asked_at;
    // What the leader, or this one, has been asked on behalf of the read and has not answered.
    enum class Asked { kNothing, kPull, kServe, kConfirm } asked = Asked::kNothing;
    uint64_t read_id = 0;                     // raft's, once this node was asked; zero: none
    Reason reason = Reason::kFollowerBehind;  // for which it was forwarded
    bool patience_set = false;
    std::optional<Explanation> explanation;

    size_t SizeBytes() const;
  };
  using PendingMap = std::map<uint64_t, Pending>;
  using ByIndex = std::set<std::pair<raft::Index, uint64_t>>;

  PendingMap::iterator Enter(Context* context, Pending read);
  bool Full(const Context& context) const;
  RywSituation SituationOf(const Context& context, const Pending& read) const;
  Prospect ProspectOf(const Context& context, const Pending& read) const;
  void Judge(Context* context, PendingMap::iterator it);
  bool Postponed(const Context& context, RywDecision decision, uint64_t number);
  void JudgeReached(Context* context, ByIndex* reads);
  void JudgeHopeful(Context* context);
  void Explain(const Context& context, RywDecision decision, Pending* read) const;

  void Serve(Context* context, PendingMap::iterator it, server::Served served);
  void ServeProved(Context* context, PendingMap::iterator it);
  void Refuse(Context* context, PendingMap::iterator it, kv::Verdict verdict,
              const raft::NodeId& leader, raft::Index committed);
  void Confirm(Context* context, PendingMap::iterator it);
  void Wait(Context* context, PendingMap::iterator it);
  void Forward(Context* context, PendingMap::iterator it, Reason reason);
  void LimitWait(Context* context, PendingMap::iterator it);
  bool MayAsk(const Context& context, const Pending& read, Pending::Asked what) const;
  void Finish(Context* context, PendingMap::iterator it, ReplyBody body,
              const std::optional<kv::Session>& session = {});

  PendingMap pending_;  // by number, which is by arrival, which is by expiry
  size_t bytes_ = 0;
  size_t in_session_ = 0;
  ByIndex by_need_;   // those whose need is not applied yet
  ByIndex by_token_;  // those whose session's index is not
  ByIndex hopeful_;   // by need: those that wait here, not for the leader to serve them
  std::set<std::pair<Time, uint64_t>> by_wait_;
  std::set<uint64_t> postponed_;  // those that could be answered with a value
  std::map<uint64_t, uint64_t> by_read_id_;
  Time retry_at_ = Time::Never();

  CatchUp catch_up_;
  Pulls pulls_;
  ProvedState proved_;
  raft::LogPosition log_seen_;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_RYW_DESK_H_
