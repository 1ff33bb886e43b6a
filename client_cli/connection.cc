#include "client_cli/connection.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "harness/cluster/envelope.h"
#include "node/base/assert.h"

namespace tidemark::client {
namespace {

using wire::Json;

constexpr char kOurName[] = "c1";
// A wait that a person begins to wonder about.
constexpr Duration kSlow = Duration::Millis(1000);

// msg_id comes behind the type, where the protocol's documents have it.
Json WithMsgId(Json body, int64_t id) {
  std::vector<Json::Member>& members = body.mutable_members();
  members.insert(members.begin() + 1, {"msg_id", Json::Number(id)});
  return body;
}

}  // namespace

Connection::Connection(cluster::RealWorld* world, Pump* pump, Duration timeout)
    : world_(world), pump_(pump), timeout_(timeout) {
  pump_->set_on_seen([this](const cluster::Seen& seen) { See(seen); });
}

absl::StatusOr<int64_t> Connection::Send(const std::string& node, const Json& body) {
  const int64_t id = last_id_ + 1;
  const Json message = Json::Object({{"src", Json::String(kOurName)},
                                     {"dest", Json::String(node)},
                                     {"body", WithMsgId(body, id)}});
  const Time now = world_->Now();
  if (absl::Status sent = world_->Send(node, message.Spaced()); !sent.ok()) return sent;
  last_id_ = id;
  waiting_[id] = Waiting{node, now};
  return id;
}

Transport::Word Connection::AwaitAny(const std::vector<int64_t>& ids, Time deadline) {
  const Time since = Now();
  while (true) {
    for (int64_t id : ids) {
      if (std::optional<Word> word = TakeWord(id)) return *std::move(word);
    }
    if (!telling_slow_ && std::exchange(interrupted_, false)) {
      return {0, Silence{Silence::Why::kInterrupted, MsSince(since)}};
    }
    switch (pump_->Wait(-1, std::min(deadline, NextSlow(ids)))) {
      case Pump::Woken::kInterrupted:
      case Pump::Woken::kEnding:
        interrupted_ = telling_slow_;
        return {0, Silence{Silence::Why::kInterrupted, MsSince(since)}};
      case Pump::Woken::kDeadline:
        if (Now() >= deadline) return {0, Silence{Silence::Why::kTimedOut, MsSince(since)}};
        TellSlow(ids);
        break;
      default:
        break;
    }
  }
}

// When there is something to tell of the slowness of one of these.
Time Connection::NextSlow(const std::vector<int64_t>& ids) const {
  Time next = Time::Never();
  if (on_slow_ == nullptr || telling_slow_) return next;
  for (int64_t id : ids) {
    const Waiting& waiting = waiting_.at(id);
    if (!waiting.told_slow) next = std::min(next, waiting.since + kSlow);
  }
  return next;
}

void Connection::TellSlow(const std::vector<int64_t>& ids) {
  telling_slow_ = true;
  for (int64_t id : ids) {
    Waiting& waiting = waiting_.at(id);
    if (waiting.told_slow || Now() < waiting.since + kSlow) continue;
    waiting.told_slow = true;
    on_slow_(std::string(waiting.node));
  }
  telling_slow_ = false;
}

std::optional<Transport::Word> Connection::TakeWord(int64_t id) {
  auto waiting = waiting_.find(id);
  TM_ASSERT(waiting != waiting_.end());
  if (!waiting->second.answer && !waiting->second.node_ended) return std::nullopt;
  const Waiting done = std::move(waiting->second);
  waiting_.erase(waiting);
  if (done.answer) return Word{id, *done.answer};
  return Word{id, Silence{Silence::Why::kNodeEnded, MsSince(done.since)}};
}

void Connection::GiveUp(int64_t id) { waiting_.at(id).given_up = true; }

Outcome Connection::Await(int64_t id, Duration longer) {
  const Time since = waiting_.at(id).since;
  Word word = AwaitAny({id}, since + timeout_ + longer);
  if (word.id != 0) return std::move(word.outcome);
  GiveUp(id);
  return Silence{std::get<Silence>(word.outcome).why, MsSince(since)};
}

std::vector<Answer> Connection::TakeLate() { return std::exchange(late_, {}); }

void Connection::ForgetLate() {
  late_.clear();
  std::erase_if(waiting_, [](const auto& waiting) { return waiting.second.given_up; });
}

std::vector<cluster::Exit> Connection::TakeExits() { return std::exchange(exits_, {}); }

void Connection::See(const cluster::Seen& seen) {
  if (const auto* line = std::get_if<cluster::Line>(&seen)) {
    SeeLine(*line);
  } else {
    SeeExit(std::get<cluster::Exit>(seen));
  }
}

void Connection::SeeLine(const cluster::Line& line) {
  std::optional<cluster::Envelope> envelope = cluster::ParseEnvelope(line.text);
  if (!envelope || line.to != kOurName) return;
  const int64_t id = envelope->Integer("in_reply_to").value_or(0);
  auto waiting = waiting_.find(id);
  if (waiting == waiting_.end()) return;
  absl::StatusOr<Json> body = wire::ParseJson(envelope->body);
  if (!body.ok()) return;
  Answer answer{id, std::string(envelope->body), *std::move(body), MsSince(waiting->second.since)};
  if (waiting->second.given_up) {
    waiting_.erase(waiting);
    late_.push_back(std::move(answer));
  } else {
    waiting->second.answer = std::move(answer);
  }
}

void Connection::SeeExit(const cluster::Exit& exit) {
  exits_.push_back(exit);
  for (auto& [id, waiting] : waiting_) {
    if (waiting.node == exit.node) waiting.node_ended = true;
  }
}

int64_t Connection::MsSince(Time since) const { return (world_->Now() - since).ToMillis(); }

}  // namespace tidemark::client
