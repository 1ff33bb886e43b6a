// What a campaign should reach, message by message, and what no run can (docs/simulation.md, "What
// is not reached").
#include <string_view>

#include "harness/simulation/landscape.h"
#include "node/base/assert.h"

namespace tidemark::simulation {
namespace {

using Kind = MessageKind;
using Role = raft::Raft::Role;

// What a message of this kind and term makes of a follower, a candidate and a leader: a letter for
// each outcome, in the order of `Outcome`.
constexpr std::string_view kLetters = "LDTCWAN";
static_assert(kLetters.size() == kOutcomes);

struct Row {
  Kind kind;
  Relation relation;
  std::string_view follower;
  std::string_view candidate;
  std::string_view leader;
};

constexpr Relation kOlder = Relation::kOlder;
constexpr Relation kSame = Relation::kSame;
constexpr Relation kNewer = Relation::kNewer;
constexpr Relation kNone = Relation::kNone;

constexpr Row kRows[] = {
    // A pre-vote changes nothing at whom it is asked of (dissertation §9.6).
    {Kind::kPreVote, kOlder, "A", "A", "A"},
    {Kind::kPreVote, kSame, "A", "A", "A"},
    {Kind::kPreVote, kNewer, "A", "A", "A"},
    // Who hears a leader, or is one, does not even take the term (dissertation §4.2.3).
    {Kind::kRequestVote, kOlder, "A", "A", "A"},
    {Kind::kRequestVote, kSame, "WA", "WA", "A"},
    {Kind::kRequestVote, kNewer, "TA", "D", "A"},
    // Who has a log does not agree to a bootstrap, nor take its term.
    {Kind::kRequestBootstrap, kOlder, "A", "A", "A"},
    {Kind::kRequestBootstrap, kSame, "A", "A", "A"},
    {Kind::kRequestBootstrap, kNewer, "TA", "A", "A"},
    // A vote is granted in its asker's term, or, before an election, in an older one.
    {Kind::kVoteGranted, kOlder, "N", "TN", "N"},
    {Kind::kVoteGranted, kSame, "N", "LTN", "N"},
    {Kind::kVoteGranted, kNewer, "", "", ""},
    {Kind::kVoteRefused, kOlder, "N", "DN", "N"},
    {Kind::kVoteRefused, kSame, "N", "DN", "N"},
    {Kind::kVoteRefused, kNewer, "T", "D", "D"},
    // A term has one leader (Election Safety): none hears of another in its own.
    {Kind::kHeartbeat, kOlder, "A", "A", "A"},
    {Kind::kHeartbeat, kSame, "CA", "D", ""},
    {Kind::kHeartbeat, kNewer, "T", "D", "D"},
    {Kind::kAppendEntries, kOlder, "A", "A", "A"},
    {Kind::kAppendEntries, kSame, "CWA", "D", ""},
    {Kind::kAppendEntries, kNewer, "T", "D", "D"},
    {Kind::kSnapshotProbe, kOlder, "A", "", "A"},
    {Kind::kSnapshotProbe, kSame, "A", "D", ""},
    {Kind::kSnapshotProbe, kNewer, "T", "D", "D"},
    {Kind::kSnapshotPiece, kOlder, "A", "", "A"},
    {Kind::kSnapshotPiece, kSame, "WA", "", ""},
    {Kind::kSnapshotPiece, kNewer, "T", "", ""},
    // Who has appended is of the term in which it was asked to.
    {Kind::kAppended, kOlder, "N", "N", "N"},
    {Kind::kAppended, kSame, "N", "N", "CAN"},
    {Kind::kAppended, kNewer, "", "", ""},
    {Kind::kConflict, kOlder, "N", "N", "N"},
    {Kind::kConflict, kSame, "N", "N", "AN"},
    {Kind::kConflict, kNewer, "T", "D", "D"},
    // It is answered to a leader of an older term only.
    {Kind::kCommitNotice, kOlder, "A", "A", "A"},
    {Kind::kCommitNotice, kSame, "CN", "", ""},
    {Kind::kCommitNotice, kNewer, "T", "D", "D"},
    {Kind::kInstallReply, kOlder, "N", "N", "N"},
    {Kind::kInstallReply, kSame, "N", "N", "AN"},
    {Kind::kInstallReply, kNewer, "", "", "D"},
    // Of no term.
    {Kind::kBootstrapWanted, kNone, "TN", "A", "N"},
    {Kind::kWrongIncarnation, kNone, "N", "N", "N"},
    {Kind::kWrongCluster, kNone, "", "", ""},
    {Kind::kHandIn, kNone, "A", "A", "WAN"},
    {Kind::kServeRead, kNone, "A", "A", "AN"},
    {Kind::kConfirmRead, kNone, "A", "A", "AN"},
    {Kind::kPull, kNone, "A", "A", "A"},
    {Kind::kApplied, kNone, "AN", "AN", "AN"},
    {Kind::kReadServed, kNone, "AN", "AN", "N"},
    {Kind::kReadRefused, kNone, "AN", "", ""},
    {Kind::kReadConfirmed, kNone, "AN", "AN", "AN"},
    {Kind::kNews, kNone, "AN", "N", "N"},
    {Kind::kNotLeader, kNone, "AN", "N", "N"},
    {Kind::kNoRoom, kNone, "", "", ""},
    {Kind::kStateHash, kNone, "AN", "N", "AN"},
};

std::string_view Letters(const Row& row, Role role) {
  switch (role) {
    case Role::kFollower:
      return row.follower;
    case Role::kCandidate:
      return row.candidate;
    case Role::kLeader:
      return row.leader;
  }
  TM_ASSERT(false && "every role is one of these");
  return "";
}

}  // namespace

bool IsExpected(const StepPlace& place) {
  const char letter = kLetters[static_cast<size_t>(place.outcome)];
  for (const Row& row : kRows) {
    if (row.kind != place.kind || row.relation != place.relation) continue;
    return Letters(row, place.role).find(letter) != std::string_view::npos;
  }
  return false;
}

bool IsToldByFrontEnd(size_t told) {
  return told == NumberOf(server::ErrorCode::kNotSupported) ||
         told == NumberOf(server::ErrorCode::kMalformed) ||
         told == NumberOf(server::Reason::kNotInitialized) ||
         told == NumberOf(server::Reason::kAlreadyInitialized);
}

}  // namespace tidemark::simulation
