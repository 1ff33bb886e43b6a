#include "harness/simulation/reached.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/wire/gateway.h"

namespace tidemark::simulation {
namespace {

using server::ErrorCode;
using server::Reason;

constexpr ErrorCode kCodes[] = {ErrorCode::kNotSupported,      ErrorCode::kUnavailable,
                                ErrorCode::kMalformed,         ErrorCode::kIndefinite,
                                ErrorCode::kAborted,           ErrorCode::kKeyMissing,
                                ErrorCode::kPreconditionFailed};
constexpr size_t kRows = static_cast<size_t>(server::RywDecision::kWaitForLeader) + 1;
constexpr size_t kReasons = static_cast<size_t>(Reason::kTooLarge) + 1;
static_assert(kRows + std::size(kCodes) + kReasons == kTold);

template <size_t kSize>
void AppendNumbers(const std::bitset<kSize>& set, std::string* text) {
  const char* comma = "";
  for (size_t i = 0; i < kSize; ++i) {
    if (!set[i]) continue;
    ConcatTo(text, comma, i);
    comma = ",";
  }
}

template <size_t kSize>
bool ReadNumbers(std::string_view text, std::bitset<kSize>* set) {
  if (text.empty()) return true;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(std::string(text), ','))) {
    uint32_t number = 0;
    if (!absl::SimpleAtoi(word, &number) || number >= kSize) return false;
    set->set(number);
  }
  return true;
}

}  // namespace

size_t NumberOf(const StepPlace& place) {
  size_t number = static_cast<size_t>(place.role);
  number = number * kMessageKinds + static_cast<size_t>(place.kind);
  number = number * kRelations + static_cast<size_t>(place.relation);
  return number * kOutcomes + static_cast<size_t>(place.outcome);
}

StepPlace StepPlaceAt(size_t number) {
  TM_ASSERT(number < kStepPlaces);
  StepPlace place;
  place.outcome = static_cast<StepOutcome>(number % kOutcomes);
  number /= kOutcomes;
  place.relation = static_cast<Relation>(number % kRelations);
  number /= kRelations;
  place.kind = static_cast<MessageKind>(number % kMessageKinds);
  place.role = static_cast<raft::Raft::Role>(number / kMessageKinds);
  return place;
}

const char* NameOf(raft::Raft::Role role) {
  constexpr const char* kNames[kRoles] = {"follower", "candidate", "leader"};
  return kNames[static_cast<size_t>(role)];
}

const char* NameOf(Relation relation) {
  constexpr const char* kNames[kRelations] = {"of an older term", "of the same term",
                                              "of a newer term", "of no term"};
  return kNames[static_cast<size_t>(relation)];
}

const char* NameOf(StepOutcome outcome) {
  constexpr const char* kNames[kOutcomes] = {"led",   "was deposed", "took the term", "committed",
                                             "wrote", "answered",    "did nothing"};
  return kNames[static_cast<size_t>(outcome)];
}

size_t NumberOf(server::RywDecision row) { return static_cast<size_t>(row); }

size_t NumberOf(ErrorCode code) {
  size_t at = 0;
  while (kCodes[at] != code) {
    ++at;
    TM_ASSERT(at < std::size(kCodes));
  }
  return kRows + at;
}

size_t NumberOf(Reason reason) { return kRows + std::size(kCodes) + static_cast<size_t>(reason); }

std::string ToldAt(size_t number) {
  TM_ASSERT(number < kTold);
  if (number < kRows) return Concat("row ", number + 1, " of the read's decision table");
  number -= kRows;
  if (number < std::size(kCodes)) return Concat("error ", static_cast<int>(kCodes[number]));
  return Concat("reason ", wire::Spelled(static_cast<Reason>(number - std::size(kCodes))));
}

std::string FormatReached(const Reached& reached) {
  std::string text;
  AppendNumbers(reached.landmarks, &text);
  text += ';';
  AppendNumbers(reached.steps, &text);
  text += ';';
  AppendNumbers(reached.told, &text);
  return text;
}

std::optional<Reached> ParseReached(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(std::string(text), ';');
  Reached reached;
  const bool good = parts.size() == 3 && ReadNumbers(parts[0], &reached.landmarks) &&
                    ReadNumbers(parts[1], &reached.steps) && ReadNumbers(parts[2], &reached.told);
  if (!good) return std::nullopt;
  return reached;
}

}  // namespace tidemark::simulation
