// What nodes say to each other about consensus: a struct for each message, none with a field whose
// meaning hangs on another.
#ifndef TIDEMARK_NODE_RAFT_MESSAGES_H_
#define TIDEMARK_NODE_RAFT_MESSAGES_H_

#include <cstdint>
#include <variant>
#include <vector>

#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace tidemark::raft {

// On every message between nodes. `to.incarnation` zero: the sender does not know it yet.
// `cluster` zero: the sender belongs to none yet.
struct Header {
  Member from;
  Member to;
  ClusterId cluster;
  bool operator==(const Header&) const = default;
};

// What is asked for when a vote is asked for.
enum class Ballot {
  kPreVote,    // would you? Changes nothing at either side (dissertation §9.6)
  kElection,   // the paper's RequestVote (§5.2)
  kBootstrap,  // the first election of a cluster's life: needs every node
};

struct RequestVote {
  Ballot ballot = Ballot::kElection;  // kPreVote or kElection
  Term term;                          // the term the candidate stands in, or would
  LogPosition last;                   // the candidate's last entry
  bool operator==(const RequestVote&) const = default;
};

struct RequestBootstrap {
  Term term;
  std::vector<NodeId> node_ids;  // sorted: whom the founder takes for the whole cluster
  bool operator==(const RequestBootstrap&) const = default;
};

struct Vote {
  Term term;  // the voter's own, after it has seen the request
  Ballot ballot = Ballot::kElection;
  Term asked_term;  // the request's
  bool granted = false;
  bool operator==(const Vote&) const = default;
};

// `round` counts what this leader has sent in this term; the answer carries it back, so that a
// leader knows at what moment the follower still followed (dissertation §6.4). Rounds begin anew
// in each term, and a term can be led again by a node whose disk was put back: which leadership
// one belongs to is told by the term and the leader's life.
struct AppendEntries {
  Term term;
  LogPosition prev;
  std::vector<EntryRef> entries;
  Index commit_index;
  uint64_t round = 0;
  Life life;
};

// What an answer repeats of the message that it answers. It counts only where life and term are the
// leader's own when it comes (docs/design.md, rounds).
struct RoundEcho {
  Life life;
  Term term;
  uint64_t round = 0;
  bool operator==(const RoundEcho&) const = default;
};

struct Appended {
  Index match_index;  // the follower's log equals the leader's up to here, durably
  bool operator==(const Appended&) const = default;
};

// Of an AppendEntries or an InstallSnapshot.
template <typename Sent>
RoundEcho EchoOf(const Sent& sent) {
  return {sent.life, sent.term, sent.round};
}

// The entry at `prev` is missing or of another term. The hint (paper §5.3, end): the first index
// that the follower has of the term which it has there; where its log ends before prev, its end.
struct Conflict {
  Index prev_index;  // the request's, so that a late answer is recognized
  Term term;         // zero: the log ends before prev_index
  Index first_index;
  bool operator==(const Conflict&) const = default;
};

struct AppendReply {
  Term term;  // the follower's own
  RoundEcho echo;
  std::variant<Appended, Conflict> result;
  bool operator==(const AppendReply&) const = default;
};

// A part of the leader's snapshot, for a peer that lacks what its log no longer has (§7). No bytes:
// a heartbeat, which asks how far the peer has come; `offset` then says nothing.
struct InstallSnapshot {
  Term term;
  uint64_t round = 0;  // as in AppendEntries
  SnapshotPiece piece;
  Life life;
  bool operator==(const InstallSnapshot&) const = default;
};

// How far a peer has come with the snapshot that it is being sent; once it has all of it, durably
// and in use, it says so with an AppendReply. last_included, bytes and checksum say which file.
struct InstallReply {
  Term term;       // the follower's own
  RoundEcho echo;  // of the leader's last message about this file
  LogPosition last_included;
  uint64_t bytes = 0;
  uint64_t checksum = 0;
  uint64_t offset = 0;   // the next byte that it takes
  uint64_t written = 0;  // all before this one is in its file
  bool operator==(const InstallReply&) const = default;
};

// A leader's: what it has at `committed`, and all before it, is committed. Not answered, and proof
// of no round; one that is lost is made good by the next AppendEntries.
struct CommitNotice {
  Term term;
  LogPosition committed;
  bool operator==(const CommitNotice&) const = default;
};

// To a leader of an older term: a newer one has begun. It says nothing of what was sent, and no
// round (figure 2: "Reply false if term < currentTerm").
struct NewerTerm {
  Term term;
  bool operator==(const NewerTerm&) const = default;
};

// A leader's, to a node that has told it of a later term and has no log: the configuration does not
// name that incarnation, so the leader does not follow it into that term.
struct Unnamed {
  Term term;  // the leader's
  bool operator==(const Unnamed&) const = default;
};

// A leader's, to a peer whose disk has gone back: an answer of it, to a round that began after the
// leader knew that it had `lost`, says that it does not have it. It is told so in place of all that
// it would be sent else. One that has that entry after all answers that with an AppendReply.
struct WentBack {
  Term term;
  uint64_t round = 0;  // as in AppendEntries
  LogPosition lost;
  Life life;
  bool operator==(const WentBack&) const = default;
};

// To the founder: somebody needs a leader and there is no cluster yet.
struct BootstrapWanted {
  std::vector<NodeId> node_ids;
  bool operator==(const BootstrapWanted&) const = default;
};

// "You take me for an incarnation that I am not": the header says which one it is.
struct WrongIncarnation {
  bool operator==(const WrongIncarnation&) const = default;
};

// "You belong to another cluster": the header says to which one the sender belongs.
struct WrongCluster {
  bool operator==(const WrongCluster&) const = default;
};

using Body = std::variant<RequestVote, RequestBootstrap, Vote, AppendEntries, AppendReply,
                          BootstrapWanted, WrongIncarnation, WrongCluster, InstallSnapshot,
                          InstallReply, NewerTerm, Unnamed, CommitNotice, WentBack>;

struct Message {
  Header header;
  Body body;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_MESSAGES_H_
