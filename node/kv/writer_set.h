// Writers by the index where they were opened, within bounds: the oldest by log position goes
// first.
#ifndef TIDEMARK_NODE_KV_WRITER_SET_H_
#define TIDEMARK_NODE_KV_WRITER_SET_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "node/kv/command.h"
#include "node/kv/outcomes.h"
#include "node/kv/slice.h"
#include "node/kv/state_part.h"

namespace tidemark::kv {

struct Writer {
  OpenWriter opened_as;  // of a client's writer: nothing but the bits
  bool closed = false;
  Outcomes outcomes;

  // While a copy is made: what changes of the above, as it was at the copy's index. Absent: it has
  // not changed.
  struct Frozen {
    bool closed = false;
    std::optional<uint64_t> last_dropped;
    size_t outcomes = 0;
  };
  std::optional<Frozen> frozen;
  Frozen Then() const {
    return frozen.value_or(Frozen{closed, outcomes.last_dropped(), outcomes.size()});
  }
};

class WriterSet {
 public:
  struct Limits {
    size_t max_writers = 1;
    size_t max_outcomes = 1;  // of each writer
    size_t max_bytes = 1;     // of all outcomes
  };

  explicit WriterSet(const Limits& limits);
  // What `base` remembers and what comes on top. `base` outlives it and does not change.
  explicit WriterSet(const WriterSet* base);

  // REQUIRES: index lies behind those of all earlier writers.
  void Open(LogIndex index, const OpenWriter& opened_as);
  // Closes the writer at `index`, which must be there.
  void Close(LogIndex index);

  // nullptr: forgotten, or never opened.
  const Writer* Find(LogIndex index) const;
  // Calls visit(index, writer), in order of the indexes.
  template <typename Visit>
  void ForEach(const Visit& visit) const;

  // As Writers::Lookup.
  std::optional<Outcome> Lookup(LogIndex index, const WriteId& id, uint64_t operation_hash);
  // Keeps `outcome`, unless the writer or the seq is already gone, and makes room for it.
  // `operation_hash` nullopt: whatever is handed in under that name, this came of it.
  void Remember(const WriteName& name, std::optional<uint64_t> operation_hash,
                const Outcome& outcome);

  // As StateMachine::BeginCopy and so on: of what is remembered at log index `frozen`, which is the
  // last one applied. No fork is copied.
  void BeginCopy(LogIndex frozen);
  // `client`: the writers are clients'. True: that is all.
  bool NextParts(bool client, Slice* slice);
  void EndCopy();

  // Writers and outcomes as a copy gives them. REQUIRES: the order that it gives them in, nothing
  // but Restore before, and none of the limits broken.
  void Restore(const WriterPart& part);
  void Restore(LogIndex index, const OutcomePart& part);

  const Limits& limits() const { return limits_; }
  size_t size() const { return size_; }
  size_t outcomes() const { return outcomes_; }
  size_t bytes() const { return bytes_; }  // of the outcomes
  // Of all that is remembered, and of nothing else. O(1).
  uint64_t Hash(uint64_t seed) const;

 private:
  using Map = std::map<LogIndex, Writer>;

  struct Copy {
    LogIndex frozen = 0;
    LogIndex done = 0;  // the writers up to there have been given, with all their outcomes
    // The one behind that has been begun, and its outcomes.
    LogIndex begun = 0;
    Outcomes::Progress progress;
    Map forgotten;  // since the copy began, not given yet; below all of own_
    std::vector<LogIndex> changed;
  };

  // The writer, to be changed: base's is overlaid first. nullptr as in Find.
  Writer* Change(LogIndex index);
  Writer* Overlay(LogIndex index);
  // Before it changes: notes what the copy still needs of it.
  void Freeze(LogIndex index, Writer* writer);
  bool ToBeCopied(LogIndex index) const;
  // The first writer that the copy has not given whole, or nullptr.
  Map::value_type* NextToCopy();
  void Copied(LogIndex index);

  // What `writer` adds to the sums below. Whoever changes it takes that out and puts it in again.
  void Count(LogIndex index, const Writer& writer);
  void Uncount(LogIndex index, const Writer& writer);

  void DropBelow(uint64_t seq, LogIndex index, Writer* writer);

  // The first of base's that is not forgotten here. REQUIRES: there is a base.
  Map::const_iterator OldestOfBase() const { return base_->own_.upper_bound(last_forgotten_); }
  LogIndex Oldest() const;
  void ForgetOldest();
  // Drops outcomes until they fit again. `used`: the writer that has just grown.
  void MakeRoom(LogIndex used);

  const WriterSet* base_ = nullptr;
  Map own_;  // hides base's of the same index
  LogIndex last_forgotten_ = 0;
  // Of what is remembered, base's included:
  size_t size_ = 0;
  size_t outcomes_ = 0;
  size_t bytes_ = 0;
  uint64_t sum_ = 0;  // of the writers' hashes
  Limits limits_;
  std::optional<Copy> copy_;
};

template <typename Visit>
void WriterSet::ForEach(const Visit& visit) const {
  auto own = own_.begin();
  if (base_ != nullptr) {
    // Those that are new here lie behind all of base's.
    for (auto below = OldestOfBase(); below != base_->own_.end(); ++below) {
      const bool hidden = own != own_.end() && own->first == below->first;
      visit(below->first, hidden ? own->second : below->second);
      if (hidden) ++own;
    }
  }
  for (; own != own_.end(); ++own) visit(own->first, own->second);
}

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_WRITER_SET_H_
