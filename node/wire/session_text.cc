#include "node/wire/session_text.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/concat.h"
#include "node/kv/session.h"
#include "node/wire/checked.h"
#include "node/wire/excerpt.h"
#include "node/wire/json.h"
#include "node/wire/json_view.h"
#include "node/wire/session_codec.h"

namespace tidemark::wire {
namespace {

std::vector<std::string_view> SplitAtColons(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t colon; (colon = text.find(':', begin)) != std::string_view::npos; begin = colon + 1) {
    parts.push_back(text.substr(begin, colon - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

// As a number only where JSON would take it for one: no sign, no leading zero.
Json NumberOrText(std::string_view part) {
  bool digits = std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  bool number = digits && !part.empty() && (part[0] != '0' || part.size() == 1);
  return number ? Json::NumberText(std::string(part)) : Json::String(std::string(part));
}

std::string Hex(uint64_t number, int digits) {
  std::string text;
  AppendHex(number, digits, &text);
  return text;
}

absl::Status NotASession(std::string_view why) {
  return absl::InvalidArgumentError(
      Concat("a session is written CLUSTER:INDEX:TERM:STAMP, as 9f3a1c20:12:2:5be1c09a; ", why));
}

}  // namespace

void AppendSessionText(const kv::Session& session, std::string* out) {
  ConcatTo(out, Hex(session.cluster, 8), ":", session.index, ":", session.term, ":",
           Hex(session.stamp, 8));
}

absl::StatusOr<kv::Session> ParseSessionText(std::string_view text) {
  const std::vector<std::string_view> parts = SplitAtColons(text);
  if (parts.size() != 4) {
    return NotASession(Concat("got ", parts.size(), parts.size() == 1 ? " part: " : " parts: ",
                              Shortened(Json::String(std::string(text)).Canonical())));
  }
  absl::StatusOr<kv::Session> session =
      SessionOf(Json::Object({{"cluster", Json::String(std::string(parts[0]))},
                              {"index", NumberOrText(parts[1])},
                              {"term", NumberOrText(parts[2])},
                              {"stamp", Json::String(std::string(parts[3]))}}));
  if (!session.ok()) return NotASession(std::string(session.status().message()));
  return session;
}

Json SessionJson(const kv::Session& session) {
  return Json::Object({{"cluster", Json::String(Hex(session.cluster, 8))},
                       {"index", Json::Number(session.index)},
                       {"term", Json::Number(session.term)},
                       {"stamp", Json::String(Hex(session.stamp, 8))}});
}

absl::StatusOr<kv::Session> SessionOf(const Json& json) {
  const JsonViews views = ViewsOf(json);
  Problem problem;
  kv::Session session = DecodeSession(Checked(views.root(), &problem), kMaxSafeInteger);
  if (problem.found()) return absl::InvalidArgumentError(problem.text);
  return session;
}

}  // namespace tidemark::wire
