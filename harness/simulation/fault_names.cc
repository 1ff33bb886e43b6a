#include "harness/simulation/fault_names.h"

#include <iterator>
#include <optional>
#include <vector>

#include "absl/strings/str_split.h"
#include "harness/simulation/settings.h"
#include "node/base/concat.h"

namespace tidemark::simulation {
namespace {

// In the order of their bits.
constexpr const char* kNames[] = {"loss",
                                  "duplication",
                                  "lateness",
                                  "clogging",
                                  "partition",
                                  "crash",
                                  "wipe",
                                  "pause",
                                  "clock",
                                  "disk",
                                  "limits",
                                  "directed",
                                  "full-disk",
                                  "hung-disk",
                                  "slow-syncs",
                                  "odd-state",
                                  "catch-up",
                                  "full-tail",
                                  "doubled-requests",
                                  "shared-sessions",
                                  "large-values",
                                  "guessed-names",
                                  "restored",
                                  "forced",
                                  "launches",
                                  "goes-back"};
static_assert(std::size(kNames) == kFaultKinds);

std::optional<uint32_t> FaultsNamed(std::string_view name) {
  if (name == "all") return kAllFaults;
  if (name == "none") return kNoFaults;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (name == kNames[i]) return 1u << i;
  }
  return std::nullopt;
}

}  // namespace

std::string FaultNames() {
  std::string text;
  for (const char* name : kNames) ConcatTo(&text, text.empty() ? "" : ", ", name);
  return text;
}

absl::StatusOr<uint32_t> ParseFaults(std::string_view text) {
  uint32_t faults = kNoFaults;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(std::string(text), ','))) {
    const bool without = !word.empty() && word.front() == '-';
    const std::optional<uint32_t> named =
        FaultsNamed(std::string_view(word).substr(without ? 1 : 0));
    if (!named) {
      return absl::InvalidArgumentError(
          Concat("\"", word, "\" is no fault; there are all, none, ", FaultNames()));
    }
    faults = without ? faults & ~*named : faults | *named;
  }
  return faults;
}

std::string FormatFaults(uint32_t faults) {
  if (faults == kAllFaults) return "all";
  if (faults == kNoFaults) return "none";
  std::string text;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if ((faults & 1u << i) != 0) ConcatTo(&text, text.empty() ? "" : ",", kNames[i]);
  }
  return text;
}

std::string PlayedText(const std::array<uint64_t, kFaultKinds>& played) {
  std::string text;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (played[i] == 0) continue;
    ConcatTo(&text, text.empty() ? "" : ", ", played[i], " ", kNames[i]);
  }
  return text;
}

}  // namespace tidemark::simulation
