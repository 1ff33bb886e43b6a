// What a follower does with AppendEntries (§5.3).
#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/raft/raft.h"

namespace tidemark::raft {

void Raft::HandleAppendEntries(Time now, const Header& header, AppendEntries& append) {
  // "Reply false if term < currentTerm."
  if (append.term < hard_state_.term) {
    Reply(header, AppendReply{hard_state_.term, append.round, ConflictAt(append.prev)});
    return;
  }
  if (append.term > hard_state_.term) AdoptTerm(now, append.term);
  if (leads()) {
    Tell(Notice::Level::kError,
         absl::StrCat(header.from.id, " claims to lead in term ", append.term.value(),
                      ", in which ", Me(), " was elected: its message is ignored"));
    return;
  }
  FollowLeader(now, header.from.id);
  // "Reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm."
  if (!log_.Matches(append.prev)) {
    Reply(header, AppendReply{hard_state_.term, append.round, ConflictAt(append.prev)});
    return;
  }
  const Index match = append.prev.index.Plus(append.entries.size());
  if (!TakeEntries(header, append.entries)) return;
  // "If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry)."
  CommitUpTo(std::min(append.commit_index, match));
  Reply(header, AppendReply{hard_state_.term, append.round, Appended{match}});
}

Conflict Raft::ConflictAt(LogPosition prev) const {
  if (prev.index > log_.last_index()) return {prev.index, Term(), log_.last_index().Next()};
  if (!prev.index) return {prev.index, Term(), Index(1)};
  return {prev.index, log_.TermAt(prev.index), log_.FirstOfTermAt(prev.index)};
}

// "If an existing entry conflicts with a new one (same index but different terms), delete the
// existing entry and all that follow it. Append any new entries not already in the log." Only then:
// an older message that arrives late must not cut off what came after it. False: refused.
bool Raft::TakeEntries(const Header& header, std::vector<EntryRef>& entries) {
  for (EntryRef& entry : entries) {
    const LogPosition at = entry->at;
    if (log_.Matches(at)) continue;
    if (at.index <= commit_index_) {
      Tell(Notice::Level::kError,
           absl::StrCat(header.from.id, " sent an entry of term ", at.term.value(), " at index ",
                        at.index.value(), ", where ", Me(),
                        " has a committed one of another term: refused. One of the two has lost "
                        "or forged history; compare their logs before going on"));
      return false;
    }
    if (at.index <= log_.last_index()) TruncateFrom(at.index);
    AppendToLog(std::move(entry));
  }
  return true;
}

void Raft::TruncateFrom(Index index) {
  TM_ASSERT(index > commit_index_);
  log_.TruncateFrom(index);
  durable_index_ = std::min(durable_index_, log_.last_index());
  for (Unpersisted& step : unpersisted_) {
    step.last_index = std::min(step.last_index, log_.last_index());
  }
}

void Raft::AppendToLog(EntryRef entry) {
  ready_.records.emplace_back(entry);
  log_.Append(std::move(entry));
  log_changed_ = true;
}

void Raft::CommitUpTo(Index index) {
  TM_ASSERT(index <= log_.last_index());
  commit_index_ = std::max(commit_index_, index);
}

}  // namespace tidemark::raft
