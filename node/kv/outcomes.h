// What came of one writer's commands, by seq: kept until their answers have arrived, or until there
// is too much of it.
#ifndef TIDEMARK_NODE_KV_OUTCOMES_H_
#define TIDEMARK_NODE_KV_OUTCOMES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "node/kv/command.h"
#include "node/kv/slice.h"

namespace tidemark::kv {

// About what keeping `outcome` takes. The same on every node, whatever it was built with: it
// decides what is forgotten.
size_t OutcomeBytes(const Outcome& outcome);

class Outcomes {
 public:
  struct Kept {
    Outcome outcome;
    // Of the operation that it came of; nullopt: of any that may be handed in (Cancelled).
    std::optional<uint64_t> operation_hash;
    uint64_t hash = 0;  // of all of this, and of the seq
  };

  Outcomes() = default;
  // What `base` keeps and what comes on top. `base` outlives it and does not change.
  explicit Outcomes(const Outcomes* base);

  // Its outcome is no longer known, if there was one: it must never be executed (again).
  bool Dropped(uint64_t seq) const { return last_dropped_.has_value() && seq <= *last_dropped_; }
  // nullptr: nothing is kept under `seq`.
  const Kept* Find(uint64_t seq) const;

  // REQUIRES: `seq` is not dropped, and nothing is kept under it.
  void Add(uint64_t seq, std::optional<uint64_t> operation_hash, const Outcome& outcome);
  // Drops the lowest seq that is kept and all below. REQUIRES: size() > 0.
  void DropLowest();
  void DropBelow(uint64_t seq) {
    if (!AllDroppedBelow(seq)) DropUpTo(seq - 1);
  }
  bool AllDroppedBelow(uint64_t seq) const { return seq == 0 || Dropped(seq - 1); }
  // Drops `seq` and all below.
  void DropUpTo(uint64_t seq);
  const std::optional<uint64_t>& last_dropped() const { return last_dropped_; }

  // While a copy is made: what was kept at log index `frozen` and is dropped from now on is put
  // aside until NextParts has given it, or KeepDropped(0) drops it at last.
  void KeepDropped(LogIndex frozen);
  // How far a copy has come.
  struct Progress {
    size_t left = 0;               // of what was kept at `frozen`, so many are to be given
    std::optional<uint64_t> last;  // the seq that was given last
  };
  // Gives the next of what was kept at `frozen`. True: that is all.
  bool NextParts(LogIndex frozen, Progress* progress, Slice* slice);

  size_t size() const { return size_; }
  size_t bytes() const { return bytes_; }
  // Of what is kept and what is dropped, and of nothing else.
  uint64_t Hash(uint64_t seed) const;

 private:
  using Map = std::map<uint64_t, Kept>;

  // The lowest of base's that is not dropped here. REQUIRES: there is a base.
  Map::const_iterator LowestOfBase() const;
  Map::const_iterator Lowest() const;
  // Drops the first of own_.
  void EraseLowestOwn();
  // Takes what is dropped out of the sums.
  void Uncount(const Kept& kept);

  const Outcomes* base_ = nullptr;
  Map own_;  // together with what is not dropped of base's: no seq is in both
  // Not the first that is kept: there is none behind the highest seq.
  std::optional<uint64_t> last_dropped_;
  // Of what is kept, base's included:
  size_t size_ = 0;
  size_t bytes_ = 0;
  uint64_t sum_ = 0;  // of the hashes

  LogIndex frozen_ = 0;  // zero: nothing is put aside
  Map aside_;            // below all of own_
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_OUTCOMES_H_
