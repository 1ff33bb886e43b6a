#include "node/raft/raft.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/raft/terms.h"

namespace tidemark::raft {
namespace {

template <typename T>
void MoveAppend(std::vector<T>* from, std::vector<T>* to) {
  if (to->empty()) {
    to->swap(*from);
    return;
  }
  to->insert(to->end(), std::make_move_iterator(from->begin()),
             std::make_move_iterator(from->end()));
  from->clear();
}

Log LogOf(Restored* restored) {
  std::optional<Configuration> configuration;
  if (restored->snapshot) configuration = restored->snapshot->configuration;
  return Log(std::move(restored->log), restored->base, std::move(configuration));
}

}  // namespace

Raft::Raft(Identity identity, const Options& options, Restored restored, Random* random, Time now)
    : identity_(std::move(identity)),
      options_(options),
      random_(random),
      hard_state_(std::move(restored.hard_state)),
      log_(LogOf(&restored)),
      snapshot_(std::move(restored.snapshot)) {
  TM_ASSERT(std::is_sorted(identity_.node_ids.begin(), identity_.node_ids.end()));
  TM_ASSERT(identity_.self.incarnation);
  TM_ASSERT(identity_.life);
  TM_ASSERT(options_.election_timeout_min <= options_.election_timeout_max);
  // An entry is proof that its term has begun, also where the crash came before the hard state.
  if (log_.last().term > hard_state_.term) SetHardState({log_.last().term, {}});
  if (hard_state_.term >= kHighestTerm) {
    Tell(Notice::Level::kError,
         absl::StrCat(Me(), " is in term ", hard_state_.term.value(),
                      ", behind which there is no room for others: it stands for no election, and "
                      "no other node believes it. Empty its data directory and let it join again"));
  }
  durable_index_ = log_.last_index();
  if (snapshot_) {
    TM_ASSERT(log_.Matches(snapshot_->last_included));
    commit_index_ = snapshot_->last_included.index;
  }
  TM_ASSERT(restored.committed <= log_.last_index());
  CommitUpTo(restored.committed);
  BecomeFollower({.election_deadline = DrawElectionDeadline(now)});
  const Configuration* configuration = log_.configuration();
  const bool alone = configuration != nullptr && configuration->members.size() == 1;
  if (alone && MayStand()) StandForElection(now);
  if (unbootstrapped() && identity_.node_ids.size() == 1) Bootstrap(now);
  last_standing_ = CheckInvariants(*this, {});
}

Raft::Raft(const Raft& other, Random* random) : Raft(other) { random_ = random; }

Admission Raft::Admit(Time now, const Header& header, const Body* body) {
  if (lost_) return Admission::kRefused;
  // A refusal is never answered by a refusal, or two nodes would go on for ever.
  const bool may_answer = body == nullptr || !IsRefusal(*body);
  const bool known =
      std::binary_search(identity_.node_ids.begin(), identity_.node_ids.end(), header.from.id);
  const bool ours = known && header.from.id != self().id && header.to.id == self().id;
  if (!ours || !header.from.incarnation) return Admission::kRefused;
  if (header.to.incarnation && header.to.incarnation != self().incarnation) {
    // Meant for a former life of this name, whose promises are not ours.
    if (may_answer) Send(header.from, WrongIncarnation{}, &ready_.send_now);
    return Admission::kRefused;
  }
  // One that has nothing of any cluster yet belongs to that of whoever leads it.
  const bool joins = log_.empty() && body != nullptr && IsLeaders(*body);
  if (header.cluster && cluster() && header.cluster != cluster() && !joins) {
    Tell(Notice::Level::kError,
         absl::StrCat("refused a message from ", header.from.id, ": it belongs to cluster ",
                      absl::Hex(header.cluster.value(), absl::kZeroPad8), ", ", Me(), " to ",
                      absl::Hex(cluster().value(), absl::kZeroPad8),
                      "; check who is configured to talk to whom"));
    if (may_answer) Send(header.from, WrongCluster{}, &ready_.send_now);
    return Admission::kRefused;
  }
  if (header.cluster && log_.empty()) adopted_cluster_ = header.cluster;
  NotePeer(now, header.from);
  return Admission::kTaken;
}

void Raft::Receive(Time now, const Header& header, Body body) {
  if (!BelievesTerm(header, body)) return;
  std::visit(Overloaded{[&](AppendEntries& m) { HandleAppendEntries(now, header, m); },
                        [&](const CommitNotice& m) { HandleCommitNotice(now, header, m); },
                        [&](const AppendReply& m) { HandleAppendReply(now, header, m); },
                        [&](const RequestVote& m) { HandleRequestVote(now, header, m); },
                        [&](const Vote& m) { HandleVote(now, header, m); },
                        [&](const RequestBootstrap& m) { HandleRequestBootstrap(now, header, m); },
                        [&](const BootstrapWanted& m) { HandleBootstrapWanted(now, header, m); },
                        [&](InstallSnapshot& m) { HandleInstallSnapshot(now, header, m); },
                        [&](const InstallReply& m) { HandleInstallReply(now, header, m); },
                        [&](const NewerTerm& m) { HandleNewerTerm(now, m); },
                        [&](const Unnamed& m) { HandleUnnamed(now, header, m); },
                        [&](const WentBack& m) { HandleWentBack(now, header, m); },
                        [&](const WrongCluster&) {
                          Tell(Notice::Level::kError,
                               absl::StrCat(header.from.id, " refuses what ", Me(),
                                            " sends: the two belong to different clusters"));
                        },
                        // It has said everything with its header, which Admit has noted.
                        [](const WrongIncarnation&) {}},
             body);
}

void Raft::PassDeadlines(Time now) {
  if (leads()) return PassLeaderDeadlines(now);
  if (deadline() <= now) StandForElection(now);
}

Time Raft::deadline() const {
  return std::visit(Overloaded{[](const Follower& follower) { return follower.election_deadline; },
                               [](const Candidate& candidate) { return candidate.deadline; },
                               [this](const Leader& leader) {
                                 return std::min(leader.heartbeat_deadline, QuorumDeadline(leader));
                               }},
                    role_);
}

void Raft::Persisted(Time now, uint64_t sequence) {
  persisted_sequence_ = std::max(persisted_sequence_, sequence);
  while (!unpersisted_.empty() && unpersisted_.front().sequence <= sequence) {
    durable_index_ = std::max(durable_index_, unpersisted_.front().last_index);
    unpersisted_.pop_front();
  }
  room_.Persisted(sequence);
  if (std::holds_alternative<Candidate>(role_)) {
    if (std::get<Candidate>(role_).ballot == Ballot::kBootstrap) {
      CountBootstrapVotes(now);
    } else {
      CountVotes(now);
    }
  }
  if (leads()) AdvanceCommit(now);
}

void Raft::Take(uint64_t sequence, Ready* ready) {
  if (leads()) SendAppends();
  if (lost_) {
    ready_.send_now.clear();
    ready_.send_durable.clear();
  }
  if (std::exchange(reborn_, false)) {
    ready->records.emplace_back(Rebirth{identity_.self.incarnation});
  }
  if (hard_state_changed_) ready->records.emplace_back(hard_state_);
  if (auto* candidate = std::get_if<Candidate>(&role_);
      candidate != nullptr && hard_state_changed_ && candidate->ballot != Ballot::kPreVote) {
    candidate->own_vote_sequence = sequence;
  }
  if (log_changed_) {
    TM_ASSERT(unpersisted_.empty() || unpersisted_.back().sequence <= sequence);
    unpersisted_.push_back({sequence, log_.last_index()});
  }
  hard_state_changed_ = false;
  log_changed_ = false;
  if (!ready_.records.empty() || !ready->records.empty()) written_sequence_ = sequence;
  room_.EndStep(sequence);
  CompactLog();
  NoteKeptSnapshots(ready);
  NoteLearning();
  NoteLeader();
  MoveAppend(&ready_.records, &ready->records);
  MoveAppend(&ready_.send_now, &ready->send_now);
  MoveAppend(&ready_.send_durable, &ready->send_durable);
  MoveAppend(&ready_.confirmed_reads, &ready->confirmed_reads);
  MoveAppend(&ready_.lost_reads, &ready->lost_reads);
  MoveAppend(&ready_.snapshot_pieces, &ready->snapshot_pieces);
  MoveAppend(&ready_.snapshot_reads, &ready->snapshot_reads);
  MoveAppend(&ready_.notices, &ready->notices);
  if (ready_.contradicted) ready->contradicted = std::exchange(ready_.contradicted, std::nullopt);
  last_standing_ = CheckInvariants(*this, last_standing_);
}

NodeId Raft::leader() const {
  if (leads()) return self().id;
  const auto* follower = std::get_if<Follower>(&role_);
  return follower != nullptr ? follower->leader : NodeId();
}

ClusterId Raft::cluster() const {
  const Configuration* configuration = log_.configuration();
  // The log of a cluster that was forced on a survivor begins with the old cluster's entries. Who
  // joins has them first, and is no member of that one.
  const bool joins = adopted_cluster_ && learner();
  return configuration != nullptr && !joins ? configuration->cluster : adopted_cluster_;
}

bool Raft::learner() const {
  const Configuration* configuration = log_.configuration();
  return configuration != nullptr && !configuration->Names(self());
}

const std::vector<Progress>& Raft::peers() const { return std::get<Leader>(role_).peers; }

size_t Raft::open_reads() const { return leads() ? std::get<Leader>(role_).reads.size() : 0; }

void Raft::Send(const Member& to, Body body, std::vector<Message>* out) {
  out->push_back(Message{HeaderTo(to), std::move(body)});
}

Header Raft::HeaderTo(const Member& to) const {
  // Only who has something of a cluster speaks in its name.
  const Configuration* own = log_.configuration();
  return Header{self(), to, own != nullptr ? cluster() : ClusterId()};
}

Header Raft::HeaderFor(const NodeId& peer) const { return HeaderTo(MemberFor(peer)); }

void Raft::Reply(const Header& header, Body body) {
  Send(header.from, std::move(body), &ready_.send_durable);
}

void Raft::Tell(Notice::Level level, std::string text) {
  ready_.notices.push_back({level, std::move(text)});
}

std::string Raft::Me() const { return self().id; }

void Raft::SetHardState(HardState hard_state) {
  hard_state_ = std::move(hard_state);
  hard_state_changed_ = true;
}

// "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to
// follower" (figure 2).
void Raft::AdoptTerm(Time now, Term term) {
  TM_ASSERT(term > hard_state_.term);
  if (leads()) StepDown(now, "a later term has begun");
  SetHardState({term, {}});
  // A vote asked for is no word from a leader: the time-out that runs goes on.
  const Time deadline = std::holds_alternative<Follower>(role_)
                            ? std::get<Follower>(role_).election_deadline
                            : DrawElectionDeadline(now);
  BecomeFollower({.election_deadline = deadline});
}

void Raft::FollowLeader(Time now, const NodeId& leader) {
  BecomeFollower({.leader = leader,
                  .loyal_until = now + options_.election_timeout_min,
                  .election_deadline = DrawElectionDeadline(now)});
}

void Raft::StepDown(Time now, const char* why) {
  for (const PendingRead& read : std::get<Leader>(role_).reads) {
    ready_.lost_reads.push_back(read.id);
  }
  Tell(Notice::Level::kInfo,
       absl::StrCat(Me(), " no longer leads in term ", hard_state_.term.value(), ": ", why));
  BecomeFollower({.election_deadline = DrawElectionDeadline(now)});
}

void Raft::BecomeFollower(Follower follower) { role_ = std::move(follower); }

Time Raft::DrawElectionDeadline(Time now) {
  return now + Duration{random_->Between(options_.election_timeout_min.us,
                                         options_.election_timeout_max.us)};
}

// Only a named incarnation stands: nobody else's vote for itself would count. And nobody would
// believe in a term beyond the highest.
bool Raft::MayStand() const {
  const Configuration* configuration = log_.configuration();
  return configuration != nullptr && configuration->Names(self()) && !quarantined_ &&
         hard_state_.term < kHighestTerm;
}

// For the entry that begins a term.
bool Raft::HasRoomToLead() const { return HasRoomFor(RoomFor(Entry{{}, TermStart{}})); }

// A majority can be had without this node.
bool Raft::OthersCanLead() const {
  const Configuration& configuration = *log_.configuration();
  return configuration.members.size() > configuration.Quorum();
}

// Its disk has not acknowledged all that was written.
bool Raft::DiskIsBehind() const {
  return hard_state_changed_ || log_changed_ || persisted_sequence_ < written_sequence_;
}

void Raft::SetRoom(uint64_t sequence, uint64_t bytes) { room_.Set(sequence, bytes); }

void Raft::Quarantine(Time now) {
  quarantined_ = true;
  if (leads()) StepDown(now, "its state is not that of a majority");
  if (role() == Role::kCandidate) {
    BecomeFollower({.election_deadline = DrawElectionDeadline(now)});
  }
}

void Raft::GiveUp(Time now, LogPosition lost) {
  TM_ASSERT(lost.index);
  if (leads()) StepDown(now, "its disk has gone back");
  BecomeFollower({});
  incoming_.reset();
  lost_ = lost;
}

void Raft::NoteLearning() {
  if (!learner()) {
    told_of_learning_ = false;
    return;
  }
  if (std::exchange(told_of_learning_, true)) return;
  Tell(Notice::Level::kWarning,
       absl::StrCat(Me(), " has come back with an empty memory: cluster ",
                    absl::Hex(cluster().value(), absl::kZeroPad8),
                    " knows another incarnation of it, or none. As incarnation ",
                    absl::Hex(self().incarnation.value(), absl::kZeroPad16),
                    " it learns and serves reads, but counts in no majority, and nothing can "
                    "change that yet (operations.md, An empty node)"));
}

// Told by what is so after a step, not where it changes: a leader that is lost and found again
// within one is no news, and none is told twice.
void Raft::NoteLeader() {
  const NodeId now = leader();
  const bool same = now == told_leader_.id;
  if (same && (now.empty() || told_leader_.term == hard_state_.term)) return;
  // What becomes of its own leadership is told where it begins and ends.
  const bool own = leads() || (now.empty() && told_leader_.id == self().id);
  if (!own) TellOfLeader(now);
  told_leader_ = {now, hard_state_.term};
}

void Raft::TellOfLeader(const NodeId& leader) {
  const uint64_t term = hard_state_.term.value();
  const bool again = leader == told_leader_.id;
  if (again) {
    return Tell(Notice::Level::kInfo, absl::StrCat(leader, ", which ", Me(),
                                                   " follows, was elected anew: in term ", term));
  }
  if (!leader.empty()) {
    return Tell(Notice::Level::kInfo, absl::StrCat(Me(), " follows ", leader, " in term ", term));
  }
  const std::string why = hard_state_.term > told_leader_.term
                              ? absl::StrCat("term ", term, " has begun")
                              : "it was not heard for an election time-out";
  Tell(Notice::Level::kInfo,
       absl::StrCat(Me(), " follows nobody: its leader was ", told_leader_.id, ", and ", why));
}

bool Raft::Loyal(Time now) const {
  if (leads()) return true;
  const auto* follower = std::get_if<Follower>(&role_);
  return follower != nullptr && !follower->leader.empty() && now < follower->loyal_until;
}

Member Raft::MemberFor(const NodeId& id) const {
  if (auto it = incarnations_.find(id); it != incarnations_.end()) return {id, it->second};
  if (const Configuration* configuration = log_.configuration()) {
    for (const Member& member : configuration->members) {
      if (member.id == id) return member;
    }
  }
  return {id, Incarnation()};
}

}  // namespace tidemark::raft
