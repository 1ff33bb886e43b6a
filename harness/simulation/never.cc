// What no run reaches, and why (docs/simulation.md, "What is not reached").
#include "harness/simulation/landscape.h"

namespace tidemark::simulation {
namespace {

using Kind = MessageKind;
using Role = raft::Raft::Role;

bool HasTerm(Kind kind) {
  switch (kind) {
    case Kind::kPreVote:
    case Kind::kRequestVote:
    case Kind::kRequestFounding:
    case Kind::kVoteGranted:
    case Kind::kVoteRefused:
    case Kind::kHeartbeat:
    case Kind::kAppendEntries:
    case Kind::kAppended:
    case Kind::kConflict:
    case Kind::kSnapshotProbe:
    case Kind::kSnapshotPiece:
    case Kind::kInstallReply:
      return true;
    case Kind::kFoundingWanted:
    case Kind::kWrongIncarnation:
    case Kind::kWrongCluster:
    case Kind::kHandIn:
    case Kind::kServeRead:
    case Kind::kConfirmRead:
    case Kind::kPull:
    case Kind::kApplied:
    case Kind::kReadServed:
    case Kind::kReadRefused:
    case Kind::kReadConfirmed:
    case Kind::kNews:
    case Kind::kNotLeader:
    case Kind::kNoRoom:
    case Kind::kStateHash:
      return false;
  }
  return false;
}

}  // namespace

std::string WhyNever(const StepPlace& place) {
  if (HasTerm(place.kind) != (place.relation != Relation::kNone)) return "no such message";
  return "";
}

std::string WhyNeverTold(size_t) { return ""; }

}  // namespace tidemark::simulation
