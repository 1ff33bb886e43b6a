// One node's part in consensus: a deterministic function of what it is given. No I/O, no clock, no
// chance of its own. Section numbers without a name are the Raft paper's.
//
// Whoever owns it tells it what happened (the verbs below), then calls Take and does what that
// returns, in its order.
#ifndef TIDEMARK_NODE_RAFT_RAFT_H_
#define TIDEMARK_NODE_RAFT_RAFT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/base/limits.h"
#include "node/base/random.h"
#include "node/base/time.h"
#include "node/raft/awaited.h"
#include "node/raft/digest.h"
#include "node/raft/incoming.h"
#include "node/raft/invariants.h"
#include "node/raft/log.h"
#include "node/raft/messages.h"
#include "node/raft/notice.h"
#include "node/raft/progress.h"
#include "node/raft/quorum.h"
#include "node/raft/roles.h"
#include "node/raft/room.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace tidemark::raft {

struct Options {
  Duration heartbeat = Duration::Millis(50);
  // An election time-out is drawn anew from [min, max] each time (§5.2); min is also how long a
  // follower that heard its leader refuses to vote for another.
  Duration election_timeout_min = Duration::Millis(250);
  Duration election_timeout_max = Duration::Millis(500);
  size_t max_entries_per_message = 512;
  size_t max_bytes_per_message = size_t{256} << 10;
  size_t max_inflight_messages = 32;
  // What a leader may have appended and not committed, its term's first entry apart: the bytes that
  // may be under way to a peer, and as many entries as clients may have requests open at a node.
  uint64_t max_uncommitted_bytes = uint64_t{8} << 20;
  uint64_t max_uncommitted_entries = 32'768;
  // What a snapshot stands for is dropped from the log, but for entries of so many bytes at its
  // end, and but for what a peer that is heard still lacks, as long as the log has less than max.
  uint64_t keep_log_bytes = uint64_t{4} << 20;
  uint64_t max_log_bytes = uint64_t{32} << 20;
  // A snapshot is sent in pieces, of which so many may be under way.
  uint64_t snapshot_piece_bytes = uint64_t{256} << 10;
  uint64_t snapshot_window = 4;
  // Of the cluster that this node bootstraps; one that is there has its own.
  Limits limits;
  // As long as its log is empty a node says nothing to one that it has not heard, but for the
  // founder's requests: who starts the nodes may hold it against a sender that the one it speaks
  // to is not there yet.
  bool reticent = false;
};

// What was durable when this node started.
struct Restored {
  HardState hard_state;
  std::optional<Snapshot> snapshot;  // the state machine is as it says
  LogPosition base;                  // at most the snapshot's last_included; zeros without one
  std::vector<EntryRef> log;         // behind the base, at least up to the snapshot's last_included
  Index committed;                   // was known to be, up to here at least; the log goes as far
};

struct Identity {
  Member self;
  std::vector<NodeId> node_ids;  // sorted, self.id among them: everybody this node talks to
  Life life;                     // of this start; no other start of any node has it
};

struct ConfirmedRead {
  uint64_t id = 0;
  Index read_index;  // committed; serve once it is applied
};

struct Ready {
  // To be made durable before `send_durable` may go: first a rebirth, then the hard state, then
  // entries and bases in order.
  std::vector<std::variant<HardState, EntryRef, LogBase, Rebirth>> records;
  std::vector<Message> send_now;
  std::vector<Message> send_durable;
  std::vector<ConfirmedRead> confirmed_reads;
  std::vector<uint64_t> lost_reads;  // leadership ended before they were confirmed
  // To be written to the file of the snapshot that this node is sent, in order; each is answered by
  // PieceWritten. With the last, SnapshotInstalled or SnapshotRefused is to follow.
  std::vector<SnapshotPiece> snapshot_pieces;
  // Each is answered by SnapshotBytes.
  std::vector<SnapshotRead> snapshot_reads;
  // Changed: these are being sent, and their files are to be kept though newer ones may be taken.
  std::optional<std::vector<Snapshot>> kept_snapshots;
  // A leader of this node's cluster has something else at this index, where this node has a
  // committed entry. Said once.
  std::optional<Index> contradicted;
  std::vector<Notice> notices;

  bool empty() const {
    return records.empty() && send_now.empty() && send_durable.empty() && confirmed_reads.empty() &&
           lost_reads.empty() && snapshot_pieces.empty() && snapshot_reads.empty() &&
           !kept_snapshots && !contradicted && notices.empty();
  }
};

enum class Admission { kTaken, kRefused };

