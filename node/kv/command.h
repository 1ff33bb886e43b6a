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

namespace tidemark::kv {

// A place in the log, counted from 1. It is raft::Index seen from a package that knows no Raft.
using LogIndex = uint64_t;

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
// very entry. `number` rises with each opening of this incarnation, durably.
struct OpenWriter {
  std::string node;
  uint64_t incarnation = 0;
  uint64_t number = 0;
  bool operator==(const OpenWriter&) const = default;
};

// Names one write for good, so that handing it in again is no second write.
struct WriteId {
  LogIndex writer = 0;
  uint64_t seq = 0;
  // All lower seqs have been answered: their outcomes need not be kept.
  uint64_t first_unanswered = 0;
  bool operator==(const WriteId&) const = default;
};

using Operation = std::variant<Write, Cas, Delete, Txn, OpenWriter>;

struct Command {
  WriteId id;  // writer 0 only for OpenWriter
  Operation operation;
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
// Not executed here, but perhaps before: the writer, or this outcome of it, is no longer known.
struct OutcomeForgotten {
  bool operator==(const OutcomeForgotten&) const = default;
};

using Result = std::variant<Done, TxnDone, KeyMissing, CasMismatch, NotAList, Opened, OpeningVoid,
                            WriterClosed, OutcomeForgotten>;

// `index` is where the command took effect (or was refused) the first time.
struct Outcome {
  LogIndex index = 0;
  Result result;
  bool operator==(const Outcome&) const = default;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_COMMAND_H_
