// What a node's future depends on, in 64 bits.
//
// Two nodes with one fingerprint behave alike whatever they are told from then on, each at its own
// time and with its own count of steps: moments enter as distances from now, steps as distances
// from the last one that is on disk. Fields that follow from others stay out: the log's list of
// configurations, the standing of the last Take, what Take has emptied, and what the operator has
// been told.
#include <algorithm>
#include <variant>

#include "node/base/assert.h"
#include "node/raft/digest.h"
#include "node/raft/raft.h"

namespace tidemark::raft {
namespace {

// A new field makes these fail, unless it hides in padding: add it below, or to those that stay out
// above, and then put the new size here.
#if defined(__x86_64__) && defined(__GLIBCXX__) && !defined(_GLIBCXX_DEBUG)
constexpr size_t kRaftBytes = 1944;
constexpr size_t kProgressBytes = 464;
constexpr size_t kLogBytes = 200;
#else
constexpr size_t kRaftBytes = sizeof(Raft);
constexpr size_t kProgressBytes = sizeof(Progress);
constexpr size_t kLogBytes = sizeof(Log);
#endif
static_assert(sizeof(Raft) == kRaftBytes);
static_assert(sizeof(Progress) == kProgressBytes);
static_assert(sizeof(Log) == kLogBytes);

uint64_t Distance(Time now, Time moment) {
  return static_cast<uint64_t>(moment == Time::Never() ? moment.us : (moment - now).us);
}

// Of a moment of which only matters whether it has passed.
uint64_t DistanceAhead(Time now, Time moment) { return Distance(now, std::max(now, moment)); }

void AddRole(const Follower& role, Time now, uint64_t, Digest* digest) {
  const auto& [leader, loyal_until, election_deadline] = role;
  digest->Add(std::string_view(leader))
      .Add(DistanceAhead(now, loyal_until))
      .Add(DistanceAhead(now, election_deadline));
}

void AddRole(const Candidate& role, Time now, uint64_t persisted, Digest* digest) {
  const auto& [ballot, deadline, own_vote_sequence, votes] = role;
  digest->Add(static_cast<uint64_t>(ballot))
      .Add(DistanceAhead(now, deadline))
      .Add(std::max(own_vote_sequence, persisted) - persisted)
      .Add(votes);
}

void AddRole(const Leader& role, Time now, uint64_t, Digest* digest) {
  const auto& [term_start, rounds, heartbeat_deadline, peers, reads, own_disk, lost] = role;
  digest->Add(term_start).Add(DistanceAhead(now, heartbeat_deadline));
  rounds.AddTo(now, digest);
  for (const Progress& peer : peers) peer.AddTo(now, digest);
  digest->Add(uint64_t{reads.size()});
  for (const auto& [id, read_index, read_round] : reads) {
    digest->Add(id).Add(read_index).Add(read_round);
  }
  own_disk.AddTo(now, digest);
  digest->Add(uint64_t{lost.size()});
  for (const auto& [member, at] : lost) digest->Add(member).Add(at);
}

}  // namespace

void Progress::AddTo(Time now, Digest* digest) const {
  digest->Add(peer_)
      .Add(uint64_t{counts_})
      .Add(static_cast<uint64_t>(state_))
      .Add(uint64_t{probe_unanswered_})
      .Add(uint64_t{round_due_})
      .Add(uint64_t{notice_due_})
      .Add(uint64_t{entries_sent_})
      .Add(probed_)
      .Add(match_index_)
      .Add(acknowledged_)
      .Add(acknowledged_round_)
      .Add(lost_.value_or(LogPosition()))
      .Add(uint64_t{is_told_})
      .Add(told_round_)
      .Add(next_index_)
      .Add(sent_commit_)
      .Add(acked_round_)
      .Add(Distance(now, acked_at_))
      .Add(Distance(now, last_heard_))
      .Add(Distance(now, last_answered_))
      .Add(uint64_t{inflight_.size()});
  for (const Index last : inflight_) digest->Add(last);
  if (transfer_) transfer_->AddTo(digest);
  digest->Add(uint64_t{catching_up_.has_value()});
  if (catching_up_) catching_up_->AddTo(now, digest);
}

namespace {

void AddIncoming(const Incoming& incoming, Digest* digest) {
  const auto& [snapshot, asked, received, written, unwritten_pieces, failed] = incoming;
  const auto& [leader, echo] = asked;
  digest->Add(snapshot).Add(leader).Add(echo).Add(received).Add(written).Add(unwritten_pieces);
  digest->Add(uint64_t{failed});
}

}  // namespace

uint64_t Raft::Fingerprint(Time now, CommandDigest of_command) const {
  TM_ASSERT(ready_.empty() && news_wanted_.empty());
  TM_ASSERT(!hard_state_changed_ && !log_changed_ && !reborn_);
  Digest digest(of_command);
  digest.Add(identity_.self).Add(identity_.node_ids).Add(identity_.life).Add(hard_state_);
  digest.Add(log_.base()).Add(log_.last_index());
  for (Index i = log_.first_index(); i <= log_.last_index(); i = i.Next()) digest.Add(log_.At(i));
  digest.Add(commit_index_).Add(durable_index_).Add(adopted_cluster_).Add(next_read_id_);
  digest.Add(uint64_t{incarnations_.size()});
  for (const auto& [id, incarnation] : incarnations_) {
    digest.Add(std::string_view(id)).Add(incarnation);
  }
  digest.Add(uint64_t{unpersisted_.size()});
  for (const auto& [sequence, last_index] : unpersisted_) {
    digest.Add(sequence - persisted_sequence_).Add(last_index);
  }
  digest.Add(std::max(written_sequence_, persisted_sequence_) - persisted_sequence_);
  digest.Add(uint64_t{snapshot_.has_value()}).Add(uint64_t{incoming_.has_value()});
  if (snapshot_) digest.Add(*snapshot_);
  digest.Add(kept_snapshots_);
  if (incoming_) AddIncoming(*incoming_, &digest);
  room_.AddTo(persisted_sequence_, &digest);
  digest.Add(uint64_t{quarantined_}).Add(uint64_t{contradicted_});
  digest.Add(lost_.value_or(LogPosition())).Add(uint64_t{role_.index()});
  std::visit([&](const auto& role) { AddRole(role, now, persisted_sequence_, &digest); }, role_);
  return digest.value();
}

}  // namespace tidemark::raft
