// What a follower does with AppendEntries (§5.3).
#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/raft/raft.h"

namespace tidemark::raft {

// What every message of a leader does, its term being no older than this node's. False: it comes
// from one that cannot be.
bool Raft::Obey(Time now, const Header& header, Term term) {
  if (term > hard_state_.term) AdoptTerm(now, term);
  if (leads()) {
    Tell(Notice::Level::kError,
         absl::StrCat(header.from.id, " claims to lead in term ", term.value(), ", in which ", Me(),
                      " was elected: its message is ignored"));
    return false;
  }
  // Who is heard as the leader has won: to vote for it costs nothing, and whoever forgets that vote
  // forgets the term with it.
  if (hard_state_.voted_for.id.empty()) SetHardState({hard_state_.term, header.from});
  FollowLeader(now, header.from.id);
  return true;
}

void Raft::HandleAppendEntries(Time now, const Header& header, AppendEntries& append) {
  // "Reply false if term < currentTerm."
  if (append.term < hard_state_.term) {
    Reply(header, NewerTerm{hard_state_.term});
    return;
  }
  if (!Obey(now, header, append.term)) return;
  SkipCompacted(&append);
  const bool compacted = append.prev.index < log_.base().index;
  if (ContradictsCommitted(append.prev)) return NoteContradiction(header, append.prev);
  // "Reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm."
  if (!compacted && !log_.Matches(append.prev)) {
    Reply(header, AppendReply{hard_state_.term, EchoOf(append), ConflictAt(append.prev)});
    return;
  }
  const std::optional<Index> match = TakeEntries(header, append);
  if (!match) return;
  // "If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry)."
  CommitUpTo(std::min(append.commit_index, *match));
  Reply(header, AppendReply{hard_state_.term, EchoOf(append), Appended{*match}});
}

// One index and term, one entry and one log before it (Log Matching): what the leader has there is
// what this node has. Of an entry that is still on its way nothing can be said yet.
void Raft::HandleCommitNotice(Time now, const Header& header, const CommitNotice& notice) {
  if (notice.term < hard_state_.term) {
    Reply(header, NewerTerm{hard_state_.term});
    return;
  }
  if (!Obey(now, header, notice.term)) return;
  const LogPosition committed = notice.committed;
  if (ContradictsCommitted(committed)) return NoteContradiction(header, committed);
  if (committed.index > log_.base().index && log_.Matches(committed)) CommitUpTo(committed.index);
}

Conflict Raft::ConflictAt(LogPosition prev) const {
  if (prev.index > log_.last_index()) return {prev.index, Term(), log_.last_index().Next()};
  // There is no entry at index 0 that could have a term.
  if (!prev.index) return {prev.index, Term(), Index(1)};
  TM_ASSERT(prev.index >= log_.base().index);
  return {prev.index, log_.TermAt(prev.index), log_.FirstOfTermAt(prev.index)};
}

// The log up to its base is committed, so it is the leader's log too (Leader Completeness): of a
// message that begins before the base, what does not go beyond it is there.
void Raft::SkipCompacted(AppendEntries* append) const {
  const Index base = log_.base().index;
  if (append->prev.index >= base || append->entries.empty()) return;
  const size_t before = std::min<size_t>(base.value() - append->prev.index.value(),  //
                                         append->entries.size());
  const auto end = append->entries.begin() + static_cast<std::ptrdiff_t>(before);
  append->prev = (*std::prev(end))->at;
  append->entries.erase(append->entries.begin(), end);
}

// "If an existing entry conflicts with a new one (same index but different terms), delete the
// existing entry and all that follow it. Append any new entries not already in the log." Only then:
// an older message that arrives late must not cut off what came after it. Returns up to where the
// log is the leader's now, which is not the end of the message where the disk has no room for more;
// nothing: refused.
std::optional<Index> Raft::TakeEntries(const Header& header, AppendEntries& append) {
  Index match = append.prev.index;
  for (EntryRef& entry : append.entries) {
    const LogPosition at = entry->at;
    match = at.index;
    if (RefusesEntry(header, *entry)) return std::nullopt;
    if (log_.Matches(at)) continue;
    if (!HasRoomFor(RoomFor(*entry))) return at.index.Prev();
    if (at.index <= log_.last_index()) TruncateFrom(at.index);
    AppendToLog(std::move(entry));
  }
  return match;
}

// No honest leader has another entry than this node where that one's is committed, or is of the
// same term (figure 3, Log Matching).
bool Raft::RefusesEntry(const Header& header, const Entry& entry) {
  const LogPosition& at = entry.at;
  if (ContradictsCommitted(at)) {
    NoteContradiction(header, at);
    return true;
  }
  const bool has_it = at.index > log_.base().index && log_.Matches(at);
  if (!has_it || Identical(*log_.At(at.index), entry)) return false;
  if (at.index <= commit_index_) {
    NoteContradiction(header, at);
  } else if (std::exchange(told_of_other_bytes_, at) != at) {
    Tell(Notice::Level::kError,
         absl::StrCat(header.from.id, " sent another entry of term ", at.term.value(), " at index ",
                      at.index.value(), " than ", Me(),
                      " has there: refused. One of the two has lost or forged history; stop both, "
                      "keep copies of their directories and compare them (node dump)"));
  }
  return true;
}

// What is committed here every leader has (figure 3, Leader Completeness).
bool Raft::ContradictsCommitted(const LogPosition& theirs) const {
  return theirs.index && theirs.index >= log_.base().index && theirs.index <= commit_index_ &&
         !log_.Matches(theirs);
}

// Who is right is not decided here; but this node's state may be none that any cluster had.
void Raft::NoteContradiction(const Header& header, const LogPosition& theirs) {
  if (std::exchange(contradicted_, true)) return;
  Tell(Notice::Level::kError,
       absl::StrCat(header.from.id, " leads, and has another entry at index ", theirs.index.value(),
                    " than ", Me(), ", where that of ", Me(), " is committed: ", Me(),
                    " serves nothing from now on and does not stand. If ", header.from.id,
                    " is right, this node has to be emptied: stop it, keep a copy "
                    "of its directory to find out why, and start it with an empty one. If not, "
                    "stop ",
                    header.from.id, " first: it has lost what was committed"));
  ready_.contradicted = theirs.index;
}

void Raft::HandleWentBack(Time now, const Header& header, const WentBack& word) {
  if (word.term < hard_state_.term) {
    Reply(header, NewerTerm{hard_state_.term});
    return;
  }
  // Said of this very memory, which acknowledged something in that term.
  if (header.to != self() || learner() || !word.lost.index) return;
  if (!Obey(now, header, word.term)) return;
  if (word.lost.index <= log_.base().index || log_.Matches(word.lost)) {
    return RefuseWord(header, word);
  }
  const LogPosition last = log_.last();
  Tell(Notice::Level::kError,
       absl::StrCat("the disk of ", Me(), " has gone back: ", Me(), " had acknowledged entry ",
                    word.lost.index.value(), " of term ", word.lost.term.value(), " to ",
                    header.from.id, ", which leads in term ", word.term.value(),
                    ", and its log ends with entry ", last.index.value(), " of term ",
                    last.term.value(),
                    ". An older copy of its directory or of its volume has "
                    "taken the place of the right one"));
  GiveUp(now, word.lost);
}

// The right disk is there (again): all that it had acknowledged to this leader stands there.
void Raft::RefuseWord(const Header& header, const WentBack& word) {
  if (std::exchange(told_of_word_, word.term) != word.term) {
    Tell(Notice::Level::kWarning,
         absl::StrCat(header.from.id, " says that the disk of ", Me(),
                      " has gone back and lacks "
                      "entry ",
                      word.lost.index.value(), " of term ", word.lost.term.value(),
                      ". It has that entry: the right disk is back. ", header.from.id, " counts ",
                      Me(), " again in its next term"));
  }
  Reply(header, AppendReply{hard_state_.term, EchoOf(word), Appended{word.lost.index}});
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
  room_.Use(RoomFor(*entry));
  log_.Append(std::move(entry));
  log_changed_ = true;
}

void Raft::CommitUpTo(Index index) {
  TM_ASSERT(index <= log_.last_index());
  commit_index_ = std::max(commit_index_, index);
}

}  // namespace tidemark::raft
