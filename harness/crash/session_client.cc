#include "harness/crash/session_client.h"

#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::crash {
namespace {

using wire::Json;

constexpr size_t kListLength = 32;
constexpr size_t kLists = 8;
// So that logs grow: a value is its number, and this much more.
constexpr size_t kPadding = 160;

// Error codes: what they say of the request.
constexpr int64_t kUnavailable = 11;  // it did not happen
constexpr int64_t kMissing = 20;
constexpr int64_t kOpen = 13;  // it may have happened, or happen yet

Json ValueOf(uint64_t number) {
  return Json::String(absl::StrCat(number, ":", std::string(kPadding, 'x')));
}

uint64_t NumberOf(const Json& value) {
  return value.is_string() ? std::strtoull(value.string_value().c_str(), nullptr, 10) : 0;
}

std::string TypeOf(const Json& body) {
  const Json* type = body.Find("type");
  return type != nullptr && type->is_string() ? type->string_value() : "";
}

}  // namespace

SessionClient::SessionClient(int number, uint64_t seed)
    : name_(absl::StrCat("c", number)), random_(seed) {}

std::string SessionClient::Ask(const std::string& node) {
  TM_ASSERT(!waiting());
  if (lists_.size() > kLists) return Delete(node);
  const int64_t draw = random_.Between(1, 10);
  if (draw <= 6 || lists_.empty()) return Append(node);
  const uint64_t list = lists_.begin()->first + static_cast<uint64_t>(random_.Between(
                                                    0, static_cast<int64_t>(lists_.size()) - 1));
  return Read(draw <= 9 ? Kind::kRywRead : Kind::kRead, list, node);
}

std::string SessionClient::AskForNextList(const std::string& node) {
  TM_ASSERT(!waiting());
  const auto next = lists_.lower_bound(next_checked_);
  if (next == lists_.end()) return "";
  next_checked_ = next->first + 1;
  return Read(Kind::kRead, next->first, node);
}

std::string SessionClient::Append(const std::string& node) {
  if (lists_[last_list_].acknowledged.size() >= kListLength) ++last_list_;
  lists_[last_list_].open.insert(++last_value_);
  Json append =
      Json::Array({Json::String("append"), Json::String(KeyOf(last_list_)), ValueOf(last_value_)});
  return Request(Kind::kAppend, last_list_, node,
                 {{"type", Json::String("txn")}, {"txn", Json::Array({std::move(append)})}});
}

std::string SessionClient::Read(Kind kind, uint64_t list, const std::string& node) {
  std::vector<Json::Member> body = {
      {"type", Json::String(kind == Kind::kRead ? "read" : "ryw_read")},
      {"key", Json::String(KeyOf(list))}};
  if (kind == Kind::kRywRead) body.emplace_back("last_write_index", Json::Number(int64_t{0}));
  return Request(kind, list, node, std::move(body));
}

std::string SessionClient::Delete(const std::string& node) {
  const uint64_t oldest = lists_.begin()->first;
  lists_.erase(oldest);
  return Request(Kind::kDelete, oldest, node,
                 {{"type", Json::String("delete")}, {"key", Json::String(KeyOf(oldest))}});
}

std::string SessionClient::KeyOf(uint64_t list) const { return absl::StrCat(name_, "-", list); }

std::string SessionClient::Request(Kind kind, uint64_t list, const std::string& node,
                                   std::vector<Json::Member> body) {
  asked_ = node;
  kind_ = kind;
  list_ = list;
  body.emplace_back("msg_id", Json::Number(++msg_id_));
  body.emplace_back("session", session_);
  return Json::Object({{"src", Json::String(name_)},
                       {"dest", Json::String(node)},
                       {"body", Json::Object(std::move(body))}})
      .Spaced();
}

absl::Status SessionClient::Take(const Json& body) {
  const Json* answered = body.Find("in_reply_to");
  // To a request that was given up when its node was killed.
  if (!waiting() || answered == nullptr || answered->AsInt64() != msg_id_) return absl::OkStatus();
  asked_.clear();
  if (absl::Status session = TakeSession(body); !session.ok()) return session;
  if (TypeOf(body) == "error") return TakeError(body);
  if (kind_ == Kind::kAppend) {
    ++acknowledged_;
    lists_[list_].open.erase(last_value_);
    lists_[list_].acknowledged.push_back(last_value_);
  } else if (kind_ != Kind::kDelete) {
    const Json* value = body.Find("value");
    return value == nullptr ? Violation("no value", body) : CheckList(*value);
  }
  return absl::OkStatus();
}

absl::Status SessionClient::TakeError(const Json& body) {
  const Json* code = body.Find("code");
  const std::optional<int64_t> number = code == nullptr ? std::nullopt : code->AsInt64();
  if (number == kOpen || (number == kUnavailable && kind_ != Kind::kAppend)) {
    return absl::OkStatus();
  }
  if (number == kUnavailable) {
    lists_[list_].open.erase(last_value_);
    return absl::OkStatus();
  }
  if (number != kMissing) return Violation("refused", body);
  if (kind_ == Kind::kDelete) return absl::OkStatus();
  return CheckList(Json::Array());
}

absl::Status SessionClient::TakeSession(const Json& body) {
  const Json* session = body.Find("session");
  if (session == nullptr) return absl::OkStatus();
  const Json* index = session->Find("index");
  const int64_t now = index == nullptr ? 0 : index->AsInt64().value_or(0);
  if (now < session_index_) return Violation("the session went back", body);
  session_index_ = now;
  session_ = *session;
  return absl::OkStatus();
}

absl::Status SessionClient::CheckList(const Json& value) const {
  if (!value.is_array()) return Violation("not a list", value);
  const List& list = lists_.at(list_);
  std::set<uint64_t> seen;
  auto expected = list.acknowledged.begin();
  for (const Json& item : value.items()) {
    const uint64_t number = NumberOf(item);
    if (!seen.insert(number).second) return Violation(absl::StrCat(number, " is twice in"), value);
    if (expected != list.acknowledged.end() && *expected == number) {
      ++expected;
    } else if (!list.open.contains(number)) {
      return Violation(absl::StrCat(number, " is not in its place in"), value);
    }
  }
  if (expected == list.acknowledged.end()) return absl::OkStatus();
  return Violation(absl::StrCat("acknowledged, and lost: ", *expected), value);
}

absl::Status SessionClient::Violation(const std::string& what, const Json& seen) const {
  return absl::DataLossError(absl::StrCat(name_, ", list ", list_, ", asking ",
                                          asked_.empty() ? "a node" : asked_, ": ", what, ": ",
                                          seen.Spaced()));
}

void SessionClient::Lost() { asked_.clear(); }

}  // namespace tidemark::crash
