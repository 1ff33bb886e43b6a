#include "client_cli/explanation.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "client_cli/reply.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

using wire::Json;

// What is known of the time that waiting and asking would take decides, or time that has passed.
std::string_view WaitOrRedirect(const Json& explain, bool waits) {
  const std::optional<uint64_t> wait = UintOf(explain, "expected_wait_us");
  const std::optional<uint64_t> redirect = UintOf(explain, "expected_redirect_us");
  if (waits) {
    return wait && redirect ? "what is missing is expected before the leader could answer"
                            : "what is missing may come; nothing is known yet of when, or of how "
                              "fast the leader would be";
  }
  return wait && redirect && *redirect < *wait
             ? "the leader is expected to answer before what is missing comes"
             : "what is missing has not come in time";
}

std::string Decided(const Json& explain) {
  const std::string decision = StringOf(explain, "decision");
  if (decision == "wait" || decision == "redirect") {
    return Concat(decision, ", for ", WaitOrRedirect(explain, decision == "wait"));
  }
  static const auto& words = *new std::map<std::string_view, std::string_view>{
      {"serve", "it has applied what is needed"},
      {"prove", "its log has the entry that the session's token names"},
      {"leader_preferred", "the leader was asked for"},
      {"lead", "this node leads"},
      {"no_leader", "it knows of no leader and waits for one"},
  };
  auto found = words.find(decision);
  return found == words.end() ? decision : Concat(decision, ", for ", found->second);
}

std::string Number(const std::optional<uint64_t>& number) { return number ? Concat(*number) : "?"; }

std::string Ms(const std::optional<uint64_t>& us) {
  return us ? Concat(*us / 1000, ".", *us / 100 % 10, " ms") : "not known";
}

bool IsTrue(const Json& object, std::string_view member) {
  const Json* value = object.Find(member);
  return value != nullptr && value->is_bool() && value->bool_value();
}

std::string Needed(const Json& explain) {
  return Concat("needed: index ", Number(UintOf(explain, "need")),
                IsTrue(explain, "entry_in_log") ? ", which is in its log" : ", not in its log",
                "; applied: ", Number(UintOf(explain, "applied_index")),
                "; end of its log: ", Number(UintOf(explain, "last_index")));
}

std::string Measured(const Json& explain) {
  const std::optional<uint64_t> speed = UintOf(explain, "entries_per_second");
  return Concat("measured: to the leader and back ", Ms(UintOf(explain, "round_trip_us")),
                "; catching up ", speed ? Concat(*speed, " entries a second") : "not known");
}

std::string Expected(const Json& explain) {
  return Concat("expected: waiting here ", Ms(UintOf(explain, "expected_wait_us")),
                "; asking the leader ", Ms(UintOf(explain, "expected_redirect_us")));
}

}  // namespace

std::string RenderExplanation(const Json& explain) {
  return Concat("  decision: ", Decided(explain), "\n  ", Needed(explain), "\n  ",
                Measured(explain), "\n  ", Expected(explain));
}

}  // namespace tidemark::client
