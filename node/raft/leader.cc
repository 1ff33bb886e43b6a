// What a leader does: replicate, commit, confirm, and notice when it has lost its followers.
#include <algorithm>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/base/overloaded.h"
#include "node/raft/raft.h"

namespace tidemark::raft {
void Raft::BecomeLeader(Time now) {
  // The no-op without which a new leader cannot know what is committed (§8).
  BeginLeading(now, Entry{{}, TermStart{Stamp(random_->NextIdentity32())}});
}

void Raft::BeginLeading(Time now, Entry first) {
  TM_ASSERT(hard_state_.voted_for == self());
  const Index last = log_.last_index();
  role_ = Leader{
      .term_start = last.Next(),
      .rounds = Rounds(options_.election_timeout_max, Duration{options_.heartbeat.us / 8}),
      .heartbeat_deadline = now + options_.heartbeat,
  };
  first.at = {hard_state_.term, last.Next()};
  AppendOwn(std::move(first));
  const Configuration& configuration = *log_.configuration();
  auto& leader = std::get<Leader>(role_);
  for (const NodeId& id : identity_.node_ids) {
    if (id == self().id) continue;
    const Member peer = MemberFor(id);
    leader.peers.emplace_back(peer, configuration.Names(peer), last, now, now);
  }
  Tell(Notice::Level::kInfo, absl::StrCat(Me(), " leads in term ", hard_state_.term.value(),
                                          " from index ", leader.term_start.value()));
  BeginRound(now);
}

EntryRef Raft::AppendOwn(Entry entry) {
  auto ref = std::make_shared<const Entry>(std::move(entry));
  AppendToLog(ref);
  return ref;
}

LogPosition Raft::Propose(CommandRef command) {
  TM_ASSERT(leads());
  Entry entry{{hard_state_.term, log_.last_index().Next()}, std::move(command)};
  TM_ASSERT(HasRoomFor(RoomFor(entry)));
  TM_ASSERT(TailTakes(std::get<CommandRef>(entry.body)->SizeBytes()));
  return AppendOwn(std::move(entry))->at;
}

// Followers whose disks are full acknowledge nothing, for as long as they are: what they are sent
// then would be committed long after its clients were told that nothing is known of it.
bool Raft::TailTakes(size_t bytes) const {
  TM_ASSERT(leads());
  if (log_.configuration()->Quorum() == 1) return true;
  uint64_t entries = log_.last_index().value() - commit_index_.value();
  uint64_t held = log_.BytesBehind(commit_index_);
  const Index start = std::get<Leader>(role_).term_start;
  if (start > commit_index_) {
    --entries;
    held -= log_.At(start)->SizeBytes();
  }
  return entries == 0 || (entries < options_.max_uncommitted_entries &&
                          held + bytes <= options_.max_uncommitted_bytes);
}

Progress* Raft::FindPeer(const NodeId& id) {
  for (Progress& peer : std::get<Leader>(role_).peers) {
    if (peer.peer().id == id) return &peer;
  }
  return nullptr;
}

// A name that comes back under another incarnation is another peer: what the former one had
// acknowledged is not what this one has.
void Raft::NotePeer(Time now, const Member& peer) {
  Incarnation& known = incarnations_[peer.id];
  if (known == peer.incarnation) return;
  known = peer.incarnation;
  if (!leads()) return;
  Progress* progress = FindPeer(peer.id);
  if (progress == nullptr || progress->peer() == peer) return;
  const bool counts = log_.configuration()->Names(peer);
  if (!counts) {
    Tell(Notice::Level::kWarning,
         absl::StrCat(peer.id,
                      " came back with an empty memory: it learns and serves reads, but counts in "
                      "no majority, and nothing can change that yet (operations.md, An empty "
                      "node)"));
  }
  // That it was heard before proves nothing of a name whose incarnations take turns.
  *progress = Progress(peer, counts, log_.last_index(), Time(), now);
  const Leader& leader = std::get<Leader>(role_);
  const auto lost = leader.lost.find(peer);
  if (lost != leader.lost.end()) progress->Lose(lost->second, leader.rounds.last());
}

// The peer that has answered, in `term`, what this leader sent in this very term and life; null
// where the answer says nothing to this node, which may be no leader by then. That it followed is
// to be noted (NoteAnswer) once it is known that its word counts.
Progress* Raft::Answerer(Time now, const Header& header, Term term, const RoundEcho& echo) {
  if (term > hard_state_.term) AdoptTerm(now, term);
  if (!leads() || term != hard_state_.term) return nullptr;
  // What was said to another leadership, this node's own included, says nothing to this one.
  if (echo.term != hard_state_.term || echo.life != identity_.life) return nullptr;
  Progress* peer = FindPeer(header.from.id);
  if (peer == nullptr || peer->peer() != header.from) return nullptr;
  const Rounds& rounds = std::get<Leader>(role_).rounds;
  return echo.round <= rounds.last() ? peer : nullptr;
}

void Raft::NoteAnswer(Time now, const RoundEcho& echo, Progress* peer) {
  peer->Heard(now, echo.round, std::get<Leader>(role_).rounds.BegunAt(echo.round));
}

void Raft::HandleNewerTerm(Time now, const NewerTerm& newer) {
  if (newer.term > hard_state_.term) AdoptTerm(now, newer.term);
}

void Raft::HandleAppendReply(Time now, const Header& header, const AppendReply& reply) {
  Progress* peer = Answerer(now, header, reply.term, reply.echo);
  if (peer == nullptr) return;
  std::visit(Overloaded{[&](const Appended& one) { HandleAppended(now, reply.echo, one, peer); },
                        [&](const Conflict& one) { HandleConflict(now, reply.echo, one, peer); }},
             reply.result);
  ConfirmReads(now);
}

void Raft::HandleAppended(Time now, const RoundEcho& echo, const Appended& appended,
                          Progress* peer) {
  const uint64_t last_round = std::get<Leader>(role_).rounds.last();
  if (peer->is_told() && !peer->Regains(appended, echo.round, last_round)) return;
  NoteAnswer(now, echo, peer);
  if (appended.match_index > log_.last_index()) return;
  peer->Matched(appended.match_index, log_, last_round);
  peer->NoteLacking(now, log_, options_.keep_log_bytes);
  AdvanceCommit(now);
}

// An answer that proves that a disk has gone back is no answer: who gave it may have elected
// another leader meanwhile, and have forgotten that.
void Raft::HandleConflict(Time now, const RoundEcho& echo, const Conflict& conflict,
                          Progress* peer) {
  if (peer->is_told()) return;
  const bool proof = peer->ProvesLoss(conflict, echo.round);
  if (proof && (peer->counts() || peer->lost())) return NoteLoss(conflict, peer);
  if (proof) peer->Fall();
  NoteAnswer(now, echo, peer);
  peer->Conflicted(conflict, log_);
}

void Raft::NoteLoss(const Conflict& conflict, Progress* peer) {
  auto& leader = std::get<Leader>(role_);
  const LogPosition lost = peer->acknowledged();
  const Member member = peer->peer();
  Tell(Notice::Level::kError,
       absl::StrCat("the disk of ", member.id, " has gone back: it had acknowledged entry ",
                    lost.index.value(), " of term ", lost.term.value(), ", and now lacks entry ",
                    conflict.prev_index.value(), ". In this term ", Me(),
                    " counts nothing that it says. It is told so, and stops; its own log says what "
                    "to do"));
  leader.lost[member] = lost;
  peer->Lose(lost, leader.rounds.last());
  news_wanted_.push_back(member.id);
}

// "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N, and
// log[N].term == currentTerm: set commitIndex = N" (figure 2, §5.4.2).
void Raft::AdvanceCommit(Time now) {
  const auto& leader = std::get<Leader>(role_);
  const Configuration& configuration = *log_.configuration();
  Reached<Index> reached(configuration.members.size(), Index());
  auto slot = reached.begin();
  if (configuration.Names(self())) *slot++ = durable_index_;
  for (const Progress& peer : leader.peers) {
    if (peer.counts()) *slot++ = peer.match_index();
  }
  const Index majority = ReachedByQuorum(std::move(reached), configuration.Quorum());
  if (majority <= commit_index_ || log_.TermAt(majority) != hard_state_.term) return;
  CommitUpTo(majority);
  ConfirmReads(now);
}

Reached<uint64_t> Raft::ReachedRounds(const Leader& leader) const {
  const Configuration& configuration = *log_.configuration();
  Reached<uint64_t> reached(configuration.members.size(), 0);
  auto slot = reached.begin();
  if (configuration.Names(self())) *slot++ = leader.rounds.last();
  for (const Progress& peer : leader.peers) {
    if (peer.counts()) *slot++ = peer.acked_round();
  }
  return reached;
}

void Raft::BeginRound(Time now) {
  auto& leader = std::get<Leader>(role_);
  leader.rounds.Begin(now);
  for (Progress& peer : leader.peers) {
    peer.AskForRound();
    peer.AllowProbe();
  }
}

// Who was just sent entries, and has acknowledged them, needs no heartbeat as well, but in every
// other interval: so nobody hears nothing for longer than two of them. Where that is no small part
// of an election time-out, or somebody waits for this round, everybody gets it.
void Raft::BeginHeartbeat(Time now) {
  auto& leader = std::get<Leader>(role_);
  const bool spares =
      leader.reads.empty() && options_.heartbeat * 5 <= options_.election_timeout_min;
  leader.rounds.Begin(now);
  for (Progress& peer : leader.peers) {
    if (!spares || !peer.heard_by_entries()) {
      peer.AskForRound();
      peer.AllowProbe();
    }
    peer.BeginHeartbeat();
  }
}

// Reads need a quorum's answers and no more: those are asked that have answered the last round, the
// quickest of them. Where one of them does not answer, the next heartbeat asks all.
void Raft::BeginReadRound(Time now) {
  auto& leader = std::get<Leader>(role_);
  const Configuration& configuration = *log_.configuration();
  std::vector<Progress*> asked;
  for (Progress& peer : leader.peers) {
    if (peer.counts() && peer.acked_round() == leader.rounds.last()) asked.push_back(&peer);
  }
  const size_t others = configuration.Quorum() - (configuration.Names(self()) ? 1 : 0);
  TM_ASSERT(asked.size() >= others);
  std::stable_sort(asked.begin(), asked.end(), [](const Progress* a, const Progress* b) {
    return a->acked_at() < b->acked_at();
  });
  asked.resize(others);
  leader.rounds.Begin(now);
  for (Progress* peer : asked) peer->AskForRound();
}

uint64_t Raft::StartRead(Time now) {
  TM_ASSERT(leads());
  auto& leader = std::get<Leader>(role_);
  // All that any earlier leader committed stands before this term's first entry, so that entry's
  // index covers it while the commit index does not yet (dissertation §6.4, step 1).
  const Index read_index = std::max(commit_index_, leader.term_start);
  const uint64_t confirmed = ReachedByQuorum(ReachedRounds(leader), log_.configuration()->Quorum());
  // A round that began before the read arrived proves nothing about it. While one is under way the
  // read waits for the next, which then serves all that have come meanwhile.
  const uint64_t round = leader.rounds.last() + 1;
  if (confirmed == leader.rounds.last()) BeginReadRound(now);
  leader.reads.push_back({next_read_id_, read_index, round});
  ConfirmReads(now);
  return next_read_id_++;
}

void Raft::ConfirmReads(Time now) {
  auto& leader = std::get<Leader>(role_);
  if (leader.reads.empty()) return;
  const size_t quorum = log_.configuration()->Quorum();
  uint64_t confirmed = ReachedByQuorum(ReachedRounds(leader), quorum);
  const uint64_t last = leader.rounds.last();
  if (confirmed == last && leader.reads.back().round > last) {
    BeginReadRound(now);
    confirmed = ReachedByQuorum(ReachedRounds(leader), quorum);
  }
  while (!leader.reads.empty()) {
    const PendingRead& read = leader.reads.front();
    if (read.round > confirmed || read.read_index > commit_index_) break;
    ready_.confirmed_reads.push_back({read.id, read.read_index});
    leader.reads.pop_front();
  }
}

void Raft::AbandonRead(uint64_t id) {
  if (!leads()) return;
  auto& reads = std::get<Leader>(role_).reads;
  const auto read = std::lower_bound(reads.begin(), reads.end(), id,
                                     [](const PendingRead& r, uint64_t i) { return r.id < i; });
  if (read != reads.end() && read->id == id) reads.erase(read);
}

void Raft::SendNews(const NodeId& peer) {
  TM_ASSERT(leads());
  news_wanted_.push_back(peer);
}

bool Raft::TellsOfCommit(const NodeId& peer, Index index) {
  TM_ASSERT(leads() && index <= commit_index_);
  Progress* progress = FindPeer(peer);
  if (progress == nullptr || !progress->replicating()) return false;
  if (progress->match_index() < index) return false;
  progress->AskForNotice();
  return true;
}

// CheckQuorum (dissertation §6.2): when it will be too long since a quorum still followed. A peer
// followed at some moment after the last round that it has answered began, however late the answer
// came.
Time Raft::QuorumDeadline(const Leader& leader) const {
  const Configuration& configuration = *log_.configuration();
  if (configuration.Quorum() == 1) return Time::Never();
  Reached<Time> reached(configuration.members.size(), Time());
  auto slot = reached.begin();
  if (configuration.Names(self())) *slot++ = Time::Never() - options_.election_timeout_max;
  for (const Progress& peer : leader.peers) {
    if (peer.counts()) *slot++ = peer.last_heard();
  }
  return ReachedByQuorum(std::move(reached), configuration.Quorum()) +
         options_.election_timeout_max;
}

void Raft::PassLeaderDeadlines(Time now) {
  auto& leader = std::get<Leader>(role_);
  if (QuorumDeadline(leader) <= now) return StepDown(now, "a majority has gone silent");
  if (leader.heartbeat_deadline > now) return;
  WatchOwnDisk(now);
  if (!leads()) return;
  leader.heartbeat_deadline = now + options_.heartbeat;
  BeginHeartbeat(now);
}

// Up to where a majority without this node has the log on disk, of those whose answers are no older
// than an election time-out: they can elect another. Zero: they are no majority.
Index Raft::HeldByOthers(Time now) const {
  const Configuration& configuration = *log_.configuration();
  Reached<Index> reached(configuration.members.size(), Index());
  auto slot = reached.begin();
  for (const Progress& peer : std::get<Leader>(role_).peers) {
    const bool current = peer.last_heard() + options_.election_timeout_max > now;
    if (peer.counts() && current) *slot++ = peer.match_index();
  }
  return ReachedByQuorum(std::move(reached), configuration.Quorum());
}

void Raft::WatchOwnDisk(Time now) {
  DiskWatch& disk = std::get<Leader>(role_).own_disk;
  disk.Note(now, log_.last_index(), durable_index_, HeldByOthers(now));
  if (!disk.Hangs(now, options_.election_timeout_max)) return;
  Tell(Notice::Level::kWarning,
       absl::StrCat("the disk of ", Me(), " hangs: it has not acknowledged entry ",
                    disk.watched().value(), ", which a majority without ", Me(),
                    " has had on disk for several election time-outs. Another is to lead, and ",
                    Me(), " does not stand until its disk has answered; look what keeps it"));
  StepDown(now, "its disk hangs");
}

void Raft::SendAppends() {
  auto& leader = std::get<Leader>(role_);
  // While a tail is uncommitted, what commits it will bring the news along.
  const bool idle = commit_index_ == log_.last_index();
  for (Progress& peer : leader.peers) {
    const bool asked =
        std::find(news_wanted_.begin(), news_wanted_.end(), peer.peer().id) != news_wanted_.end();
    SendAppendsTo(&peer, peer.round_due() || asked);
    if (idle || peer.notice_due()) SendCommitNotice(&peer);
    peer.NothingDue();
  }
  news_wanted_.clear();
}

void Raft::SendAppendsTo(Progress* peer, bool must_send) {
  if (peer->is_told()) {
    if (must_send) SendWentBack(*peer);
    return;
  }
  if (peer->next_index().Prev() < log_.base().index) return SendSnapshot(peer, must_send);
  while (peer->next_index() <= log_.last_index() &&
         peer->MaySendEntries(options_.max_inflight_messages)) {
    SendAppend(peer, /*with_entries=*/true);
    must_send = false;
  }
  if (must_send) SendAppend(peer, /*with_entries=*/false);
}

void Raft::SendWentBack(const Progress& peer) {
  const uint64_t round = std::get<Leader>(role_).rounds.last();
  Send(peer.peer(), WentBack{hard_state_.term, round, *peer.lost(), identity_.life},
       &ready_.send_now);
}

void Raft::SendAppend(Progress* peer, bool with_entries) {
  const Index prev = peer->next_index().Prev();
  AppendEntries append{hard_state_.term,
                       {log_.TermAt(prev), prev},
                       {},
                       commit_index_,
                       std::get<Leader>(role_).rounds.last(),
                       identity_.life};
  size_t bytes = 0;
  for (Index i = prev.Next(); with_entries && i <= log_.last_index(); i = i.Next()) {
    const EntryRef& entry = log_.At(i);
    bytes += entry->SizeBytes();
    const bool full = append.entries.size() == options_.max_entries_per_message ||
                      bytes > options_.max_bytes_per_message;
    if (full && !append.entries.empty()) break;
    append.entries.push_back(entry);
  }
  peer->Sent(append.entries.size(), commit_index_);
  // May go before this leader's own disk has the entries: it counts itself only afterwards
  // (dissertation §10.2.1).
  Send(peer->peer(), std::move(append), &ready_.send_now);
}

// Where no message with entries has said it.
void Raft::SendCommitNotice(Progress* peer) {
  const Index committed = std::min(commit_index_, peer->next_index().Prev());
  if (!peer->replicating() || peer->sent_commit() >= committed) return;
  peer->SentNotice(committed);
  Send(peer->peer(), CommitNotice{hard_state_.term, {log_.TermAt(committed), committed}},
       &ready_.send_now);
}

}  // namespace tidemark::raft
