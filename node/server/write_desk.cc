#include "node/server/write_desk.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/server/replies.h"

namespace tidemark::server {
namespace {

// What a writer's open outcomes may number before the state machine drops the oldest anyway.
constexpr size_t kMaxOpenSeqs = 65'536;

}  // namespace

void WriteDesk::Add(Context* context, const ClientRef& from, kv::Operation operation) {
  const uint64_t number = context->NewNumber();
  Pending& write = pending_[number];
  write.from = from;
  write.operation = std::move(operation);
  write.expires = context->now() + context->options().request_timeout;
  if (writer_ == 0) {
    without_id_.push_back(number);
    if (!opening_) OpenWriter(context);
    return;
  }
  GiveId(&write);
  by_id_[{write.id.writer, write.id.seq}] = number;
  HandIn(context, number, &write);
}

void WriteDesk::OpenWriter(Context* context) {
  ++number_;
  opening_ = true;
  opening_question_ = context->NewNumber();
  number_durable_ = false;
  number_sequence_ = context->Persist(WriterNumber{number_});
}

void WriteDesk::Persisted(Context* context, uint64_t sequence) {
  if (!opening_ || number_durable_ || sequence < number_sequence_) return;
  number_durable_ = true;
  HandInOpening(context);
}

void WriteDesk::HandInOpening(Context* context) {
  if (!number_durable_) return;
  const raft::Member& self = context->raft().self();
  auto command = std::make_shared<const LogCommand>(
      kv::Command{{}, kv::OpenWriter{self.id, self.incarnation.value(), number_}});
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  if (context->leads()) {
    context->raft().Propose(std::move(command));
    return;
  }
  const raft::NodeId leader = context->raft().leader();
  if (leader.empty()) return;
  context->AskPeer(leader, opening_question_, server::HandIn{std::move(command)});
}

void WriteDesk::WriterApplied(Context* context, kv::LogIndex writer) {
  opening_ = false;
  writer_ = writer;
  std::deque<uint64_t> waiting;
  waiting.swap(without_id_);
  for (const uint64_t number : waiting) {
    auto it = pending_.find(number);
    if (it == pending_.end()) continue;  // expired meanwhile
    GiveId(&it->second);
    by_id_[{it->second.id.writer, it->second.id.seq}] = number;
    HandIn(context, number, &it->second);
  }
}

void WriteDesk::GiveId(Pending* write) {
  TM_ASSERT(writer_ != 0);
  TM_ASSERT(write->command == nullptr);
  const uint64_t seq = next_seq_++;
  write->id = {writer_, seq, 0};
  open_seqs_.insert(seq);
  write->id.first_unanswered = *open_seqs_.begin();
  write->command =
      std::make_shared<const LogCommand>(kv::Command{write->id, std::move(write->operation)});
}

void WriteDesk::HandIn(Context* context, uint64_t number, Pending* write) {
  write->asked = false;
  if (context->leads()) {
    write->handed_in = write->asked = true;
    write->asked_at = context->now();
    context->raft().Propose(write->command);
    return;
  }
  const raft::NodeId leader = context->raft().leader();
  if (leader.empty()) return;
  write->handed_in = write->asked = true;
  write->asked_at = context->now();
  retry_at_ = std::min(retry_at_, context->now() + context->retry_interval());
  context->AskPeer(leader, number, server::HandIn{write->command});
}

void WriteDesk::Applied(Context* context, const kv::Command& command, const kv::Outcome& outcome) {
  if (const auto* opening = std::get_if<kv::OpenWriter>(&command.operation)) {
    const raft::Member& self = context->raft().self();
    const bool ours = opening_ && opening->node == self.id &&
                      opening->incarnation == self.incarnation.value() &&
                      opening->number == number_;
    if (!ours) return;
    if (std::holds_alternative<kv::Opened>(outcome.result)) {
      return WriterApplied(context, outcome.index);
    }
    // A former life of this incarnation got further than its disk remembers.
    return OpenWriter(context);
  }
  auto known = by_id_.find({command.id.writer, command.id.seq});
  if (known != by_id_.end()) Settle(context, pending_.find(known->second), outcome);
}

void WriteDesk::Answered(Context* context, uint64_t number, const kv::Outcome& outcome) {
  auto it = pending_.find(number);
  if (it != pending_.end() && it->second.command != nullptr) Settle(context, it, outcome);
}

void WriteDesk::Settle(Context* context, PendingMap::iterator it, const kv::Outcome& outcome) {
  TM_ASSERT(it != pending_.end());
  Pending write = std::move(it->second);
  pending_.erase(it);
  by_id_.erase({write.id.writer, write.id.seq});
  const bool forgotten = std::holds_alternative<kv::OutcomeForgotten>(outcome.result);
  const bool closed = std::holds_alternative<kv::WriterClosed>(outcome.result);
  if ((forgotten || closed) && write.id.writer == writer_) {
    writer_ = 0;
    open_seqs_.clear();
  }
  if (closed) {
    // A closed writer executes nothing more: under another id this is no second time.
    const kv::Operation& operation = LogCommand::Of(write.command).operation;
    return Add(context, write.from, operation);
  }
  if (write.id.writer == writer_) open_seqs_.erase(write.id.seq);
  context->Reply(write.from, WriteReply(LogCommand::Of(write.command).operation, outcome));
}

void WriteDesk::NotTaken(uint64_t number) {
  auto it = pending_.find(number);
  if (it != pending_.end()) it->second.asked = false;
}

void WriteDesk::LeaderChanged(Context* context) {
  if (context->raft().leader().empty()) return;
  if (opening_) HandInOpening(context);
  for (auto& [number, write] : pending_) {
    if (write.command != nullptr) HandIn(context, number, &write);
  }
}

void WriteDesk::PassDeadlines(Context* context) {
  while (!pending_.empty() && pending_.begin()->second.expires <= context->now()) {
    Expire(context, pending_.begin());
  }
  if (retry_at_ > context->now()) return;
  retry_at_ = Time::Never();
  if (context->leads()) return;
  // The next opening is tried even where no write waits for it any more: one is likely to come.
  if (opening_) HandInOpening(context);
  for (auto& [number, write] : pending_) {
    if (write.command == nullptr) continue;
    if (!write.asked || write.asked_at + context->retry_interval() <= context->now()) {
      HandIn(context, number, &write);
    }
    const Time last_try = write.asked ? write.asked_at : context->now();
    retry_at_ = std::min(retry_at_, last_try + context->retry_interval());
  }
}

void WriteDesk::Expire(Context* context, PendingMap::iterator it) {
  const Pending& write = it->second;
  // The seq of an indefinite write stays open: its outcome may still be asked for.
  context->Reply(write.from, write.handed_in ? Error(WriteTimedOut(*context))
                                             : Error(NoLeader(*context, raft::Index())));
  if (write.command != nullptr) by_id_.erase({write.id.writer, write.id.seq});
  while (open_seqs_.size() > kMaxOpenSeqs) open_seqs_.erase(open_seqs_.begin());
  pending_.erase(it);
}

Time WriteDesk::deadline() const {
  const Time expiry = pending_.empty() ? Time::Never() : pending_.begin()->second.expires;
  return std::min(expiry, retry_at_);
}

}  // namespace tidemark::server
