// What the state machine can be told to do, and what comes of it.
//
// Keys and values are canonical JSON texts (made at the gateway): equal texts are equal values.
#ifndef TIDEMARK_NODE_KV_COMMAND_H_
#define TIDEMARK_NODE_KV_COMMAND_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/base/limits.h"
#include "node/kv/session.h"
#include "node/kv/tag.h"

namespace tidemark::kv {

struct Write {
  std::string key;
  std::string value;
  bool operator==(const Write&) const = default;
};

struct Cas {
  std::string key;
  std::string from;
  std::string to;
  bool create_if_not_exists = false;
  bool operator==(const Cas&) const = default;
};

struct Delete {
  std::string key;
  bool operator==(const Delete&) const = default;
};

struct TxnOp {
  enum class Kind { kRead, kWrite, kAppend };
  Kind kind = Kind::kRead;
  std::string key;
  std::string value;  // of a read in a request: empty; in a result: what was read ("null": missing)
  bool operator==(const TxnOp&) const = default;
};

struct Txn {
  std::vector<TxnOp> ops;
  bool operator==(const Txn&) const = default;
};

// A node opens a writer of its own (dissertation §6.3): the writer's name is the index of this
// very entry. `number` rises with each opening of this incarnation, durably; yet a disk that went
// back has forgotten some. `bits` are random, and this opening's own: they tell it from all others.
struct OpenWriter {
  std::string node;
  uint64_t incarnation = 0;
  uint64_t number = 0;
  uint64_t bits = 0;
  bool operator==(const OpenWriter&) const = default;
};

// A client opens a writer of its own: its name is the index where this took effect first. The id of
// the command itself is a node's, as any plain write's, so that handing it in again opens one.
// `bits` are random: the client is told them, as the key to its writer.
struct OpenClient {
  uint64_t bits = 0;
  bool operator==(const OpenClient&) const = default;
};

// The name of a write.
struct WriteName {
  LogIndex writer = 0;
  uint64_t seq = 0;
  auto operator<=>(const WriteName&) const = default;
};

// The name as a client is told it where the outcome is open: the tag (TagOf) shows that it was.
struct ToldName {
  LogIndex writer = 0;
  uint64_t seq = 0;
  uint64_t tag = 0;
  WriteName name() const { return {writer, seq}; }
  auto operator<=>(const ToldName&) const = default;
};

// What came of the write of that name? Where it has not arrived, it never will: it is cancelled
// here. The id of the command itself is a node's, as any plain write's.
struct Fate {
  ToldName of;
  bool operator==(const Fate&) const = default;
};

// Names one write for good, so that handing it in again is no second write.
struct WriteId {
  LogIndex writer = 0;
  uint64_t seq = 0;
  // All lower seqs have been answered: their outcomes need not be kept.
  uint64_t first_unanswered = 0;
  // The bits of the writer's opening: only who opened it knows them. Another writer may stand at
  // that index in another history.
  uint64_t key = 0;
  WriteName name() const { return {writer, seq}; }
  ToldName Told() const { return {writer, seq, TagOf(key, writer, seq)}; }
  bool operator==(const WriteId&) const = default;
};

using Operation = std::variant<Write, Cas, Delete, Txn, OpenWriter, OpenClient, Fate>;

struct Command {
  WriteId id;  // writer 0 only for OpenWriter
  Operation operation;
  // The id is a client's own (a `once`): its writer must be one that a client opened, as that of
  // any other command must be one that a node opened.
  bool once = false;
  // What the writer has seen. Judged where the command stands, after its id is looked up.
  std::optional<Session> session;
  bool operator==(const Command&) const = default;
};

// What came of a command. All are decided where the command stands in the log, and nowhere else.
struct Done {  // of Write, Cas, Delete
  bool operator==(const Done&) const = default;
};
struct TxnDone {
  std::vector<TxnOp> ops;  // with what the reads read
  bool operator==(const TxnDone&) const = default;
};
struct KeyMissing {
  bool operator==(const KeyMissing&) const = default;
};
struct CasMismatch {
  std::string current;
  bool operator==(const CasMismatch&) const = default;
};
struct NotAList {  // append to something else: nothing of the transaction was done
  std::string key;
  bool operator==(const NotAList&) const = default;
};
struct TooLarge {  // what the cluster takes no more of than `bytes`: nothing was done
  Limit limit = Limit::kValue;
  uint64_t bytes = 0;
  bool operator==(const TooLarge&) const = default;
};
struct Opened {
  bool operator==(const Opened&) const = default;
};
struct OpeningVoid {  // the same incarnation has opened a higher number before
  bool operator==(const OpeningVoid&) const = default;
};
// Not executed here, and it never will be under this id.
struct WriterClosed {
  bool operator==(const WriterClosed&) const = default;
};
// Not executed here, but perhaps before: the writer, or this outcome of it, is no longer known; or
// the id's key is not the writer's.
struct OutcomeForgotten {
  bool operator==(const OutcomeForgotten&) const = default;
};

// Not executed: under this id another command has been.
struct SeqReused {
  bool operator==(const SeqReused&) const = default;
};
// Not executed, and never will be: its fate was asked for before it arrived.
struct Cancelled {
  bool operator==(const Cancelled&) const = default;
};
// Not executed: the command's session is not of this history. Never kHolds.
struct SessionRefused {
  Verdict verdict = Verdict::kLostHistory;
  bool operator==(const SessionRefused&) const = default;
};
// Of Fate.
struct Fated {
  enum class Kind { kCommitted, kRefused, kCancelled, kUnknown };
  Kind kind = Kind::kUnknown;
  LogIndex commit_index = 0;  // of kCommitted
  // Of kRefused: why it was.
  enum class Refusal {
    kNone,
    kKeyMissing,
    kCasMismatch,
    kNotAList,
    kOtherCluster,
    kLostHistory,
    kFromFuture,
    kTooLarge,
  };
  Refusal refusal = Refusal::kNone;
  bool operator==(const Fated&) const = default;
};

using Result = std::variant<Done, TxnDone, KeyMissing, CasMismatch, NotAList, Opened, OpeningVoid,
                            WriterClosed, OutcomeForgotten, SeqReused, Cancelled, SessionRefused,
                            Fated, TooLarge>;

// `index` is where the command took effect (or was refused) the first time.
struct Outcome {
  LogIndex index = 0;
  Result result;
  bool operator==(const Outcome&) const = default;
};

// What applying a command at one place in the log gives. A command may stand there more than once:
// the outcome is that of the first time.
struct Applied {
  Outcome outcome;
  // Of one who has seen everything up to this place; nullopt where the command's own session is not
  // of this history: who is refused must not come to hold the history that refused it.
  std::optional<Session> session;
  bool operator==(const Applied&) const = default;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_COMMAND_H_
