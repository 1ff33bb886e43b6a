#include "node/server/ryw_desk.h"

#include <algorithm>
#include <utility>

#include "node/base/assert.h"
#include "node/server/replies.h"

namespace tidemark::server {

void RywDesk::Add(Context* context, const ClientRef& from, RywReadRequest request) {
  const uint64_t number = context->NewNumber();
  const Duration wait = request.max_wait.value_or(context->options().follower_wait);
  auto it = pending_.emplace(number, Pending{}).first;
  Pending& read = it->second;
  read.from = from;
  read.request = std::move(request);
  read.arrived = context->now();
  read.wait_until = context->now() + wait;
  read.expires = context->now() + context->options().request_timeout;
  if (read.request.last_write_index > context->applied()) {
    by_need_.emplace(read.request.last_write_index, number);
  }
  by_wait_.emplace(read.wait_until, number);
  Judge(context, it);
}

void RywDesk::Judge(Context* context, PendingMap::iterator it) {
  const Pending& read = it->second;
  const RywSituation situation{.leads = context->leads(),
                               .applied = context->applied(),
                               .need = read.request.last_write_index,
                               .prefer_follower = read.request.prefer_follower,
                               .wait_over = context->now() >= read.wait_until,
                               .leader_known = !context->raft().leader().empty()};
  switch (DecideRyw(situation)) {
    case RywDecision::kServeAsFollower:
      return Serve(context, it,
                   ServedByFollower{context->self(), context->applied(),
                                    (context->now() - read.arrived).ToMillis()});
    case RywDecision::kServeAsLeader:
      return Serve(context, it, ServedByLeader{context->self(), Reason::kServedByLeader});
    case RywDecision::kConfirm:
      return Confirm(context, it);
    case RywDecision::kWaitForEntries:
      return Pull(context, it);
    case RywDecision::kForwardBehind:
      return Forward(context, it, Reason::kFollowerBehind);
    case RywDecision::kForwardPreferred:
      return Forward(context, it, Reason::kLeaderPreferred);
    case RywDecision::kWaitForLeader:
      return;
  }
}

// Value, check and reported index are of one moment: nothing is applied in between.
void RywDesk::Serve(Context* context, PendingMap::iterator it, server::Served served) {
  const std::string& key = it->second.request.key;
  TM_ASSERT(context->applied() >= it->second.request.last_write_index);
  Finish(context, it, RywReadReply(key, context->machine().Get(key), std::move(served)));
}

void RywDesk::Confirm(Context* context, PendingMap::iterator it) {
  if (it->second.asked == Pending::Asked::kConfirm) return;
  it->second.asked = Pending::Asked::kConfirm;
  by_read_id_[context->raft().StartRead()] = it->first;
}

bool RywDesk::MayAsk(const Context& context, const Pending& read, Pending::Asked what) const {
  if (context.raft().leader().empty()) return false;
  return read.asked != what || read.asked_at + context.retry_interval() <= context.now();
}

void RywDesk::Pull(Context* context, PendingMap::iterator it) {
  Pending& read = it->second;
  if (!MayAsk(*context, read, Pending::Asked::kPull)) return;
  read.asked = Pending::Asked::kPull;
  read.asked_at = context->now();
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  context->AskPeer(context->raft().leader(), it->first,
                   server::Pull{read.request.last_write_index});
}

void RywDesk::Forward(Context* context, PendingMap::iterator it, Reason reason) {
  Pending& read = it->second;
  if (!MayAsk(*context, read, Pending::Asked::kServe)) return;
  read.asked = Pending::Asked::kServe;
  read.asked_at = context->now();
  read.reason = reason;
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  context->AskPeer(context->raft().leader(), it->first,
                   ServeRead{read.request.key, read.request.last_write_index});
}

bool RywDesk::Confirmed(Context* context, uint64_t read_id, raft::Index committed) {
  auto known = by_read_id_.find(read_id);
  if (known == by_read_id_.end()) return false;
  const uint64_t number = known->second;
  by_read_id_.erase(known);
  auto it = pending_.find(number);
  if (it == pending_.end()) return true;
  if (it->second.request.last_write_index > committed) {
    FromFutureAt(context, number, context->self(), committed);
  } else {
    Judge(context, it);
  }
  return true;
}

bool RywDesk::Lost(uint64_t read_id) {
  auto known = by_read_id_.find(read_id);
  if (known == by_read_id_.end()) return false;
  NotTaken(known->second);
  by_read_id_.erase(known);
  return true;
}

void RywDesk::Served(Context* context, uint64_t number, const raft::NodeId& leader,
                     const ReadServed& served) {
  auto it = pending_.find(number);
  if (it == pending_.end()) return;
  const std::string* value = served.value ? &*served.value : nullptr;
  Finish(context, it,
         RywReadReply(it->second.request.key, value, ServedByLeader{leader, it->second.reason}));
}

void RywDesk::FromFutureAt(Context* context, uint64_t number, const raft::NodeId& leader,
                           raft::Index committed) {
  auto it = pending_.find(number);
  if (it == pending_.end()) return;
  const raft::Index need = it->second.request.last_write_index;
  Finish(context, it, FromFuture(leader, committed, need));
}

void RywDesk::NotTaken(uint64_t number) {
  auto it = pending_.find(number);
  if (it != pending_.end()) it->second.asked = Pending::Asked::kNothing;
}

void RywDesk::LeaderChanged(Context* context) {
  for (auto it = pending_.begin(); it != pending_.end();) {
    auto next = std::next(it);
    it->second.asked = Pending::Asked::kNothing;
    Judge(context, it);
    it = next;
  }
}

void RywDesk::Advanced(Context* context) {
  // Who is not served on reaching its need waits for a leader, not for an index: LeaderChanged.
  while (!by_need_.empty() && by_need_.begin()->first <= context->applied()) {
    const uint64_t number = by_need_.begin()->second;
    by_need_.erase(by_need_.begin());
    Judge(context, pending_.find(number));
  }
}

void RywDesk::PassDeadlines(Context* context) {
  while (!pending_.empty() && pending_.begin()->second.expires <= context->now()) {
    const raft::Index need = pending_.begin()->second.request.last_write_index;
    Finish(context, pending_.begin(), NoLeader(*context, need));
  }
  while (!by_wait_.empty() && by_wait_.begin()->first <= context->now()) {
    const uint64_t number = by_wait_.begin()->second;
    by_wait_.erase(by_wait_.begin());
    Judge(context, pending_.find(number));
  }
  if (retry_at_ > context->now()) return;
  retry_at_ = Time::Never();
  for (auto it = pending_.begin(); it != pending_.end();) {
    auto next = std::next(it);
    Judge(context, it);
    it = next;
  }
  if (context->leads()) return;
  for (const auto& [number, read] : pending_) {
    const bool asked = read.asked != Pending::Asked::kNothing;
    const Time last_try = asked ? read.asked_at : context->now();
    retry_at_ = std::min(retry_at_, last_try + context->retry_interval());
  }
}

void RywDesk::Finish(Context* context, PendingMap::iterator it, ReplyBody body) {
  context->Reply(it->second.from, std::move(body));
  by_need_.erase({it->second.request.last_write_index, it->first});
  by_wait_.erase({it->second.wait_until, it->first});
  pending_.erase(it);
}

Time RywDesk::deadline() const {
  Time first = pending_.empty() ? Time::Never() : pending_.begin()->second.expires;
  if (!by_wait_.empty()) first = std::min(first, by_wait_.begin()->first);
  return std::min(first, retry_at_);
}

}  // namespace tidemark::server