class Raft {
 public:
  // `random` outlives this object.
  Raft(Identity identity, const Options& options, Restored restored, Random* random, Time now);
  // A copy that goes on by itself, with chance of its own, which outlives it: for a search that
  // tries more than one future.
  Raft(const Raft& other, Random* random);
  Raft& operator=(const Raft&) = delete;

  // --- What happens -----------------------------------------------------------------------------

  // Checks who a message is from and whom it is meant for (incarnations and clusters:
  // docs/design.md) and notes the sender's incarnation. `body`: null where it is not of consensus.
  // A refused message must not be looked at any further.
  Admission Admit(Time now, const Header& header, const Body* body);
  // A message that was admitted.
  void Receive(Time now, const Header& header, Body body);
  void PassDeadlines(Time now);
  // Everything up to the records of step `sequence` is on disk.
  void Persisted(Time now, uint64_t sequence);

  // Appends a command to the leader's log. Requires role() == kLeader, HasRoomFor its entry, and
  // TailTakes.
  LogPosition Propose(CommandRef command);
  // ReadIndex (dissertation §6.4): Take will name the id among the confirmed reads or the lost
  // ones. Requires role() == kLeader.
  uint64_t StartRead(Time now);
  // Nobody waits for this read any more: it is neither confirmed nor lost.
  void AbandonRead(uint64_t id);
  // Send `peer` what it lacks, commit news included, without waiting for a heartbeat. Requires
  // role() == kLeader.
  void SendNews(const NodeId& peer);
  // True: `peer` has the entry at `index`, which is committed, on disk, and is told that it is
  // committed, with this Take at the latest. Requires role() == kLeader.
  bool TellsOfCommit(const NodeId& peer, Index index);
  // Somebody needs a leader and there is no history here: bootstrap a cluster, or ask the founder
  // to. The founder does nothing where it has been addressed by a node with a history.
  void Bootstrap(Time now);

  // `snapshot`, of committed entries, is on disk: it is what peers will be sent, and its part of
  // the log may go, some entries with each Take. One that is not newer than the last changes
  // nothing.
  void SnapshotTaken(Snapshot snapshot);
  // Answers a SnapshotRead. No bytes: that file is gone.
  void SnapshotBytes(const SnapshotPiece& piece);
  // The pieces up to `end` are in the file; or (not `taken`) there was no room, and all that came
  // of this snapshot is gone.
  void PieceWritten(const Snapshot& snapshot, uint64_t end, bool taken);
  // All pieces of `snapshot` are on disk, and proved to be what they should be. True: the state
  // machine is to be replaced by it, it is ahead of all that this node knew to be committed. A log
  // that has its last entry stays, any other is dropped (§7, figure 13, steps 6 to 8).
  bool SnapshotInstalled(Time now, const Snapshot& snapshot);
  // They are not: it has to be sent again.
  void SnapshotRefused(const Snapshot& snapshot);
  // Storage has room for entries of `bytes` bytes (RoomFor each) behind the records of step
  // `sequence`. Until it says so there is always room. Without room a node does not stand, and
  // takes none of a leader's entries, but votes, and answers.
  void SetRoom(uint64_t sequence, uint64_t bytes);
  // This node's state differs from that of a majority: it leads no more (reads are lost) and never
  // stands again until it is started anew. It votes and acknowledges: its log is not in doubt.
  void Quarantine(Time now);

  // This node's disk has gone back: it lacks `lost`, which it had. From now on it says nothing,
  // takes nothing and leads no more: what it has promised is forgotten.
  void GiveUp(Time now, LogPosition lost);

  // Moves everything that is to be done into `ready` (appending). `sequence` is the step whose
  // records these become. To be called after each step, and again while it returns anything.
  void Take(uint64_t sequence, Ready* ready);

  // --- What is so -------------------------------------------------------------------------------

