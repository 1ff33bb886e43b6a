// How a cluster begins (docs/design.md, bootstrap): an election that needs every node, each with
// nothing to lose, so that no two bootstraps can both succeed.
#include <algorithm>
#include <set>
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

void Raft::Bootstrap(Time now) {
  if (!log_.empty()) return;
  if (!HasRoomToLead()) return;
  const NodeId& founder = identity_.node_ids.front();
  if (!IsFounder()) {
    awaited_.Begin(now, {founder});
    TellWhoIsAwaited(now);
    const bool heard = incarnations_.contains(founder);
    if (options_.reticent && !heard) return;
    Send(MemberFor(founder), BootstrapWanted{identity_.node_ids}, &ready_.send_now);
    return;
  }
  if (!unbootstrapped() || hard_state_.term >= kHighestTerm) return;
  awaited_.Begin(now, {identity_.node_ids.begin() + 1, identity_.node_ids.end()});
  TellWhoIsAwaited(now);
  const auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr || candidate->ballot != Ballot::kBootstrap) {
    role_ = Candidate{.ballot = Ballot::kBootstrap};
    SetHardState({hard_state_.term.Next(), self()});
  }
  AskForBootstrap();
}

std::vector<NodeId> Raft::bootstrap_awaits() const {
  if (!log_.empty()) return {};
  std::set<NodeId> awaited = awaited_.silent();
  awaited.insert(awaited_.refusing().begin(), awaited_.refusing().end());
  return {awaited.begin(), awaited.end()};
}

void Raft::TellWhoIsAwaited(Time now) {
  if (!awaited_.IsToBeTold(now)) return;
  const auto names = [](const std::set<NodeId>& nodes) { return absl::StrJoin(nodes, ", "); };
  std::string text = absl::StrCat("the cluster of [", absl::StrJoin(identity_.node_ids, ", "),
                                  "] is not bootstrapped yet, which takes every node once");
  if (!awaited_.silent().empty()) {
    absl::StrAppend(&text, ": ", Me(), " has no answer from ", names(awaited_.silent()),
                    "; see what does not run, or does not hear the other");
  }
  if (!awaited_.refusing().empty()) {
    absl::StrAppend(&text, ": ", names(awaited_.refusing()),
                    " said no to it, and why is in the log there");
  }
  if (bootstrap_awaits().empty() && !IsFounder()) {
    absl::StrAppend(&text, ": ", Me(), " has agreed, and ", identity_.node_ids.front(),
                    " waits for another node, which its log and its status name");
  }
  Tell(Notice::Level::kWarning, std::move(text));
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
  if (log_.empty() && header.from.id == identity_.node_ids.front()) {
    awaited_.Answered(header.from.id, true);
  }
  Reply(header, Vote{hard_state_.term, Ballot::kBootstrap, request.term, grants});
}

// A node with a log does not even adopt the term: to it, the founder is an emptied member.
bool Raft::AgreesToBootstrap(const Header& header, const RequestBootstrap& request) {
  if (!log_.empty()) {
    // A copy, or a repetition, of the request by which it came to lead. A log that does not begin
    // with a configuration comes of no node; a peer that is broken may have sent it all the same.
    const Configuration* configuration = log_.configuration();
    if (configuration != nullptr && configuration->Names(header.from)) return false;
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

void Raft::HandleBootstrapWanted(Time now, const Header& header, const BootstrapWanted& wanted) {
  if (!IsFounder() || !unbootstrapped()) return;
  if (wanted.node_ids != identity_.node_ids) {
    Tell(Notice::Level::kError,
         absl::StrCat(header.from.id, " wants a cluster of [", absl::StrJoin(wanted.node_ids, ", "),
                      "], but ", Me(), " was told [", absl::StrJoin(identity_.node_ids, ", "),
                      "]: start all nodes with the same node_ids"));
    return;
  }
  Bootstrap(now);
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
