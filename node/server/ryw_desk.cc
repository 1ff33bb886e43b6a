#include "node/server/ryw_desk.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "node/base/assert.h"
#include "node/server/refusals.h"
#include "node/server/replies.h"

namespace tidemark::server {

void RywDesk::Add(Context* context, const ClientRef& from, RywReadRequest request,
                  const Token& token) {
  Pending read;
  read.from = from;
  read.token = token;
  read.need = NeedOf(request.last_write_index, token, from.in_session);
  read.arrived = context->now();
  read.wait_until = context->now() + request.max_wait.value_or(context->options().follower_wait);
  read.expires = context->now() + context->options().request_timeout;
  read.request = std::move(request);
  if (Full(*context) && !AnsweredAtOnce(DecideRyw(SituationOf(*context, read)))) {
    const Prospect prospect = ProspectOf(*context, read);
    return context->Reply(from, TooManyWaiting(*context, read.need, prospect.wait));
  }
  Judge(context, Enter(context, std::move(read)));
}

RywDesk::PendingMap::iterator RywDesk::Enter(Context* context, Pending read) {
  const uint64_t number = context->NewNumber();
  if (read.need > context->applied()) by_need_.emplace(read.need, number);
  if (read.token && read.token->index > context->applied().value()) {
    by_token_.emplace(raft::Index(read.token->index), number);
  }
  by_wait_.emplace(read.wait_until, number);
  bytes_ += read.SizeBytes();
  if (read.from.in_session) ++in_session_;
  return pending_.emplace(number, std::move(read)).first;
}

size_t RywDesk::Pending::SizeBytes() const {
  constexpr size_t kNodes = 256;  // of the maps that know the read
  return sizeof(Pending) + request.key.size() + from.client.size() + kNodes;
}

bool RywDesk::Full(const Context& context) const {
  return pending_.size() >= context.options().max_waiting_reads ||
         bytes_ >= context.options().max_waiting_bytes;
}

Prospect RywDesk::ProspectOf(const Context& context, const Pending& read) const {
  if (read.need <= context.applied()) return Prospect();
  return catch_up_.Predict(context.applied(), read.need);
}

RywSituation RywDesk::SituationOf(const Context& context, const Pending& read) const {
  RywSituation situation{.refused = VerdictOn(context, read.token) != kv::Verdict::kHolds,
                         .leads = context.leads(),
                         .applied = context.applied(),
                         .need = read.need,
                         .prefer_follower = read.request.prefer_follower,
                         .wait_over = context.now() >= read.wait_until,
                         .leader_known = !context.raft().leader().empty()};
  // A bare index proves nothing: an uncommitted entry may stand there.
  const bool token_says_all = read.token && read.token->index == read.need.value();
  situation.proved = token_says_all && read.need > context.applied() &&
                     context.options().proved_reads && Proves(context, *read.token);
  situation.waiting_helps = ProspectOf(context, read).waiting_helps();
  return situation;
}

void RywDesk::Judge(Context* context, PendingMap::iterator it) {
  const Pending& read = it->second;
  const RywDecision decision = DecideRyw(SituationOf(*context, read));
  Explain(*context, decision, &it->second);
  if (decision != RywDecision::kWaitForEntries) hopeful_.erase({read.need, it->first});
  if (Postponed(*context, decision, it->first)) return;
  switch (decision) {
    case RywDecision::kRefuse:
      return Refuse(context, it, VerdictOn(*context, read.token), context->raft().leader(),
                    context->applied());
    case RywDecision::kServeAsFollower:
      return Serve(
          context, it,
          ServedByFollower{
              context->self(), context->applied(), (context->now() - read.arrived).ToMillis(), {}});
    case RywDecision::kServeProved:
      return ServeProved(context, it);
    case RywDecision::kServeAsLeader:
      return Serve(context, it, ServedByLeader{context->self(), Reason::kServedByLeader});
    case RywDecision::kConfirm:
      return Confirm(context, it);
    case RywDecision::kWaitForEntries:
      return Wait(context, it);
    case RywDecision::kForwardBehind:
      return Forward(context, it, Reason::kFollowerBehind);
    case RywDecision::kForwardPreferred:
      return Forward(context, it, Reason::kLeaderPreferred);
    case RywDecision::kWaitForLeader:
      return;
  }
}

// Whether the read, which is to be answered with a value, has to wait for the next step.
bool RywDesk::Postponed(const Context& context, RywDecision decision, uint64_t number) {
  postponed_.erase(number);
  if (!context.said_enough() || !AnsweredAtOnce(decision)) return false;
  postponed_.insert(number);
  return true;
}

void RywDesk::Continue(Context* context) {
  while (!postponed_.empty() && !context->said_enough()) {
    Judge(context, pending_.find(*postponed_.begin()));
  }
}

void RywDesk::Explain(const Context& context, RywDecision decision, Pending* read) const {
  if (!read->request.explain || decision == RywDecision::kRefuse) return;
  // That a read which waited is served in the end explains nothing: why it waited does.
  const bool serves = AnsweredAtOnce(decision);
  if (serves && read->explanation) return;
  const Prospect prospect = ProspectOf(context, *read);
  const raft::Index last = context.raft().log().last_index();
  read->explanation = Explanation{.decision = Explained(decision),
                                  .applied_index = context.applied(),
                                  .need = read->need,
                                  .last_index = last,
                                  .entry_in_log = last >= read->need,
                                  .round_trip = catch_up_.round_trip(),
                                  .entries_per_second = catch_up_.entries_per_second(),
                                  .expected_wait = prospect.wait,
                                  .expected_redirect = prospect.redirect};
}

// Value, check and reported index are of one moment: nothing is applied in between.
void RywDesk::Serve(Context* context, PendingMap::iterator it, server::Served served) {
  const std::string& key = it->second.request.key;
  TM_ASSERT(context->applied() >= it->second.need);
  Finish(context, it, RywReadReply(key, context->machine().Get(key), std::move(served)),
         context->session());
}

void RywDesk::ServeProved(Context* context, PendingMap::iterator it) {
  const Pending& read = it->second;
  const std::optional<std::string_view> value =
      proved_.Get(*context, *read.token, read.request.key);
  ServedByFollower served{context->self(), context->applied(),
                          (context->now() - read.arrived).ToMillis(),
                          raft::Index(read.token->index)};
  const kv::Session as_of = *read.token;
  Finish(context, it, RywReadReply(read.request.key, value, std::move(served)), as_of);
}

void RywDesk::Refuse(Context* context, PendingMap::iterator it, kv::Verdict verdict,
                     const raft::NodeId& leader, raft::Index committed) {
  const Pending& read = it->second;
  Finish(context, it, RefusedRead(verdict, read.token, read.need, leader, committed));
}

void RywDesk::Confirm(Context* context, PendingMap::iterator it) {
  if (it->second.asked == Pending::Asked::kConfirm) return;
  it->second.asked = Pending::Asked::kConfirm;
  it->second.read_id = context->raft().StartRead(context->now());
  by_read_id_[it->second.read_id] = it->first;
}

bool RywDesk::MayAsk(const Context& context, const Pending& read, Pending::Asked what) const {
  if (context.raft().leader().empty()) return false;
  return read.asked != what || read.asked_at + context.retry_interval() <= context.now();
}

void RywDesk::Wait(Context* context, PendingMap::iterator it) {
  Pending& read = it->second;
  hopeful_.emplace(read.need, it->first);
  LimitWait(context, it);
  if (!MayAsk(*context, read, Pending::Asked::kPull)) return;
  read.asked = Pending::Asked::kPull;
  read.asked_at = context->now();
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  pulls_.Want(context, read.need, catch_up_.round_trip());
}

// What was expected within half a round trip and has not come after four is not to be expected.
void RywDesk::LimitWait(Context* context, PendingMap::iterator it) {
  Pending& read = it->second;
  const std::optional<Duration> round_trip = catch_up_.round_trip();
  if (read.patience_set || !round_trip) return;
  read.patience_set = true;
  const Time limit = context->now() + *round_trip * 4 + Duration::Millis(1);
  if (limit >= read.wait_until) return;
  by_wait_.erase({read.wait_until, it->first});
  read.wait_until = limit;
  by_wait_.emplace(limit, it->first);
}

void RywDesk::Forward(Context* context, PendingMap::iterator it, Reason reason) {
  Pending& read = it->second;
  if (!MayAsk(*context, read, Pending::Asked::kServe)) return;
  read.asked = Pending::Asked::kServe;
  read.asked_at = context->now();
  read.reason = reason;
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  context->AskPeer(context->raft().leader(), it->first,
                   ServeRead{read.request.key, read.need, read.token});
}

bool RywDesk::Confirmed(Context* context, uint64_t read_id, raft::Index committed) {
  auto known = by_read_id_.find(read_id);
  if (known == by_read_id_.end()) return false;
  const uint64_t number = known->second;
  by_read_id_.erase(known);
  auto it = pending_.find(number);
  if (it == pending_.end()) return true;
  if (it->second.need > committed) {
    const kv::Verdict verdict = VerdictBeyond(committed, context->cluster(), it->second.token);
    Refuse(context, it, verdict, context->self(), committed);
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
  ServedByLeader by{leader, it->second.reason};
  Finish(context, it, RywReadReply(it->second.request.key, served.value, std::move(by)),
         served.session);
}

void RywDesk::Refused(Context* context, uint64_t number, const raft::NodeId& leader,
                      const ReadRefused& refused) {
  auto it = pending_.find(number);
  if (it == pending_.end()) return;
  Refuse(context, it, refused.verdict, leader, refused.committed);
}

// A confirmed leader's word is about all that was committed when it was asked: it decides only
// about reads that were here by then.
void RywDesk::TakeNews(Context* context, uint64_t number, const raft::NodeId& leader,
                       const News& news) {
  const std::optional<Time> asked_at = pulls_.Answered(context, number);
  if (!asked_at) return;
  const Duration took = context->now() - *asked_at;
  // To make sure cost the leader a round trip of its own.
  catch_up_.RoundTrip(news.confirmed ? Duration{took.us / 2} : took);
  catch_up_.Told(news.committed);
  std::vector<uint64_t> asked_for;
  for (const auto& [need, read] : hopeful_) {
    if (read < number) asked_for.push_back(read);
  }
  for (const uint64_t read : asked_for) {
    auto it = pending_.find(read);
    if (news.confirmed && it->second.need > news.committed) {
      const kv::Verdict verdict = VerdictBeyond(news.committed, news.cluster, it->second.token);
      Refuse(context, it, verdict, leader, news.committed);
    } else {
      Judge(context, it);
    }
  }
}

void RywDesk::NotTaken(uint64_t number) {
  auto it = pending_.find(number);
  if (it != pending_.end()) it->second.asked = Pending::Asked::kNothing;
}

void RywDesk::LeaderChanged(Context* context) {
  pulls_.LeaderChanged();
  catch_up_.LeaderChanged();
  for (auto it = pending_.begin(); it != pending_.end();) {
    auto next = std::next(it);
    it->second.asked = Pending::Asked::kNothing;
    Judge(context, it);
    it = next;
  }
}

void RywDesk::LogChanged(Context* context) {
  const raft::Log& log = context->raft().log();
  if (log.last() == log_seen_) return;
  // What was cut off may have been replaced by what a session names.
  const raft::Index from = log.Matches(log_seen_) ? log_seen_.index : raft::Index();
  log_seen_ = log.last();
  constexpr uint64_t kLastNumber = std::numeric_limits<uint64_t>::max();
  auto at = by_token_.upper_bound({from, kLastNumber});
  while (at != by_token_.end() && at->first <= log_seen_.index) {
    const uint64_t number = at->second;
    ++at;
    Judge(context, pending_.find(number));
  }
}

void RywDesk::Advanced(Context* context) {
  catch_up_.Advanced(context->now(), context->applied());
  // Who is not served on reaching its need waits for a leader, not for an index: LeaderChanged.
  JudgeReached(context, &by_need_);
  JudgeReached(context, &by_token_);
  JudgeHopeful(context);
}

void RywDesk::JudgeReached(Context* context, ByIndex* reads) {
  while (!reads->empty() && reads->begin()->first <= context->applied()) {
    const uint64_t number = reads->begin()->second;
    reads->erase(reads->begin());
    Judge(context, pending_.find(number));
  }
}

// Those that need most are the first for whom the leader is faster.
void RywDesk::JudgeHopeful(Context* context) {
  while (!hopeful_.empty()) {
    const auto last = *hopeful_.rbegin();
    Judge(context, pending_.find(last.second));
    if (!hopeful_.empty() && *hopeful_.rbegin() == last) return;
  }
}

void RywDesk::Suspend(Context* context) {
  while (!pending_.empty()) Finish(context, pending_.begin(), Untrusted(*context));
}

void RywDesk::PassDeadlines(Context* context) {
  while (!pending_.empty() && pending_.begin()->second.expires <= context->now()) {
    const raft::Index need = pending_.begin()->second.need;
    Finish(context, pending_.begin(), NoLeader(*context, need));
  }
  while (!by_wait_.empty() && by_wait_.begin()->first <= context->now()) {
    const uint64_t number = by_wait_.begin()->second;
    by_wait_.erase(by_wait_.begin());
    Judge(context, pending_.find(number));
  }
  pulls_.PassDeadlines(context);
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

void RywDesk::Finish(Context* context, PendingMap::iterator it, ReplyBody body,
                     const std::optional<kv::Session>& session) {
  const Pending& read = it->second;
  context->Reply(read.from, std::move(body), session, read.explanation);
  by_need_.erase({read.need, it->first});
  if (read.token) by_token_.erase({raft::Index(read.token->index), it->first});
  hopeful_.erase({read.need, it->first});
  postponed_.erase(it->first);
  by_wait_.erase({read.wait_until, it->first});
  if (by_read_id_.erase(read.read_id) > 0) context->raft().AbandonRead(read.read_id);
  bytes_ -= read.SizeBytes();
  if (read.from.in_session) --in_session_;
  pending_.erase(it);
}

Time RywDesk::deadline() const {
  Time first = pending_.empty() ? Time::Never() : pending_.begin()->second.expires;
  if (!by_wait_.empty()) first = std::min(first, by_wait_.begin()->first);
  return std::min({first, retry_at_, pulls_.deadline()});
}

}  // namespace tidemark::server