  enum class Role { kFollower, kCandidate, kLeader };
  Role role() const { return static_cast<Role>(role_.index()); }
  bool leads() const { return role() == Role::kLeader; }
  const Member& self() const { return identity_.self; }
  const Identity& identity() const { return identity_; }
  Term term() const { return hard_state_.term; }
  const HardState& hard_state() const { return hard_state_; }
  // The leader of the current term; empty: not known.
  NodeId leader() const;
  Index commit_index() const { return commit_index_; }
  Index durable_index() const { return durable_index_; }
  const Log& log() const { return log_; }
  // The newest one on disk.
  const std::optional<Snapshot>& snapshot() const { return snapshot_; }
  // Whether entries of so many bytes (RoomFor each) fit on the disk.
  bool HasRoomFor(uint64_t bytes) const { return room_.Has(bytes); }
  // Whether a command of `bytes` bytes may be appended to what is not committed. One may always;
  // more of them up to the limits of Options, but without limit where nobody else's disk is waited
  // for. Requires role() == kLeader.
  bool TailTakes(size_t bytes) const;
  // This term's first entry is committed, and so all that was inherited. Until then a leader knows
  // of the tail only that it is no longer than its log. Requires role() == kLeader.
  bool term_has_begun() const { return commit_index_ >= std::get<Leader>(role_).term_start; }
  bool quarantined() const { return quarantined_; }
  // What it lacks, if it has given up.
  const std::optional<LogPosition>& lost() const { return lost_; }
  // The cluster this node belongs to: its log's, where that names it a member, or else the one it
  // was addressed with when it had no log; zero: none.
  ClusterId cluster() const;
  // Hears a leader, or is one: refuses to vote for another (dissertation §4.2.3).
  bool Loyal(Time now) const;
  // There is no history here and none is known to exist elsewhere.
  bool unbootstrapped() const { return log_.empty() && !cluster(); }
  // Of a node without a log that was told to Bootstrap: who has not answered, or has refused, as
  // far as it knows. Empty where it is the founder that waits for others.
  std::vector<NodeId> bootstrap_awaits() const;
  // In a cluster whose configuration does not name this incarnation: it counts for nothing.
  bool learner() const;
  // Requires role() == kLeader.
  const std::vector<Progress>& peers() const;
  // Those that wait to be confirmed.
  size_t open_reads() const;
  Time deadline() const;
  // For a message to `peer` that is not consensus itself.
  Header HeaderFor(const NodeId& peer) const;
  // The last step whose records are on disk, as far as this object was told.
  uint64_t persisted_sequence() const { return persisted_sequence_; }
  // 64 bits of all that its behaviour from `now` on depends on, chance and options apart. Requires
  // that Take has left nothing behind.
  uint64_t Fingerprint(Time now, CommandDigest of_command) const;

 private:
  Raft(const Raft&) = default;

  // raft.cc
  void Send(const Member& to, Body body, std::vector<Message>* out);
  Header HeaderTo(const Member& to) const;
  void Reply(const Header& header, Body body);
  void Tell(Notice::Level level, std::string text);
  void SetHardState(HardState hard_state);
  void AdoptTerm(Time now, Term term);
  void FollowLeader(Time now, const NodeId& leader);
  void StepDown(Time now, const char* why);
  void BecomeFollower(Follower follower);
  Time DrawElectionDeadline(Time now);
  bool MayStand() const;
  bool HasRoomToLead() const;
  bool OthersCanLead() const;
  bool DiskIsBehind() const;
  void NoteLearning();
  void NoteLeader();
  void TellOfLeader(const NodeId& leader);
  Member MemberFor(const NodeId& id) const;
  std::string Me() const;

  // terms.cc
  bool BelievesTerm(const Header& header, const Body& body);
  bool MayRaise(const Header& header, const Body& body) const;
  void RefuseTerm(const Header& header, Term term, const char* why);
  void TellUnnamed(const Header& header);
  void HandleUnnamed(Time now, const Header& header, const Unnamed& unnamed);
  void BeginAnew(Time now);

  // election.cc
  void StandForElection(Time now);
  void AwaitDisk(Time now);
  void Campaign(Time now, Ballot ballot);
  void CountVotes(Time now);
  void HandleRequestVote(Time now, const Header& header, const RequestVote& request);
  bool GrantsPreVote(Time now, const RequestVote& request) const;
  bool GrantsVote(const Member& candidate, LogPosition last) const;
  void HandleVote(Time now, const Header& header, const Vote& vote);
  void CastVote(const Member& candidate);

  // bootstrap.cc
  bool IsFounder() const { return identity_.node_ids.front() == identity_.self.id; }
  void AskForBootstrap();
  void TellWhoIsAwaited(Time now);
  void HandleRequestBootstrap(Time now, const Header& header, const RequestBootstrap& request);
  bool AgreesToBootstrap(const Header& header, const RequestBootstrap& request);
  void HandleBootstrapWanted(Time now, const Header& header, const BootstrapWanted& wanted);
  void CountBootstrapVotes(Time now);

