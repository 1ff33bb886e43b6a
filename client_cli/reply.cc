#include "client_cli/reply.h"

namespace tidemark::client {
namespace {

using wire::Json;

constexpr uint64_t kUnavailable = 11;
constexpr uint64_t kIndefinite = 13;
constexpr uint64_t kKeyMissing = 20;
constexpr uint64_t kPreconditionFailed = 22;

}  // namespace

std::optional<uint64_t> UintOf(const Json& body, std::string_view member) {
  const Json* value = body.Find(member);
  return value != nullptr && value->is_number() ? value->AsUint64() : std::nullopt;
}

std::string StringOf(const Json& body, std::string_view member) {
  const Json* value = body.Find(member);
  return value != nullptr && value->is_string() ? value->string_value() : "";
}

bool IsError(const Json& body) { return StringOf(body, "type") == "error"; }

uint64_t CodeOf(const Json& body) { return IsError(body) ? UintOf(body, "code").value_or(0) : 0; }

bool IsVerdict(const Json& body) {
  if (CodeOf(body) != kPreconditionFailed) return false;
  const std::string reason = StringOf(body, "reason");
  return reason == "token_other_cluster" || reason == "token_lost_history" ||
         reason == "token_from_future";
}

bool HasSeenTheState(const Json& body) {
  if (!IsError(body)) return true;
  const uint64_t code = CodeOf(body);
  return (code == kKeyMissing || code == kPreconditionFailed) && !IsVerdict(body);
}

Certainty CertaintyOf(const Json& body) {
  const uint64_t code = CodeOf(body);
  if (code == kUnavailable) return Certainty::kNotHandedIn;
  if (code == kIndefinite && !IsForgotten(body)) return Certainty::kOpen;
  return Certainty::kDecided;
}

bool IsForgotten(const Json& body) {
  return CodeOf(body) == kIndefinite && StringOf(body, "reason") == "outcome_forgotten";
}

}  // namespace tidemark::client
