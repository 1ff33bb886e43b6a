#include "harness/transcript/match.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace tidemark::transcript {

using wire::Json;

namespace {

constexpr std::string_view kAny = "<any>";

bool SameMembers(const Json& expected, const Json& came) {
  if (expected.members().size() != came.members().size()) return false;
  for (const auto& [key, value] : expected.members()) {
    const Json* other = came.Find(key);
    if (other == nullptr || !SameJson(value, *other)) return false;
  }
  return true;
}

// The same member in both, or in neither.
bool SameMember(const Json* expected, const Json* came, std::string_view member) {
  const Json* one = expected == nullptr ? nullptr : expected->Find(member);
  const Json* other = came == nullptr ? nullptr : came->Find(member);
  if (one == nullptr || other == nullptr) return one == other;
  return SameJson(*one, *other);
}

bool MatchesBytes(std::string_view expected, const Json& json, std::string_view came) {
  if (expected == came) return true;
  if (expected.find(kAny) == std::string_view::npos) return false;
  absl::StatusOr<Json> parsed = wire::ParseJson(came);
  if (!parsed.ok() || parsed->Spaced() != came) return false;
  return WithAnys(json, *std::move(parsed)).Spaced() == expected;
}

}  // namespace

bool IsAny(const Json& expected) { return expected.is_string() && expected.string_value() == kAny; }

bool SameJson(const Json& expected, const Json& came) {
  if (IsAny(expected)) return true;
  if (expected.type() != came.type()) return false;
  if (expected.is_object()) return SameMembers(expected, came);
  if (!expected.is_array()) return expected == came;
  return std::equal(expected.items().begin(), expected.items().end(), came.items().begin(),
                    came.items().end(), SameJson);
}

bool Matches(std::string_view expected, const Json& json, std::string_view came, MatchMode mode) {
  if (mode == MatchMode::kBytes) return MatchesBytes(expected, json, came);
  absl::StatusOr<Json> parsed = wire::ParseJson(came);
  return parsed.ok() && SameJson(json, *parsed);
}

bool SameOccasion(const Json& expected, const Json& came) {
  if (!SameMember(&expected, &came, "src") || !SameMember(&expected, &came, "dest")) return false;
  const Json* body = expected.Find("body");
  const Json* other = came.Find("body");
  if (body == nullptr && other == nullptr) {
    return SameMember(expected.Find("exit"), came.Find("exit"), "node");
  }
  if (body == nullptr || other == nullptr) return false;
  if (IsAny(*body)) return true;
  if (!SameMember(body, other, "in_reply_to")) return false;
  return body->Find("in_reply_to") != nullptr || SameMember(body, other, "type");
}

Json WithAnys(const Json& expected, Json came) {
  if (IsAny(expected)) return expected;
  if (expected.is_object() && came.is_object()) {
    for (auto& [key, value] : came.mutable_members()) {
      if (const Json* other = expected.Find(key)) value = WithAnys(*other, std::move(value));
    }
  } else if (expected.is_array() && came.is_array()) {
    const size_t common = std::min(expected.items().size(), came.items().size());
    for (size_t i = 0; i < common; ++i) {
      Json& item = came.mutable_items()[i];
      item = WithAnys(expected.items()[i], std::move(item));
    }
  }
  return came;
}

}  // namespace tidemark::transcript