  // leader.cc
  void BecomeLeader(Time now);
  void BeginLeading(Time now, Entry first);
  EntryRef AppendOwn(Entry entry);
  Progress* FindPeer(const NodeId& id);
  void NotePeer(Time now, const Member& peer);
  Progress* Answerer(Time now, const Header& header, Term term, const RoundEcho& echo);
  void NoteAnswer(Time now, const RoundEcho& echo, Progress* peer);
  void HandleAppendReply(Time now, const Header& header, const AppendReply& reply);
  void HandleAppended(Time now, const RoundEcho& echo, const Appended& appended, Progress* peer);
  void HandleConflict(Time now, const RoundEcho& echo, const Conflict& conflict, Progress* peer);
  void NoteLoss(const Conflict& conflict, Progress* peer);
  void HandleNewerTerm(Time now, const NewerTerm& newer);
  void AdvanceCommit(Time now);
  Reached<uint64_t> ReachedRounds(const Leader& leader) const;
  void BeginRound(Time now);
  void BeginReadRound(Time now);
  void BeginHeartbeat(Time now);
  void ConfirmReads(Time now);
  Time QuorumDeadline(const Leader& leader) const;
  void SendAppends();
  void SendAppendsTo(Progress* peer, bool must_send);
  void SendWentBack(const Progress& peer);
  void SendAppend(Progress* peer, bool with_entries);
  void SendCommitNotice(Progress* peer);
  void PassLeaderDeadlines(Time now);
  Index HeldByOthers(Time now) const;
  void WatchOwnDisk(Time now);

  // sending.cc
  void SendSnapshot(Progress* peer, bool must_send);
  void HandleInstallReply(Time now, const Header& header, const InstallReply& reply);

  // replication.cc
  bool Obey(Time now, const Header& header, Term term);
  void HandleAppendEntries(Time now, const Header& header, AppendEntries& append);
  void HandleCommitNotice(Time now, const Header& header, const CommitNotice& notice);
  Conflict ConflictAt(LogPosition prev) const;
  void SkipCompacted(AppendEntries* append) const;
  std::optional<Index> TakeEntries(const Header& header, AppendEntries& append);
  bool RefusesEntry(const Header& header, const Entry& entry);
  bool ContradictsCommitted(const LogPosition& theirs) const;
  void NoteContradiction(const Header& header, const LogPosition& theirs);
  void HandleWentBack(Time now, const Header& header, const WentBack& word);
  void RefuseWord(const Header& header, const WentBack& word);
  void TruncateFrom(Index index);
  void AppendToLog(EntryRef entry);
  void CommitUpTo(Index index);

  // installing.cc
  void HandleInstallSnapshot(Time now, const Header& header, InstallSnapshot& install);
  bool Expects(const Header& header, const InstallSnapshot& install);
  bool StillFollows(const Asked& asked) const;
  void AnswerInstall();
  void Replace(const Snapshot& snapshot);

  // compaction.cc
  void CompactLog();
  Index NeededByPeers() const;
  Index NeededByWhoCatchesUp() const;
  Time LastHeartbeat() const;
  bool ComesNearer(const Progress& peer) const;
  void NoteKeptSnapshots(Ready* ready);

  Identity identity_;
  const Options options_;
  Random* random_;

  HardState hard_state_;
  bool hard_state_changed_ = false;
  bool reborn_ = false;  // since the last Take
  Log log_;
  Index commit_index_;
  ClusterId adopted_cluster_;  // until the log names this node a member of one
  std::variant<Follower, Candidate, Leader> role_;
  std::map<NodeId, Incarnation> incarnations_;  // as last heard

  // Up to where the log is on disk, and which steps will carry it further.
  struct Unpersisted {
    uint64_t sequence = 0;
    Index last_index;
  };
  Index durable_index_;
  std::deque<Unpersisted> unpersisted_;
  uint64_t persisted_sequence_ = 0;
  uint64_t written_sequence_ = 0;  // the last step that had records
  bool log_changed_ = false;

  std::optional<Snapshot> snapshot_;
  std::vector<Snapshot> kept_snapshots_;  // as storage was last told
  std::optional<Incoming> incoming_;
  Room room_;
  bool quarantined_ = false;
  bool contradicted_ = false;
  std::optional<LogPosition> lost_;
  // What the operator has been told, so as not to tell it with each message.
  bool told_of_learning_ = false;
  struct ToldLeader {
    NodeId id;  // empty: that there is none
    Term term;
  };
  ToldLeader told_leader_;
  Awaited awaited_;
  std::map<NodeId, Term> told_of_terms_;  // by the sender of what was last refused
  LogPosition told_of_other_bytes_;
  Term told_of_word_;

  uint64_t next_read_id_ = 1;
  std::vector<NodeId> news_wanted_;
  Ready ready_;
  Standing last_standing_;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_RAFT_H_
