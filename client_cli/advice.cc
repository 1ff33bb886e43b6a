#include "client_cli/advice.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "client_cli/reply.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

using wire::Json;

std::string_view ByReason(const std::string& reason) {
  static const auto& advice = *new std::map<std::string_view, std::string_view>{
      {"token_lost_history",
       "what was written there is not here; `session reset` adopts this history"},
      {"token_other_cluster",
       "`session reset` begins anew here, `session TOKEN` goes on with a session of this cluster"},
      {"token_from_future", "`session reset` begins anew"},
      {"outcome_forgotten", "`read` shows what is there"},
      {"seq_reused", "`session reset` takes another client id"},
      {"cancelled", "safe to do again"},
      {"not_bootstrapped",
       "a new cluster takes every node once: `restart` and `heal` bring back those that are "
       "missing"},
  };
  auto found = advice.find(reason);
  return found == advice.end() ? "" : found->second;
}

std::string OnUnavailable(const Json& error, const std::string& remedy) {
  if (const std::optional<uint64_t> ms = UintOf(error, "retry_after_ms")) {
    return Concat("try again in ", *ms, " ms");
  }
  return remedy.empty() ? "`status` shows who runs and who leads" : remedy;
}

std::string OnOpenOutcome(const Json& error) {
  const Json* write_id = error.Find("write_id");
  if (write_id == nullptr) return "";
  return Concat("`fate ", UintOf(*write_id, "writer").value_or(0), " ",
                UintOf(*write_id, "seq").value_or(0), " ", StringOf(*write_id, "tag"),
                "` tells what came of it");
}

}  // namespace

std::string Advice(const Json& error, const std::string& remedy) {
  const std::string_view by_reason = ByReason(StringOf(error, "reason"));
  if (!by_reason.empty()) return std::string(by_reason);
  switch (CodeOf(error)) {
    case 11:
      return OnUnavailable(error, remedy);
    case 13:
      return OnOpenOutcome(error);
    default:
      return "";
  }
}

}  // namespace tidemark::client
