// How a cluster begins (docs/design.md, bootstrap): an election that needs every node, each with
// nothing to lose, so that no two bootstraps can both succeed.
#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/assert.h"
#include "node/raft/raft.h"
#include "node/raft/terms.h"

namespace tidemark::raft {

void Raft::Bootstrap() {
  if (!log_.empty()) return;
  if (!HasRoomToLead()) return;
  if (!IsFounder()) {
    const Member founder = MemberFor(identity_.node_ids.front());
    Send(founder, BootstrapWanted{identity_.node_ids}, &ready_.send_now);
    return;
  }
  if (!unbootstrapped() || hard_state_.term >= kHighestTerm) return;
  const auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr || candidate->ballot != Ballot::kBootstrap) {
    role_ = Candidate{.ballot = Ballot::kBootstrap};
    SetHardState({hard_state_.term.Next(), self()});
  }
  AskForBootstrap();
}

// The request promises the founder's own vote, so it waits for the disk. Who has voted already is
// not asked again.
void Raft::AskForBootstrap() {
  const auto& votes = std::get<Candidate>(role_).votes;
  for (const NodeId& id : identity_.node_ids) {
    const bool voted = std::any_of(votes.begin(), votes.end(),
                                   [&](const Member& voter) { return voter.id == id; });
    if (id == self().id || voted) continue;
    Send(MemberFor(id), RequestBootstrap{hard_state_.term, identity_.node_ids},
         &ready_.send_durable);
  }
}

void Raft::HandleRequestBootstrap(Time now, const Header& header, const RequestBootstrap& request) {
  bool grants = AgreesToBootstrap(header, request) && request.term >= hard_state_.term;
  if (grants && request.term > hard_state_.term) AdoptTerm(now, request.term);
  grants = grants && GrantsVote(header.from, LogPosition{});
  if (grants) {
    CastVote(header.from);
    // Whatever cluster this node was addressed by before, it has nothing of it.
    adopted_cluster_ = ClusterId();
  }
  Reply(header, Vote{hard_state_.term, Ballot::kBootstrap, request.term, grants});
}

// A node with a log does not even adopt the term: to it, the founder is an emptied member.
bool Raft::AgreesToBootstrap(const Header& header, const RequestBootstrap& request) {
  if (!log_.empty()) {
    Tell(Notice::Level::kWarning,
         absl::StrCat(header.from.id, " asked ", Me(), " to bootstrap a cluster, but ", Me(),
                      " has a log already: ", header.from.id,
                      " came back empty. A leader brings it up to date, as soon as there is one"));
    return false;
  }
  if (request.node_ids != identity_.node_ids) {
    Tell(Notice::Level::kError, absl::StrCat(header.from.id, " wants to bootstrap the cluster [",
                                             absl::StrJoin(request.node_ids, ", "), "], but ", Me(),
                                             " was told [", absl::StrJoin(identity_.node_ids, ", "),
                                             "]: start all nodes with the same node_ids"));
    return false;
  }
  return header.from.id == identity_.node_ids.front();
}

void Raft::HandleBootstrapWanted(const Header& header, const BootstrapWanted& wanted) {
  if (!IsFounder() || !unbootstrapped()) return;
  if (wanted.node_ids != identity_.node_ids) {
    Tell(Notice::Level::kError,
         absl::StrCat(header.from.id, " wants a cluster of [", absl::StrJoin(wanted.node_ids, ", "),
                      "], but ", Me(), " was told [", absl::StrJoin(identity_.node_ids, ", "),
                      "]: start all nodes with the same node_ids"));
    return;
  }
  Bootstrap();
}

void Raft::CountBootstrapVotes(Time now) {
  auto& candidate = std::get<Candidate>(role_);
  std::vector<Member> members = candidate.votes;
  const bool own_is_durable =
      !hard_state_changed_ && persisted_sequence_ >= candidate.own_vote_sequence;
  if (own_is_durable) members.push_back(self());
  // Two incarnations of one name may both have voted: then one of them is gone, and the bootstrap
  // waits for a later term.
  std::sort(members.begin(), members.end());
  std::vector<NodeId> voters;
  for (const Member& member : members) voters.push_back(member.id);
  if (voters != identity_.node_ids || !log_.empty()) return;
  Configuration configuration{ClusterId(random_->NextIdentity32()), std::move(members),
                              options_.limits};
  Tell(Notice::Level::kInfo, absl::StrCat(Me(), " bootstraps cluster ",
                                          absl::Hex(configuration.cluster.value(), absl::kZeroPad8),
                                          " of [", absl::StrJoin(identity_.node_ids, ", "), "]"));
  BeginLeading(
      now,
      Entry{{}, ConfigurationEntry{std::move(configuration), Stamp(random_->NextIdentity32())}});
}

}  // namespace tidemark::raft
