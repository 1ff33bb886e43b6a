#include "harness/crash/dialogue.h"

#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tidemark::crash {

using wire::Json;

int64_t Dialogue::Send(const std::string& node, std::vector<Json::Member> body) {
  asked_[++last_msg_id_] = node;
  ended_.erase(node);
  body.emplace_back("msg_id", Json::Number(last_msg_id_));
  (void)world_->Send(node, Json::Object({{"src", Json::String("c1")},
                                         {"dest", Json::String(node)},
                                         {"body", Json::Object(std::move(body))}})
                               .Spaced());
  return last_msg_id_;
}

void Dialogue::Listen(Duration span) {
  (void)world_->Poll(span);
  for (const cluster::Seen& seen : world_->TakeSeen()) {
    if (const auto* exit = std::get_if<cluster::Exit>(&seen)) {
      ended_.insert_or_assign(exit->node, exit->status);
      continue;
    }
    const absl::StatusOr<Json> message = wire::ParseJson(std::get<cluster::Line>(seen).text);
    const Json* body = message.ok() ? message->Find("body") : nullptr;
    if (body != nullptr) answers_.insert_or_assign(Integer(*body, "in_reply_to"), *body);
  }
}

std::optional<Json> Dialogue::Answered(int64_t msg_id) {
  const auto answer = answers_.find(msg_id);
  if (answer == answers_.end()) return std::nullopt;
  Json body = std::move(answer->second);
  answers_.erase(answer);
  return body;
}

absl::StatusOr<Json> Dialogue::Await(int64_t msg_id) {
  const Time limit = world_->Now() + patience_;
  const std::string node = asked_[msg_id];
  while (true) {
    if (std::optional<Json> answer = Answered(msg_id)) return *std::move(answer);
    if (world_->Now() >= limit) {
      return absl::UnavailableError(absl::StrCat(node, " does not answer ", msg_id));
    }
    if (const auto end = ended_.find(node); end != ended_.end() || !world_->Running(node)) {
      const std::string how = end == ended_.end() ? "does not run" : end->second.ToString();
      return absl::UnavailableError(absl::StrCat(node, " ", how));
    }
    Listen(limit - world_->Now());
  }
}

absl::StatusOr<cluster::ExitStatus> Dialogue::AwaitEnd(const std::string& node) {
  const Time limit = world_->Now() + patience_;
  while (!ended_.contains(node)) {
    if (world_->Now() >= limit) return absl::UnavailableError(absl::StrCat(node, " goes on"));
    Listen(limit - world_->Now());
  }
  return ended_.at(node);
}

std::vector<Json::Member> Write(const std::string& key, const std::string& value) {
  return {
      {"type", Json::String("write")}, {"key", Json::String(key)}, {"value", Json::String(value)}};
}

std::vector<Json::Member> Read(const std::string& key) {
  return {{"type", Json::String("read")}, {"key", Json::String(key)}};
}

std::vector<Json::Member> Status() { return {{"type", Json::String("status")}}; }

std::string TypeOf(const Json& body) { return Text(body, "type"); }

int64_t Integer(const Json& body, const std::string& member) {
  const Json* value = body.Find(member);
  return value == nullptr ? -1 : value->AsInt64().value_or(-1);
}

std::string Text(const Json& body, const std::string& member) {
  const Json* value = body.Find(member);
  return value != nullptr && value->is_string() ? value->string_value() : "";
}

}  // namespace tidemark::crash
