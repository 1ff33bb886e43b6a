// Who may write under which id, and what came of what they wrote: the memory that makes a repeated
// request happen once (dissertation §6.3). Part of the replicated state: all of it is decided by
// the log alone.
#ifndef TIDEMARK_NODE_KV_WRITERS_H_
#define TIDEMARK_NODE_KV_WRITERS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "node/kv/command.h"

namespace tidemark::kv {

// Each is at least 1, and the same on every node: they decide what is forgotten.
struct WriterLimits {
  // Nodes' writers remembered at once; the oldest by log position goes first.
  size_t max_writers = 1024;
  // Outcomes a writer keeps; the lowest seq goes first.
  size_t max_outcomes = 65536;
};

class Writers {
 public:
  explicit Writers(WriterLimits limits);

  // An opening at `index`, which lies behind all earlier ones: closes the lower numbers of its
  // incarnation (node and incarnation both equal), and is void after a higher or equal one, as long
  // as that one is remembered. Returns Opened or OpeningVoid. O(writers).
  Result Open(LogIndex index, const OpenWriter& opening);

  // What is already known of `id`: its outcome; or why it may not be executed (WriterClosed,
  // OutcomeForgotten, with `index` as the place); or nullopt: execute it and Remember what came of
  // it. Drops what lies below id.first_unanswered either way.
  std::optional<Outcome> Lookup(LogIndex index, const WriteId& id);

  // REQUIRES: Lookup of `id` has just said nullopt.
  void Remember(const WriteId& id, const Outcome& outcome);

  size_t size() const { return writers_.size(); }
  // Outcomes kept, over all writers.
  size_t outcomes() const;
  // Folded into the state hash; independent of anything but the state. O(writers).
  uint64_t Hash(uint64_t seed) const;

 private:
  struct Kept {
    Outcome outcome;
    uint64_t hash = 0;  // of seq and outcome
  };
  struct Writer {
    OpenWriter opened_as;
    bool closed = false;
    uint64_t first_kept = 0;  // outcomes below were dropped, and their seqs are never executed
    std::map<uint64_t, Kept> outcomes;
    uint64_t outcomes_hash = 0;  // the sum over `outcomes`

    void DropLowest();
    void DropBelow(uint64_t seq);
  };

  // The latest writer of that incarnation, or nullptr. Its number is the highest: numbers of one
  // incarnation rise with the log position, and the oldest are forgotten first.
  Writer* Latest(const OpenWriter& of);

  std::map<LogIndex, Writer> writers_;
  WriterLimits limits_;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_WRITERS_H_
