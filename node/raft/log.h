// The log in memory: entries 1, 2, … and the configurations among them.
#ifndef TIDEMARK_NODE_RAFT_LOG_H_
#define TIDEMARK_NODE_RAFT_LOG_H_

#include <cstddef>
#include <vector>

#include "node/raft/types.h"

namespace tidemark::raft {

class Log {
 public:
  Log() = default;
  // `entries` have the indexes 1, 2, … and terms that never fall.
  explicit Log(std::vector<EntryRef> entries);

  bool empty() const { return entries_.empty(); }
  Index last_index() const { return Index(entries_.size()); }
  // The position of the last entry; zeros where there is none.
  LogPosition last() const;
  // The term at `index`, which is at most last_index(); zero for index zero.
  Term TermAt(Index index) const;
  const EntryRef& At(Index index) const;

  // Whether the log has the entry that `position` names. Position zero: every log has it.
  bool Matches(LogPosition position) const;
  // The first index of the run of entries of one term that `index` stands in.
  Index FirstOfTermAt(Index index) const;
  // The last index whose term is at most `term`; zero if there is none.
  Index LastAtMost(Term term) const;

  // `entry` stands right behind the last one.
  void Append(EntryRef entry);
  // Drops `index` and everything behind it.
  void TruncateFrom(Index index);

  // The configuration that counts: the latest in the log, committed or not (dissertation §4.1).
  // Null: none yet.
  const Configuration* configuration() const;
  // The latest one at or below `index`, or null.
  const Configuration* ConfigurationAt(Index index) const;

 private:
  const Entry& Get(Index index) const { return *entries_[index.value() - 1]; }

  std::vector<EntryRef> entries_;
  std::vector<Index> configurations_;  // where they stand, rising
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_LOG_H_
