// Who may write under which id, and what came of what they wrote: the memory that makes a repeated
// request happen once (dissertation §6.3). Part of the replicated state: all of it is decided by
// the log alone.
#ifndef TIDEMARK_NODE_KV_WRITERS_H_
#define TIDEMARK_NODE_KV_WRITERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "node/kv/command.h"
#include "node/kv/slice.h"
#include "node/kv/state_part.h"
#include "node/kv/writer_set.h"

namespace tidemark::kv {

// Each is at least 1, and the same on every node: they decide what is forgotten.
struct WriterLimits {
  // Writers remembered at once, nodes' and clients'; the oldest by log position goes first.
  size_t max_writers = 1024;
  size_t max_clients = 65'536;
  // Outcomes a writer keeps; the lowest seq goes first.
  size_t max_outcomes = 65'536;
  // What the outcomes of all nodes' writers take together (OutcomeBytes), and those of all
  // clients': the oldest writer goes first. If that is the one that has just written, its lowest
  // seqs go.
  size_t max_outcome_bytes = size_t{128} << 20;
};

class Writers {
 public:
  explicit Writers(const WriterLimits& limits);
  // What `base` remembers and what comes on top. `base` outlives it and does not change.
  explicit Writers(const Writers* base);

  // An opening at `index`, which lies behind all earlier ones: closes the lower numbers of its
  // incarnation (node and incarnation both equal), and is void after a higher or equal one, as long
  // as that one is remembered. Returns Opened or OpeningVoid. O(writers).
  Result Open(LogIndex index, const OpenWriter& opening);
  // A client's writer, by the name of `index`. Nothing closes it.
  Result OpenClient(LogIndex index, const kv::OpenClient& opening);

  // What is already known of `command`, by its id: its outcome; or why it may not be executed
  // (SeqReused, WriterClosed, OutcomeForgotten, with `index` as the place); or nullopt: execute it
  // and Remember what came of it. Drops what lies below id.first_unanswered, but if the id is
  // another operation's, or its key not the writer's, nothing changes. `operation_hash` is
  // HashOperation(command.operation).
  std::optional<Outcome> Lookup(LogIndex index, const Command& command, uint64_t operation_hash);

  // REQUIRES: Lookup of `command` has just said nullopt, and there was nothing else in between but
  // its execution. Where that took the room of this very id, nothing is kept of it.
  void Remember(const Command& command, uint64_t operation_hash, const Outcome& outcome);

  // What came of the write that `fate` asks for; where nothing did, nothing will: it is cancelled.
  // `own`: the name of the command that asks. A command that asks for itself learns nothing, nor
  // does one whose tag is not the name's: it cancels nothing, either.
  Fated Decide(LogIndex index, const WriteName& own, const Fate& fate);

  // As StateMachine::BeginCopy and so on, of what stands at log index `frozen`, the last applied.
  void BeginCopy(LogIndex frozen);
  bool NextParts(Slice* slice);  // true: that is all
  void EndCopy();
  // As WriterSet::Restore.
  void Restore(const WriterPart& writer) { Set(writer.client).Restore(writer); }
  void Restore(bool client, LogIndex writer, const OutcomePart& outcome) {
    Set(client).Restore(writer, outcome);
  }

  const WriterSet& Of(bool client) const { return client ? clients_ : nodes_; }
  const WriterSet& nodes() const { return nodes_; }
  const WriterSet& clients() const { return clients_; }
  // Folded into the state hash; independent of anything but the state. O(1).
  uint64_t Hash(uint64_t seed) const { return clients_.Hash(nodes_.Hash(seed)); }

 private:
  WriterSet& Set(bool client) { return client ? clients_ : nodes_; }

  WriterSet nodes_;
  WriterSet clients_;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_WRITERS_H_
