// The five properties of the Raft paper's figure 3, asserted while a run goes on: each append, each
// election, each commit against one table of the whole run. What this costs does not grow with the
// run.
//
// Two more that the five rest on are asserted where they can be seen at once, not only by what
// follows from them: a leader has the durable votes of a majority (Durable Votes), and an entry
// that is said to be committed is on a majority's disks (Durable Commit).
#ifndef TIDEMARK_HARNESS_CHECK_LOG_RAFT_LAWS_H_
#define TIDEMARK_HARNESS_CHECK_LOG_RAFT_LAWS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "harness/check/violation.h"
#include "node/kv/session.h"
#include "node/raft/log.h"
#include "node/raft/types.h"

namespace tidemark::check {

class RaftLaws {
 public:
  // An entry went into `node`'s log behind one of `prev_term` (zero: it is the first).
  // Log Matching: entries of one index and term are equal, and so are those before them.
  void Append(const raft::NodeId& node, const raft::EntryRef& entry, raft::Term prev_term);

  // A leader appended at `index` when its log ended at `last`. Leader Append-Only.
  void AppendAsLeader(const raft::NodeId& node, raft::Index index, raft::Index last);

  // `node` leads in `term` with this log. Election Safety; Leader Completeness.
  void Lead(const raft::Member& node, raft::Term term, const raft::Log& log);

  // `node`, whose term is `term`, holds `entry` committed. State Machine Safety: nobody ever holds
  // another one at that index. True: nobody had it committed before.
  bool Commit(const raft::NodeId& node, const raft::EntryRef& entry);

  // `node` takes all up to `index` for committed, since a snapshot that it has says so. State
  // Machine Safety: somebody has it committed.
  void CommitBySnapshot(const raft::NodeId& node, raft::Index index);

  // After the state machine of `node` has executed all up to `applied`: states at one index are
  // equal.
  void State(const raft::NodeId& node, raft::Index applied, uint64_t hash);

  // Whether some log has held what `session` names, committed or not.
  bool EverHeld(const kv::Session& session) const;
  // The session of an entry that some log has held at `index` last, beyond what is committed;
  // nullopt: none has.
  std::optional<kv::Session> NotCommitted(uint64_t index) const;

  // All that was committed so far, without gaps: entry i stands at index i + 1.
  const std::vector<raft::EntryRef>& committed() const { return committed_; }
  // The configuration that the last committed entry stands under; null before there is one.
  const raft::Configuration* configuration() const;

  const std::optional<Violation>& violation() const { return violation_; }
  void Fail(std::string check, std::string text);

 private:
  struct Seen {
    raft::EntryRef entry;
    raft::Term prev_term;
  };

  Seen* Find(raft::LogPosition at);
  kv::Session SessionOf(const raft::Entry& entry) const;

  // By index: one entry for each term that was ever seen there.
  std::vector<absl::InlinedVector<Seen, 1>> seen_;
  std::map<raft::Term, raft::Member> leaders_;
  std::map<raft::Term, raft::Stamp> stamps_;
  std::vector<raft::EntryRef> committed_;
  std::vector<size_t> configurations_;  // where in committed_
  std::map<raft::Index, uint64_t> states_;
  std::optional<Violation> violation_;
};

// Equal in what they say, wherever they were made.
bool SameEntry(const raft::Entry& a, const raft::Entry& b);

}  // namespace tidemark::check

#endif  // TIDEMARK_HARNESS_CHECK_LOG_RAFT_LAWS_H_
