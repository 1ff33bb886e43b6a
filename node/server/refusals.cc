#include "node/server/refusals.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/assert.h"
#include "node/base/concat.h"

namespace tidemark::server {
namespace {

std::string Cluster(uint32_t cluster) { return absl::StrCat(absl::Hex(cluster, absl::kZeroPad8)); }

Reason ReasonOf(kv::Verdict verdict) {
  switch (verdict) {
    case kv::Verdict::kOtherCluster:
      return Reason::kTokenOtherCluster;
    case kv::Verdict::kLostHistory:
      return Reason::kTokenLostHistory;
    case kv::Verdict::kFromFuture:
      return Reason::kTokenFromFuture;
    case kv::Verdict::kHolds:
      break;
  }
  TM_ASSERT(false && "a session that holds is not refused");
  return Reason::kTokenFromFuture;
}

// What is wrong with `token`; `beyond`: of whom it is said that nothing stands at its index.
std::string Wrong(kv::Verdict verdict, const kv::Session& token, const std::string& beyond) {
  switch (verdict) {
    case kv::Verdict::kOtherCluster:
      return absl::StrCat("the session is of cluster ", Cluster(token.cluster),
                          ", which this is not");
    case kv::Verdict::kLostHistory:
      return absl::StrCat("the session has seen index ", token.index, " in term ", token.term,
                          ", and in this history another entry stands there: what it has seen "
                          "was lost here");
    case kv::Verdict::kFromFuture:
    case kv::Verdict::kHolds:
      break;
  }
  TM_ASSERT(verdict == kv::Verdict::kFromFuture);
  return absl::StrCat("the session has seen index ", token.index, ", which is beyond ", beyond,
                      ": it is from a history that this one has lost");
}

constexpr char kAdopt[] = "; nothing was done: begin a new session to adopt this history";

std::string WhoIsAwaited(const std::vector<raft::NodeId>& nodes) {
  return nodes.empty() ? "" : absl::StrCat(", and waits for ", absl::StrJoin(nodes, ", "));
}

Error DiskFull(const Context& context) {
  const raft::NodeId leader = context.raft().leader();
  return {.code = ErrorCode::kUnavailable,
          .text = absl::StrCat("the disk of the leader, ", leader,
                               ", is full: nothing was done, and no write is taken until there is "
                               "room again; reads go on. Free some space there"),
          .reason = Reason::kNoRoom,
          .leader = leader,
          .retry_after_ms = 1000};
}

Error TailFull(const Context& context) {
  const raft::NodeId leader = context.raft().leader();
  return {.code = ErrorCode::kUnavailable,
          .text = absl::StrCat("the leader, ", leader,
                               ", has as many writes as it may that other nodes have not written "
                               "down yet, and takes no more for now: nothing was done; try again. "
                               "If this goes on, see whether the disks of the other nodes are "
                               "full, or slow"),
          .reason = Reason::kOverloaded,
          .leader = leader,
          .retry_after_ms = std::max<int64_t>(1, context.retry_interval().ToMillis())};
}

Error Diverged(const Context& context) {
  return {.code = ErrorCode::kUnavailable,
          .text = absl::StrCat(context.self(),
                               " serves nothing: its state differs from that of other nodes, and "
                               "no answer of it can be trusted; nothing was done: ask another "
                               "node, and see this one's log"),
          .reason = Reason::kStateDiverged};
}

Error GivenUp(const Context& context) {
  return {.code = ErrorCode::kUnavailable,
          .text = absl::StrCat(context.self(),
                               " stops: its disk has gone back to an older state, and no answer of "
                               "it can be trusted; nothing was done: ask another node, and see "
                               "this one's log"),
          .reason = Reason::kStateDiverged};
}

}  // namespace

Error NoLeader(const Context& context, raft::Index need) {
  const int64_t ms = context.options().request_timeout.ToMillis();
  const raft::NodeId leader = context.raft().leader();
  Error error{.code = ErrorCode::kUnavailable,
              .reason = leader.empty() ? Reason::kNoLeader : Reason::kTimedOut};
  std::string state =
      leader.empty() ? absl::StrCat("no leader was found within ", ms, " ms")
                     : absl::StrCat("the leader, ", leader, ", did not answer within ", ms, " ms");
  if (leader.empty() && context.raft().unbootstrapped()) {
    error.reason = Reason::kNotBootstrapped;
    error.awaits = context.raft().bootstrap_awaits();
    state = absl::StrCat("the cluster is not bootstrapped yet, which takes every node once",
                         WhoIsAwaited(error.awaits));
  }
  error.text = absl::StrCat(context.self(), ": ", state);
  if (need) {
    absl::StrAppend(&error.text, "; this node has applied index ", context.applied().value(),
                    " and the read needs ", need.value());
    error.need = need;
  }
  absl::StrAppend(&error.text, "; nothing was done: try again, or ask another node");
  error.leader = leader;
  error.applied_index = context.applied();
  return error;
}

Error WriteTimedOut(const Context& context, const kv::Command& write) {
  const bool asks = std::holds_alternative<kv::Fate>(write.operation);
  Error error{.code = ErrorCode::kIndefinite,
              .text = absl::StrCat(context.self(), ": what came of this ", asks ? "fate" : "write",
                                   " was not learnt within ",
                                   context.options().request_timeout.ToMillis(), " ms"),
              .reason = Reason::kTimedOut,
              .leader = context.raft().leader()};
  if (asks) {
    absl::StrAppend(&error.text, ": ask again");
    return error;
  }
  absl::StrAppend(&error.text,
                  "; it may have happened, or happen yet: ask for the fate of its write_id");
  error.write_id = write.id.Told();
  return error;
}

Error TooManyOpen(const Context& context) {
  return {.code = ErrorCode::kUnavailable,
          .text = absl::StrCat(context.self(), " has as many requests open as it holds (",
                               context.options().max_open_requests, " at most, of ",
                               context.options().max_open_bytes,
                               " bytes); nothing was done: try later"),
          .reason = Reason::kOverloaded,
          .retry_after_ms = context.options().follower_wait.ToMillis()};
}

Error NoRoomLeft(const Context& context, Shortage shortage) {
  switch (shortage) {
    case Shortage::kDisk:
      return DiskFull(context);
    case Shortage::kTail:
      return TailFull(context);
  }
  TM_ASSERT(false && "every shortage is told");
  return DiskFull(context);
}

Error Untrusted(const Context& context) {
  return context.raft().lost() ? GivenUp(context) : Diverged(context);
}

Error OfThisTry(Error error, bool once) {
  if (once) {
    error.text +=
        " (this says nothing of an earlier try under the same id: send it again, or ask for its "
        "fate)";
  }
  return error;
}

Error TooManyWaiting(const Context& context, raft::Index need, std::optional<Duration> expected) {
  const int64_t wait_ms = expected.value_or(context.options().follower_wait).ToMillis();
  return {.code = ErrorCode::kUnavailable,
          .text = absl::StrCat(context.self(), " has applied index ", context.applied().value(),
                               "; this read needs ", need.value(),
                               " or the leader, and as many reads as may wait here do already; "
                               "nothing was done: try again later, or ask another node"),
          .reason = Reason::kOverloaded,
          .leader = context.raft().leader(),
          .applied_index = context.applied(),
          .need = need,
          .retry_after_ms = std::max<int64_t>(1, wait_ms)};
}

Error RefusedRead(kv::Verdict verdict, const Token& token, raft::Index need,
                  const raft::NodeId& leader, raft::Index committed) {
  Error error{.code = ErrorCode::kPreconditionFailed,
              .reason = ReasonOf(verdict),
              .leader = leader,
              .applied_index = {},
              .need = need};
  const std::string all = absl::StrCat(
      "all that ", leader.empty() ? "the cluster" : absl::StrCat("the leader, ", leader, ","),
      " has committed (", committed.value(), ")");
  const bool of_index =
      !token || (verdict == kv::Verdict::kFromFuture && token->index <= committed.value());
  error.text = of_index ? absl::StrCat("last_write_index ", need.value(), " is beyond ", all,
                                       ": it is from another cluster, or from a history that this "
                                       "one has lost; read without it to adopt this history")
                        : absl::StrCat(Wrong(verdict, *token, all), kAdopt);
  return error;
}

Error RefusedWrite(kv::Verdict verdict) {
  const char* wrong = "was of a history that is not this one: what it had seen was lost here";
  if (verdict == kv::Verdict::kOtherCluster) wrong = "was of a cluster that is not this one";
  if (verdict == kv::Verdict::kFromFuture) {
    wrong = "had seen more than was there: it was of a history that this one has lost";
  }
  return {.code = ErrorCode::kPreconditionFailed,
          .text = absl::StrCat("the session that this write came with ", wrong, kAdopt),
          .reason = ReasonOf(verdict)};
}

Error TooLarge(ErrorCode code, const kv::TooLarge& beyond) {
  const auto text = [&beyond] {
    switch (beyond.limit) {
      case Limit::kLine:
        return "the message";
      case Limit::kKey:
        return "a key";
      case Limit::kValue:
        return "a value, or a list with what is appended,";
      case Limit::kAnswer:
        return "the answer of the transaction";
    }
    return "";
  };
  return {.code = code,
          .text = Concat(text(), " would be larger than ", beyond.bytes,
                         " bytes, the most that this cluster takes (", NameOf(beyond.limit),
                         "); nothing was done: use smaller values, or more requests"),
          .reason = Reason::kTooLarge,
          .limit = beyond};
}

Error Forgotten(const kv::ToldName& write) {
  return {
      .code = ErrorCode::kIndefinite,
      .text =
          "the outcome of this write is no longer remembered, or its id is not this client's: it "
          "was not executed now, but perhaps before; read the key to see",
      .reason = Reason::kOutcomeForgotten,
      .write_id = write};
}

Error SeqReused(const kv::WriteId& id) {
  return {.code = ErrorCode::kMalformed,
          .text = absl::StrCat("body.once: seq ", id.seq, " of client ", id.writer,
                               " was another command; this one was not executed: give each write "
                               "a seq of its own"),
          .reason = Reason::kSeqReused};
}

Error Cancelled(const kv::WriteName& write) {
  return {.code = ErrorCode::kAborted,
          .text = absl::StrCat("write ", write.seq, " of writer ", write.writer,
                               " was cancelled when its fate was asked for: it never happened and "
                               "never will; write it anew"),
          .reason = Reason::kCancelled};
}

}  // namespace tidemark::server
