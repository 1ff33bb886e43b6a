#include "node/server/read_desk.h"

#include <algorithm>
#include <utility>

#include "node/base/assert.h"
#include "node/server/refusals.h"
#include "node/server/replies.h"

namespace tidemark::server {

void ReadDesk::Add(Context* context, const ClientRef& from, std::string key, const Token& token) {
  // What is applied here is committed: its verdict needs no leader.
  const kv::Verdict verdict = VerdictOn(*context, token);
  if (verdict != kv::Verdict::kHolds) {
    const raft::Index need(token->index);
    return context->Reply(
        from, RefusedRead(verdict, token, need, context->raft().leader(), context->applied()));
  }
  const uint64_t number = context->NewNumber();
  Pending& read = pending_[number];
  read.from = from;
  read.key = std::move(key);
  read.token = token;
  read.expires = context->now() + context->options().request_timeout;
  bytes_ += read.SizeBytes();
  Ask(context, number, &read);
}

void ReadDesk::Ask(Context* context, uint64_t number, Pending* read) {
  read->asked = true;
  read->asked_at = context->now();
  if (context->leads()) {
    read->read_id = context->raft().StartRead(context->now());
    by_read_id_[read->read_id] = number;
    return;
  }
  const raft::NodeId leader = context->raft().leader();
  read->asked = !leader.empty();
  if (leader.empty()) return;
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  context->AskPeer(leader, number, ConfirmRead{});
}

bool ReadDesk::Confirmed(Context* context, uint64_t read_id, raft::Index read_index) {
  auto it = by_read_id_.find(read_id);
  if (it == by_read_id_.end()) return false;
  const uint64_t number = it->second;
  by_read_id_.erase(it);
  Answered(context, number, read_index);
  return true;
}

bool ReadDesk::Lost(uint64_t read_id) {
  auto it = by_read_id_.find(read_id);
  if (it == by_read_id_.end()) return false;
  NotTaken(it->second);
  by_read_id_.erase(it);
  return true;
}

void ReadDesk::Answered(Context* context, uint64_t number, raft::Index read_index) {
  auto it = pending_.find(number);
  if (it == pending_.end() || it->second.read_index) return;
  it->second.read_index = read_index;
  if (context->applied() >= read_index && !context->said_enough()) return Judge(context, it);
  by_read_index_.emplace(read_index, number);
}

void ReadDesk::NotTaken(uint64_t number) {
  auto it = pending_.find(number);
  if (it != pending_.end()) it->second.asked = false;
}

void ReadDesk::LeaderChanged(Context* context) {
  if (context->raft().leader().empty()) return;
  for (auto& [number, read] : pending_) {
    if (!read.read_index) Ask(context, number, &read);
  }
}

void ReadDesk::Advanced(Context* context) {
  while (Continues(*context) && !context->said_enough()) {
    const uint64_t number = by_read_index_.begin()->second;
    by_read_index_.erase(by_read_index_.begin());
    auto it = pending_.find(number);
    if (it != pending_.end()) Judge(context, it);
  }
}

bool ReadDesk::Continues(const Context& context) const {
  return !by_read_index_.empty() && by_read_index_.begin()->first <= context.applied();
}

// Whatever was acknowledged before the read arrived is applied here by now: if its session names
// something else, or something beyond, that is for good.
void ReadDesk::Judge(Context* context, PendingMap::iterator it) {
  const Pending& read = it->second;
  if (!read.token) return Serve(context, it);
  const raft::Index applied = context->applied();
  const kv::Verdict verdict = context->machine().history().Judge(*read.token, applied.value());
  if (verdict == kv::Verdict::kHolds) return Serve(context, it);
  const raft::Index need(read.token->index);
  context->Reply(read.from,
                 RefusedRead(verdict, read.token, need, context->raft().leader(), applied));
  Forget(it);
}

// The state read is the one at this moment: at least as new as the read's index, which is at least
// as new as everything that was acknowledged before the read arrived.
void ReadDesk::Serve(Context* context, PendingMap::iterator it) {
  TM_ASSERT(context->applied() >= *it->second.read_index);
  const Pending& read = it->second;
  context->Reply(read.from, ReadReply(read.key, context->machine().Get(read.key)),
                 context->session());
  Forget(it);
}

void ReadDesk::Suspend(Context* context) {
  for (const auto& [number, read] : pending_) context->Reply(read.from, Untrusted(*context));
  pending_.clear();
  bytes_ = 0;
  by_read_id_.clear();
  by_read_index_.clear();
}

void ReadDesk::Expire(Context* context, PendingMap::iterator it) {
  context->Reply(it->second.from, NoLeader(*context, raft::Index()));
  if (by_read_id_.erase(it->second.read_id) > 0) context->raft().AbandonRead(it->second.read_id);
  Forget(it);
}

void ReadDesk::Forget(PendingMap::iterator it) {
  TM_ASSERT(bytes_ >= it->second.SizeBytes());
  bytes_ -= it->second.SizeBytes();
  pending_.erase(it);
}

size_t ReadDesk::Pending::SizeBytes() const {
  constexpr size_t kNodes = 192;  // of the maps that know the read
  return sizeof(Pending) + key.size() + from.client.size() + kNodes;
}

void ReadDesk::PassDeadlines(Context* context) {
  while (!pending_.empty() && pending_.begin()->second.expires <= context->now()) {
    Expire(context, pending_.begin());
  }
  if (retry_at_ > context->now()) return;
  retry_at_ = Time::Never();
  if (context->leads()) return;
  for (auto& [number, read] : pending_) {
    if (read.read_index) continue;
    if (!read.asked || read.asked_at + context->retry_interval() <= context->now()) {
      Ask(context, number, &read);
    }
    const Time last_try = read.asked ? read.asked_at : context->now();
    retry_at_ = std::min(retry_at_, last_try + context->retry_interval());
  }
}

Time ReadDesk::deadline() const {
  const Time expiry = pending_.empty() ? Time::Never() : pending_.begin()->second.expires;
  return std::min(expiry, retry_at_);
}

}  // namespace tidemark::server
