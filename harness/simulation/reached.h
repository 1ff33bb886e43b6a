// What a run has reached, seen from outside the nodes: landmarks, steps, and what clients were
// told. Sets of numbered things, each with a name.
#ifndef TIDEMARK_HARNESS_SIMULATION_REACHED_H_
#define TIDEMARK_HARNESS_SIMULATION_REACHED_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/simulation/message_kind.h"
#include "node/raft/raft.h"
#include "node/server/requests.h"
#include "node/server/ryw_decision.h"

namespace tidemark::simulation {

// --- Steps --------------------------------------------------------------------------------------

// A message's term against the term of the node to which it comes.
enum class Relation : uint8_t { kOlder, kSame, kNewer, kNone };
constexpr size_t kRelations = 4;

// What a message made of the node, the first of these that is so.
enum class StepOutcome : uint8_t {
  kLed,        // it leads now
  kDeposed,    // it does not stand, or lead, any more
  kTermRose,   // it took a newer term
  kCommitted,  // it knows more to be committed
  kWrote,      // it has something to write down
  kAnswered,   // it has something to send, or to tell a client
  kNothing,
};
constexpr size_t kOutcomes = 7;

// A node in `role` took one message, and this came of it.
struct StepPlace {
  raft::Raft::Role role = raft::Raft::Role::kFollower;
  MessageKind kind = MessageKind::kPreVote;
  Relation relation = Relation::kNone;
  StepOutcome outcome = StepOutcome::kNothing;
};
constexpr size_t kRoles = 3;
constexpr size_t kStepPlaces = kRoles * kMessageKinds * kRelations * kOutcomes;

size_t NumberOf(const StepPlace& place);
StepPlace StepPlaceAt(size_t number);
const char* NameOf(raft::Raft::Role role);
const char* NameOf(Relation relation);
const char* NameOf(StepOutcome outcome);

// --- What clients are told ----------------------------------------------------------------------

// Rows of the read's decision table, error codes, and reasons: in this order.
size_t NumberOf(server::RywDecision row);
size_t NumberOf(server::ErrorCode code);
size_t NumberOf(server::Reason reason);
constexpr size_t kTold = 9 + 7 + 20;
std::string ToldAt(size_t number);

// --- All of it ----------------------------------------------------------------------------------

constexpr size_t kMostLandmarks = 96;
using LandmarkSet = std::bitset<kMostLandmarks>;

struct Reached {
  LandmarkSet landmarks;
  std::bitset<kStepPlaces> steps;
  std::bitset<kTold> told;

  void Add(const Reached& other) {
    landmarks |= other.landmarks;
    steps |= other.steps;
    told |= other.told;
  }
  bool operator==(const Reached&) const = default;
};

// The numbers of all three, as text without white space. nullopt: that is no such text.
std::string FormatReached(const Reached& reached);
std::optional<Reached> ParseReached(std::string_view text);

}  // namespace tidemark::simulation

#endif  // TIDEMARK_HARNESS_SIMULATION_REACHED_H_
