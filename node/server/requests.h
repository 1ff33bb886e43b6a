// What clients ask of a node and what they are told.
//
// Keys and values are canonical JSON texts: no white space, object keys sorted, numbers as they
// were spelled. The gateway (node/wire) makes them so.
#ifndef TIDEMARK_NODE_SERVER_REQUESTS_H_
#define TIDEMARK_NODE_SERVER_REQUESTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/base/time.h"
#include "node/kv/command.h"
#include "node/raft/types.h"

namespace tidemark::server {

// Where an answer goes: to `client`, as in_reply_to `msg_id`.
struct ClientRef {
  std::string client;
  int64_t msg_id = 0;
  // The request had a `session`, be it an empty one: the reply carries one where it may.
  bool in_session = false;
  auto operator<=>(const ClientRef&) const = default;
};

// --- Requests -----------------------------------------------------------------------------------

struct ReadRequest {  // linearizable
  std::string key;
  bool operator==(const ReadRequest&) const = default;
};

// A write, cas, delete or txn; an `open` (OpenClient, whose bits the node draws) or a `fate`. Never
// an OpenWriter, which is no client's to ask for.
struct WriteRequest {
  kv::Operation operation;
  // An id of the client's own, with its key. Never for OpenClient and Fate.
  std::optional<kv::WriteId> once;
  bool operator==(const WriteRequest&) const = default;
};

struct RywReadRequest {
  std::string key;
  raft::Index last_write_index;
  bool prefer_follower = false;
  std::optional<Duration> max_wait;  // absent: the node's --follower-wait-ms
  bool explain = false;
  bool operator==(const RywReadRequest&) const = default;
};

struct StatusRequest {
  bool operator==(const StatusRequest&) const = default;
};

struct EchoRequest {
  std::string echo;
  bool operator==(const EchoRequest&) const = default;
};

using RequestBody =
    std::variant<ReadRequest, WriteRequest, RywReadRequest, StatusRequest, EchoRequest>;

struct ClientRequest {
  ClientRef from;
  RequestBody body;
  // What the client has seen; nullopt: nothing yet (`"session": {}`), or no session at all.
  std::optional<kv::Session> session;
};

// --- Replies ------------------------------------------------------------------------------------

// Maelstrom's codes, and what each promises: all but kIndefinite (13) and kTimeout (0) are
// definite, the request did not happen and will not.
enum class ErrorCode : int {
  kNotSupported = 10,
  kUnavailable = 11,
  kMalformed = 12,
  kIndefinite = 13,
  kAborted = 14,
  kKeyMissing = 20,
  kPreconditionFailed = 22,
};

// The closed list of `reason`s, in answers and in errors. wire spells them.
enum class Reason {
  // Of a ryw_read_ok:
  kFollowerBehind,   // "follower_behind_redirected_to_leader"
  kLeaderPreferred,  // "leader_preferred"
  kServedByLeader,   // "served_by_leader"
  kProvedByToken,    // "proved_by_token"
  // Of an error:
  kTokenOtherCluster,   // "token_other_cluster"
  kTokenLostHistory,    // "token_lost_history"
  kTokenFromFuture,     // "token_from_future"
  kNoLeader,            // "no_leader": nobody led within the time the request had
  kNotBootstrapped,     // "not_bootstrapped": there is no cluster yet
  kTimedOut,            // "timed_out": a leader was asked and did not answer in time
  kOverloaded,          // "overloaded": this node holds as many open requests as it may
  kNotInitialized,      // "not_initialized"
  kAlreadyInitialized,  // "already_initialized"
  kOutcomeForgotten,    // "outcome_forgotten"
  kSeqReused,           // "seq_reused"
  kCancelled,           // "cancelled"
  kNoRoom,              // "no_room": the leader's disk is full
  kStateDiverged,       // "state_diverged": this node's state is not the others', or may not be
  kNotAList,            // "not_a_list"
  kTooLarge,            // "too_large": beyond one of the cluster's limits, which `limit` names
};

// How a ryw_read was served; goes with its value and with its error 20 alike.
struct ServedByFollower {
  raft::NodeId served_by;
  raft::Index follower_applied_index;
  int64_t waited_ms = 0;
  // The value is as of this index, which the session proves to be committed (kProvedByToken).
  std::optional<raft::Index> proved_index;
  bool operator==(const ServedByFollower&) const = default;
};
struct ServedByLeader {
  raft::NodeId served_by;
  Reason reason = Reason::kServedByLeader;
  bool operator==(const ServedByLeader&) const = default;
};
using Served = std::variant<ServedByFollower, ServedByLeader>;

struct InitOk {
  bool operator==(const InitOk&) const = default;
};
struct EchoOk {
  std::string echo;
  bool operator==(const EchoOk&) const = default;
};
struct ReadOk {
  std::string value;
  bool operator==(const ReadOk&) const = default;
};
struct WriteOk {
  raft::Index commit_index;
  bool operator==(const WriteOk&) const = default;
};
struct CasOk {
  raft::Index commit_index;
  bool operator==(const CasOk&) const = default;
};
struct DeleteOk {
  raft::Index commit_index;
  bool operator==(const DeleteOk&) const = default;
};
struct TxnOk {
  std::vector<kv::TxnOp> ops;
  raft::Index commit_index;
  bool operator==(const TxnOk&) const = default;
};
struct OpenOk {
  kv::LogIndex client = 0;
  uint64_t key = 0;  // its bits: whoever has not got them cannot use it
  bool operator==(const OpenOk&) const = default;
};
struct FateOk {
  kv::Fated fate;
  bool operator==(const FateOk&) const = default;
};
struct RywReadOk {
  std::string value;
  Served served;
  bool operator==(const RywReadOk&) const = default;
};

enum class Role { kFollower, kCandidate, kLeader };  // candidate: pre-vote and bootstrap too

struct PeerProgress {  // as a leader sees a peer
  raft::Member peer;
  raft::Index match_index;
  bool counts = false;  // false: a learner, whose acknowledgements count for nothing, or gone back
  bool gone_back = false;  // its disk has, in this term
  bool operator==(const PeerProgress&) const = default;
};

struct StatusOk {
  raft::Member node;
  raft::ClusterId cluster;
  Role role = Role::kFollower;
  bool learner = false;  // in a cluster whose configuration does not name this incarnation
  raft::Term term;
  raft::NodeId leader;  // empty: not known
  raft::Index last_index;
  raft::Index commit_index;
  raft::Index applied_index;
  std::vector<PeerProgress> peers;  // sorted by id; a leader's only
  int64_t uptime_ms = 0;
  uint64_t rejected_messages = 0;  // malformed, misdirected, from a stranger
  raft::Index snapshot_index;      // the last entry in this node's snapshot; zero: it has none
  bool diverged = false;           // its state is doubted: it serves nothing
  // Who has not answered, or has refused, the bootstrap of a cluster that does not exist yet.
  std::vector<raft::NodeId> bootstrap_awaits;
  bool operator==(const StatusOk&) const = default;
};

struct Error {
  ErrorCode code = ErrorCode::kMalformed;
  std::string text;  // for a person: what happened, to what, what to do
  std::optional<Served> served;
  std::optional<Reason> reason;
  std::optional<kv::TooLarge> limit;  // of kTooLarge
  raft::NodeId leader;                // empty: left out, as are the zero indexes
  std::optional<raft::Index> applied_index;
  std::optional<raft::Index> need;
  std::optional<kv::ToldName> write_id;   // of a write whose outcome is open: ask for its fate
  std::optional<int64_t> retry_after_ms;  // of kOverloaded
  std::vector<raft::NodeId> awaits;  // of kNotBootstrapped: who has not agreed, as far as known
  bool operator==(const Error&) const = default;
};

using ReplyBody = std::variant<InitOk, EchoOk, ReadOk, WriteOk, CasOk, DeleteOk, TxnOk, OpenOk,
                               FateOk, RywReadOk, StatusOk, Error>;

// The numbers behind the decision about a ryw_read.
struct Explanation {
  enum class Decision {
    kServe,            // "serve": applied far enough
    kProve,            // "prove": the session proves what the log has
    kWait,             // "wait": for entries that are expected before the leader could answer
    kRedirect,         // "redirect": the leader is expected to be faster
    kLeaderPreferred,  // "leader_preferred"
    kLead,             // "lead": this node leads
    kNoLeader,         // "no_leader": waits for one
  };
  Decision decision = Decision::kServe;
  raft::Index applied_index;
  raft::Index need;
  raft::Index last_index;     // of the log, committed or not
  bool entry_in_log = false;  // last_index ≥ need
  // Measured; nullopt: not yet.
  std::optional<Duration> round_trip;         // to the leader
  std::optional<int64_t> entries_per_second;  // applied, while catching up
  // Predicted; nullopt: not to be told.
  std::optional<Duration> expected_wait;
  std::optional<Duration> expected_redirect;
  bool operator==(const Explanation&) const = default;
};

struct Reply {
  ClientRef to;
  int64_t msg_id = 0;  // the node's own count of its replies, from 0
  ReplyBody body;
  std::optional<kv::Session> session;      // never where to.in_session is false
  std::optional<Explanation> explanation;  // asked for with `explain`
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_REQUESTS_H_
