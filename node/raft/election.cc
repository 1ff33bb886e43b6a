// Elections with pre-vote (§5.2, §5.4.1; dissertation §4.2.3 and §9.6).
#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/raft/raft.h"

namespace tidemark::raft {

void Raft::StandForElection(Time now) {
  if (!MayStand()) {
    BecomeFollower({});
    return;
  }
  // Who cannot write down that its term has begun cannot lead: another may.
  if (!HasRoomToLead()) {
    BecomeFollower({.election_deadline = DrawElectionDeadline(now)});
    return;
  }
  if (DiskIsBehind() && OthersCanLead()) return AwaitDisk(now);
  const bool alone = log_.configuration()->Quorum() == 1;
  Campaign(now, alone ? Ballot::kElection : Ballot::kPreVote);
}

// Who leads with a disk that hangs is in the way of those whose disks do not. A vote for oneself
// that is being written stays asked for.
void Raft::AwaitDisk(Time now) {
  const Time deadline = DrawElectionDeadline(now);
  auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr || candidate->ballot != Ballot::kElection) {
    return BecomeFollower({.election_deadline = deadline});
  }
  candidate->deadline = deadline;
}

void Raft::Campaign(Time now, Ballot ballot) {
  TM_ASSERT(MayStand());
  role_ = Candidate{.ballot = ballot, .deadline = DrawElectionDeadline(now)};
  const Term term = hard_state_.term.Next();
  if (ballot == Ballot::kElection) SetHardState({term, self()});
  const RequestVote request{ballot, term, log_.last()};
  // The request promises the candidate's own vote, so it waits for the disk; a pre-vote promises
  // nothing.
  auto* out = ballot == Ballot::kElection ? &ready_.send_durable : &ready_.send_now;
  for (const Member& member : log_.configuration()->members) {
    if (member.id != self().id) Send(member, request, out);
  }
  if (ballot == Ballot::kPreVote) std::get<Candidate>(role_).votes.push_back(self());
}

void Raft::CountVotes(Time now) {
  auto& candidate = std::get<Candidate>(role_);
  auto& votes = candidate.votes;
  const bool own_is_durable = candidate.ballot == Ballot::kElection && !hard_state_changed_ &&
                              persisted_sequence_ >= candidate.own_vote_sequence;
  if (own_is_durable && std::find(votes.begin(), votes.end(), self()) == votes.end()) {
    votes.push_back(self());
  }
  if (votes.size() < log_.configuration()->Quorum()) return;
  if (!HasRoomToLead()) return StandForElection(now);
  if (candidate.ballot == Ballot::kPreVote) return Campaign(now, Ballot::kElection);
  BecomeLeader(now);
}

void Raft::HandleRequestVote(Time now, const Header& header, const RequestVote& request) {
  const auto answer = [&](bool granted) {
    Reply(header, Vote{hard_state_.term, request.ballot, request.term, granted});
  };
  if (request.ballot == Ballot::kPreVote) return answer(GrantsPreVote(now, request));
  // Who hears a leader neither votes nor takes the term over, so that a node which was cut off
  // cannot depose it (dissertation §4.2.3).
  if (request.term < hard_state_.term || Loyal(now)) return answer(false);
  if (request.term > hard_state_.term) AdoptTerm(now, request.term);
  const bool grants = GrantsVote(header.from, request.last);
  if (grants) {
    CastVote(header.from);
    if (auto* follower = std::get_if<Follower>(&role_)) {
      follower->election_deadline = DrawElectionDeadline(now);
    }
  }
  answer(grants);
}

bool Raft::GrantsPreVote(Time now, const RequestVote& request) const {
  return request.term > hard_state_.term && !Loyal(now) && request.last >= log_.last();
}

// "If votedFor is null or candidateId, and candidate's log is at least as up-to-date as receiver's
// log, grant vote" (figure 2). The candidate is a name together with its memory.
bool Raft::GrantsVote(const Member& candidate, LogPosition last) const {
  const Member& voted_for = hard_state_.voted_for;
  return (voted_for.id.empty() || voted_for == candidate) && last >= log_.last();
}

void Raft::CastVote(const Member& candidate) {
  if (hard_state_.voted_for != candidate) SetHardState({hard_state_.term, candidate});
}

void Raft::HandleVote(Time now, const Header& header, const Vote& vote) {
  const bool refused_bootstrap = vote.ballot == Ballot::kBootstrap && !vote.granted;
  if (vote.ballot == Ballot::kBootstrap) awaited_.Answered(header.from.id, vote.granted);
  if (vote.term > hard_state_.term) {
    // A founder that was refused for its term stands in a later one when it is asked again.
    AdoptTerm(now, vote.term);
    return;
  }
  auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr || candidate->ballot != vote.ballot) return;
  if (refused_bootstrap) {
    // The voter may have voted in this term for a founder of this name whose memory is lost: the
    // next request stands in a later one.
    if (vote.asked_term == hard_state_.term) BecomeFollower({});
    return;
  }
  const Term stands_in =
      vote.ballot == Ballot::kPreVote ? hard_state_.term.Next() : hard_state_.term;
  if (!vote.granted || vote.asked_term != stands_in) return;
  const bool named = vote.ballot == Ballot::kBootstrap || log_.configuration()->Names(header.from);
  auto& votes = candidate->votes;
  if (!named || std::find(votes.begin(), votes.end(), header.from) != votes.end()) return;
  votes.push_back(header.from);
  if (vote.ballot == Ballot::kBootstrap) return CountBootstrapVotes(now);
  CountVotes(now);
}

}  // namespace tidemark::raft
