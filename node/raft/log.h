// The log in memory: the entries behind its base, and the configurations among them. What stood at
// the base and before it is in a snapshot (§7); a log that never had one begins with index 1.
#ifndef TIDEMARK_NODE_RAFT_LOG_H_
#define TIDEMARK_NODE_RAFT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "node/raft/types.h"

namespace tidemark::raft {

class Log {
 public:
  Log() = default;
  // `entries` have the indexes behind base.index and terms that never fall from base.term on.
  // `configuration`: the latest one up to the base, or one that stands in for it where the entries
  // have it again.
  explicit Log(std::vector<EntryRef> entries, LogPosition base = {},
               std::optional<Configuration> configuration = {});

  // There is no history here: no entries, and no base that they would stand behind.
  bool empty() const { return entries_.empty() && !base_.index; }
  // Zeros: the log is there from its beginning on.
  const LogPosition& base() const { return base_; }
  Index first_index() const { return base_.index.Next(); }
  Index last_index() const { return base_.index.Plus(entries_.size()); }
  // The position of the last entry, which may be the base; zeros where there is none.
  LogPosition last() const { return entries_.empty() ? base_ : entries_.back().entry->at; }
  // The term at `index`, which is from base().index to last_index(); zero for index zero.
  Term TermAt(Index index) const;
  // Requires first_index() <= index <= last_index().
  const EntryRef& At(Index index) const;

  // Whether the log has the entry that `position` names, at its base or behind it. Position zero:
  // every log has it.
  bool Matches(LogPosition position) const;
  // The first index, of those behind the base, of the run of entries of one term that `index`
  // stands in; for the base itself, the base.
  Index FirstOfTermAt(Index index) const;
  // The last index whose term is at most `term`, the base's included; zero if none is known.
  Index LastAtMost(Term term) const;

  // `entry` stands right behind the last one.
  void Append(EntryRef entry);
  // Drops `index`, which is behind the base, and everything behind it.
  void TruncateFrom(Index index);
  // The base becomes `index`, which is from base().index to last_index().
  void CompactTo(Index index);
  // Drops everything; the log goes on behind `base`.
  void ResetTo(LogPosition base, Configuration configuration);

  // The configuration that counts: the latest in the log or at its base, committed or not
  // (dissertation §4.1). Null: none yet.
  const Configuration* configuration() const;
  // The latest one at or below `index`, which is not below the base; or null.
  const Configuration* ConfigurationAt(Index index) const;

  // The sum of the SizeBytes of all entries, and of those behind `index`.
  uint64_t bytes() const { return BytesBehind(base_.index); }
  uint64_t BytesBehind(Index index) const { return EndAt(last_index()) - EndAt(index); }
  // The last index behind which at least `bytes` bytes of entries stand; the base where there are
  // not as many.
  Index LastWithBehind(uint64_t bytes) const;

 private:
  struct Held {
    EntryRef entry;
    uint64_t end_bytes;  // of all entries up to this one, counted from some base of long ago
  };

  size_t Slot(Index index) const { return index.value() - base_.index.value() - 1; }
  const Entry& Get(Index index) const { return *entries_[Slot(index)].entry; }
  uint64_t EndAt(Index index) const;

  LogPosition base_;
  uint64_t base_end_bytes_ = 0;
  std::optional<Configuration> base_configuration_;
  // A prefix is dropped without anything else being moved.
  std::deque<Held> entries_;
  std::vector<Index> configurations_;  // where they stand, rising
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_LOG_H_
