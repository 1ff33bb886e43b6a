// What nodes ask each other on behalf of clients, beside consensus itself.
#ifndef TIDEMARK_NODE_SERVER_PEER_MESSAGES_H_
#define TIDEMARK_NODE_SERVER_PEER_MESSAGES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "node/kv/command.h"
#include "node/raft/messages.h"
#include "node/raft/types.h"

namespace tidemark::server {

// A key-value command as the log carries it. Every raft::Command in this program is one.
class LogCommand final : public raft::Command {
 public:
  explicit LogCommand(kv::Command command);
  const kv::Command& command() const { return command_; }
  size_t SizeBytes() const override { return size_bytes_; }
  bool Same(const raft::Command& other) const override {
    return static_cast<const LogCommand&>(other).command_ == command_;
  }

  static const kv::Command& Of(const raft::CommandRef& ref) {
    return static_cast<const LogCommand&>(*ref).command();
  }
  // Whether `ref` is `command`, mostly the very same object. One id may have come with two.
  static bool Is(const raft::CommandRef& ref, const kv::Command& command) {
    return &Of(ref) == &command || Of(ref) == command;
  }

 private:
  kv::Command command_;
  size_t size_bytes_;
};

// Append this command and tell me what came of it.
struct HandIn {
  raft::CommandRef command;
};
// Serve this ryw_read: `need` is what the reader has seen, which `session` may prove.
struct ServeRead {
  std::string key;
  raft::Index need;
  std::optional<kv::Session> session;
  bool operator==(const ServeRead&) const = default;
};
// ReadIndex (dissertation §6.4): confirm that you lead and say what is committed.
struct ConfirmRead {
  bool operator==(const ConfirmRead&) const = default;
};
// Readers wait here, for `need` at most: send what is missing, and say what is committed.
struct Pull {
  raft::Index need;
  bool operator==(const Pull&) const = default;
};

// `life` names this start of the asking node and `number` the question within it. Both come back,
// and an answer to another life's question is dropped.
struct Question {
  uint64_t life = 0;
  uint64_t number = 0;
  std::variant<HandIn, ServeRead, ConfirmRead, Pull> ask;
};

struct ReadServed {
  std::optional<std::string> value;    // nullopt: the key is missing
  std::optional<kv::Session> session;  // as of which; nullopt: of nothing, it is empty here yet
  bool operator==(const ReadServed&) const = default;
};
struct ReadConfirmed {
  raft::Index read_index;
  bool operator==(const ReadConfirmed&) const = default;
};
// A leader judged the read's session, or its bare index, against what it has committed:
// `committed`, and (kFromFuture) no more. Never kHolds.
struct ReadRefused {
  kv::Verdict verdict = kv::Verdict::kFromFuture;
  raft::Index committed;
  bool operator==(const ReadRefused&) const = default;
};
// To a pull. `confirmed`: the node has made sure, after it was asked, that it still leads, so that
// what lies beyond `committed` was committed by nobody when the question was asked. Else
// `committed` has reached what was needed.
struct News {
  raft::Index committed;
  raft::ClusterId cluster;  // of the last committed configuration
  bool confirmed = false;
  bool operator==(const News&) const = default;
};
// Nothing was done, and nothing will come of the question. `leader` empty: not known.
struct NotLeader {
  raft::NodeId leader;
  bool operator==(const NotLeader&) const = default;
};

// Why a leader appends no command for now.
enum class Shortage {
  kDisk,  // its disk is full
  kTail,  // it has appended as much as may be uncommitted at once
};
// Nothing was done: the leader has no room for it. The question may come again.
struct NoRoom {
  Shortage of = Shortage::kDisk;
  bool operator==(const NoRoom&) const = default;
};

struct Answer {
  uint64_t life = 0;
  uint64_t number = 0;
  std::variant<kv::Applied, ReadServed, ReadRefused, ReadConfirmed, News, NotLeader, NoRoom> result;
  bool operator==(const Answer&) const = default;
};

// The sender's state at `index` has this hash.
struct StateHash {
  raft::Index index;
  uint64_t hash = 0;
  bool operator==(const StateHash&) const = default;
};

using PeerBody = std::variant<raft::Body, Question, Answer, StateHash>;

struct PeerMessage {
  raft::Header header;
  PeerBody body;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_PEER_MESSAGES_H_
