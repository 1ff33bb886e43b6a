#include "node/server/pulls.h"

#include <algorithm>
#include <utility>

namespace tidemark::server {

void Pulls::Want(Context* context, raft::Index need, std::optional<Duration> round_trip) {
  if (!context->options().pull) return;
  wanted_ = true;
  need_ = std::max(need_, need);
  interval_ = round_trip.value_or(context->retry_interval());
  if (may_ask_at_ <= context->now()) Ask(context);
}

void Pulls::Ask(Context* context) {
  const raft::NodeId leader = context->raft().leader();
  wanted_ = wanted_ && !leader.empty() && !context->leads();
  if (!wanted_) return;
  const Time lost = context->now() - context->retry_interval();
  std::erase_if(under_way_, [lost](const auto& asked) { return asked.second <= lost; });
  const uint64_t number = context->NewNumber();
  under_way_.emplace(number, context->now());
  may_ask_at_ = context->now() + interval_;
  wanted_ = false;
  context->AskPeer(leader, number, Pull{std::exchange(need_, raft::Index())});
}

std::optional<Time> Pulls::Answered(Context* context, uint64_t number) {
  const auto it = under_way_.find(number);
  if (it == under_way_.end()) return std::nullopt;
  const Time asked_at = it->second;
  under_way_.erase(it);
  // A round trip is over.
  may_ask_at_ = std::min(may_ask_at_, context->now());
  if (wanted_) Ask(context);
  return asked_at;
}

void Pulls::LeaderChanged() {
  under_way_.clear();
  wanted_ = false;
  need_ = raft::Index();
  may_ask_at_ = Time();
}

void Pulls::PassDeadlines(Context* context) {
  if (deadline() <= context->now()) Ask(context);
}

}  // namespace tidemark::server
