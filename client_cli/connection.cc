#include "client_cli/connection.h"

#include <utility>

#include "harness/cluster/envelope.h"

namespace tidemark::client {
namespace {

using wire::Json;

constexpr char kOurName[] = "c1";

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

Outcome Connection::Await(int64_t id) {
  Waiting& waiting = waiting_.at(id);
  const Time deadline = waiting.since + timeout_;
  while (!waiting.answer) {
    if (waiting.node_ended) return GiveUp(id, Silence::Why::kNodeEnded);
    switch (pump_->Wait(-1, deadline)) {
      case Pump::Woken::kInterrupted:
      case Pump::Woken::kEnding:
        return GiveUp(id, Silence::Why::kInterrupted);
      case Pump::Woken::kDeadline:
        return GiveUp(id, Silence::Why::kTimedOut);
      default:
        break;
    }
  }
  Answer answer = *std::move(waiting.answer);
  waiting_.erase(id);
  return answer;
}

std::vector<Answer> Connection::TakeLate() { return std::exchange(late_, {}); }
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

Outcome Connection::GiveUp(int64_t id, Silence::Why why) {
  Waiting& waiting = waiting_.at(id);
  waiting.given_up = true;
  return Silence{why, MsSince(waiting.since)};
}

int64_t Connection::MsSince(Time since) const { return (world_->Now() - since).ToMillis(); }

}  // namespace tidemark::client
