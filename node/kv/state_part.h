// What a state is made of, piece by piece, for those who carry it elsewhere: to a file, to another
// node. A whole state is its StateHead, then the nodes' writers and then the clients', by their
// indexes, each followed by its outcomes, by seq, then its keys, by hash. The order is defined:
// equal states give equal parts.
#ifndef TIDEMARK_NODE_KV_STATE_PART_H_
#define TIDEMARK_NODE_KV_STATE_PART_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "node/kv/command.h"
#include "node/kv/session.h"

namespace tidemark::kv {

struct TermRun {  // of entries of one term
  LogIndex first = 0;
  uint64_t term = 0;
  uint32_t stamp = 0;
  bool operator==(const TermRun&) const = default;
};

struct StateHead {
  LogIndex last_applied = 0;
  uint32_t cluster = 0;
  Limits limits;
  std::vector<TermRun> terms;
  uint64_t writers = 0;  // how many parts of each kind follow
  uint64_t outcomes = 0;
  uint64_t keys = 0;
  uint64_t hash = 0;  // StateMachine::Hash of the whole
  bool operator==(const StateHead&) const = default;
};

struct WriterPart {
  bool client = false;  // of a client, not of a node
  LogIndex index = 0;
  OpenWriter opened_as;  // of a client's: nothing but the bits
  bool closed = false;
  std::optional<uint64_t> last_dropped;  // no outcome up to this seq is kept
  bool operator==(const WriterPart&) const = default;
};

// Of the writer that came last.
struct OutcomePart {
  uint64_t seq = 0;
  std::optional<uint64_t> operation_hash;
  Outcome outcome;
  bool operator==(const OutcomePart&) const = default;
};

struct KeyPart {
  std::string_view key;
  std::string_view value;
  bool operator==(const KeyPart&) const = default;
};

using StatePart = std::variant<StateHead, WriterPart, OutcomePart, KeyPart>;

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_STATE_PART_H_
