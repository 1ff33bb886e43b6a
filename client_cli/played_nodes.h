// Nodes that do what a test says, in a time that passes only while somebody waits.
#ifndef TIDEMARK_CLIENT_CLI_PLAYED_NODES_H_
#define TIDEMARK_CLIENT_CLI_PLAYED_NODES_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "client_cli/transport.h"
#include "node/base/concat.h"
#include "node/base/time.h"
#include "node/wire/json.h"

namespace tidemark::client {

// What a node does with a request that it is sent; without a word it keeps silent.
struct Replies {
  int64_t after_ms = 0;
  std::string body;
};
struct Dies {
  int64_t after_ms = 0;
};
struct KeepsSilent {};
using Reaction = std::variant<Replies, Dies, KeepsSilent>;

class PlayedNodes final : public Transport {
 public:
  explicit PlayedNodes(std::set<std::string> running) : running_(std::move(running)) {}

  // To the requests that `node` is going to get, one after the other.
  void Play(const std::string& node, std::vector<Reaction> reactions) {
    for (Reaction& reaction : reactions) script_[node].push_back(std::move(reaction));
  }
  void InterruptAt(int64_t ms) { interrupt_at_ = Time{} + Duration::Millis(ms); }

  // "7 n1 <- {…}", with the time in ms, in the order of sending.
  std::vector<std::string> TakeSent() { return std::exchange(sent_, {}); }
  int64_t now_ms() const { return (now_ - Time{}).ToMillis(); }
  // Requests by their numbers: the first that was sent is 1.
  const std::set<int64_t>& given_up() const { return given_up_; }

  Time Now() const override { return now_; }
  bool Runs(const std::string& node) const override { return running_.contains(node); }

  absl::StatusOr<int64_t> Send(const std::string& node, const wire::Json& body) override {
    if (!Runs(node)) return absl::FailedPreconditionError("it does not run");
    sent_.push_back(Concat(now_ms(), " ", node, " <- ", body.Spaced()));
    const int64_t id = ++last_id_;
    std::deque<Reaction>& script = script_[node];
    if (script.empty()) return id;
    Schedule(id, node, script.front());
    script.pop_front();
    return id;
  }

  Word AwaitAny(const std::vector<int64_t>& ids, Time deadline) override {
    const auto first = FirstOf(ids);
    const Time next = first ? events_.at(*first).at : Time::Never();
    if (interrupt_at_ && *interrupt_at_ <= std::min(next, deadline)) {
      now_ = std::max(now_, *interrupt_at_);
      interrupt_at_ = std::nullopt;
      return {0, Silence{Silence::Why::kInterrupted}};
    }
    now_ = std::max(now_, std::min(next, deadline));
    if (!first || next > deadline) return {0, Silence{Silence::Why::kTimedOut}};
    auto event = events_.extract(*first);
    if (!event.mapped().answer) running_.erase(event.mapped().node);
    if (!event.mapped().answer) return {*first, Silence{Silence::Why::kNodeEnded}};
    return {*first, *event.mapped().answer};
  }

  void GiveUp(int64_t id) override { given_up_.insert(id); }

 private:
  struct Event {
    Time at;
    std::string node;
    std::optional<Answer> answer;  // nullopt: it dies
  };

  void Schedule(int64_t id, const std::string& node, const Reaction& reaction) {
    if (const auto* replies = std::get_if<Replies>(&reaction)) {
      const Time at = now_ + Duration::Millis(replies->after_ms);
      events_[id] = {at, node, Answer{id, replies->body, *wire::ParseJson(replies->body)}};
    } else if (const auto* dies = std::get_if<Dies>(&reaction)) {
      events_[id] = {now_ + Duration::Millis(dies->after_ms), node, std::nullopt};
    }
  }

  std::optional<int64_t> FirstOf(const std::vector<int64_t>& ids) const {
    std::optional<int64_t> first;
    for (int64_t id : ids) {
      if (!events_.contains(id)) continue;
      if (!first || events_.at(id).at < events_.at(*first).at) first = id;
    }
    return first;
  }

  std::set<std::string> running_;
  std::map<std::string, std::deque<Reaction>> script_;
  std::map<int64_t, Event> events_;
  std::optional<Time> interrupt_at_;
  std::vector<std::string> sent_;
  std::set<int64_t> given_up_;
  Time now_;
  int64_t last_id_ = 0;
};

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_PLAYED_NODES_H_
