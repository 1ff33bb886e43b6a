// Each step is judged by what it changed.
#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"

namespace tidemark::simulation {
namespace {

// States are compared at some indexes: a hash costs a walk over the writers.
constexpr uint64_t kCompareEvery = 16;

}  // namespace

void Simulation::Observe(Machine* machine, const server::Output& out) {
  // First who leads: a leader that should not be is the cause, what it writes the symptom.
  ObserveLeader(*machine);
  for (const server::Record& record : out.records) {
    if (const auto* rebirth = std::get_if<raft::Rebirth>(&record)) machine->seen.rebirth = *rebirth;
    if (const auto* entry = std::get_if<raft::EntryRef>(&record)) ObserveAppend(machine, *entry);
    if (const auto* base = std::get_if<raft::LogBase>(&record)) {
      machine->seen.base = base->position.index;
      machine->seen.base_term = base->position.term;
      machine->seen.log.clear();
    }
    if (const auto* state = std::get_if<raft::HardState>(&record)) ObserveVote(*machine, *state);
  }
  machine->seen.term = machine->server->raft().term();
  machine->seen.leads = machine->server->raft().leads();
  if (odd_states_) ObserveQuarantine(machine);
  ObserveCommits(machine);
}

// What is on disk was promised, whatever the node remembers of it.
void Simulation::ObserveVote(const Machine& machine, const raft::HardState& state) {
  // One that is another incarnation by now has not voted yet.
  if (machine.seen.rebirth != machine.disk.durable().rebirth) return;
  const raft::HardState& before = machine.disk.durable().hard_state;
  const bool again = state.term == before.term && !before.voted_for.id.empty() &&
                     state.voted_for != before.voted_for;
  if (state.term >= before.term && !again) return;
  laws_.Fail("One Vote", absl::StrCat(machine.id, " voted for ", before.voted_for.id, " in term ",
                                      before.term.value(), " and then for ", state.voted_for.id,
                                      " in term ", state.term.value()));
}

void Simulation::ObserveAppend(Machine* machine, const raft::EntryRef& entry) {
  Machine::Seen& seen = machine->seen;
  const raft::Index index = entry->at.index;
  const raft::Raft& raft = machine->server->raft();
  const bool own = machine->seen.leads && raft.leads() && raft.term() == machine->seen.term;
  if (own) laws_.AppendAsLeader(machine->id, index, seen.last());
  if (index <= seen.base || index > seen.last().Next()) {
    return laws_.Fail("Log Matching", absl::StrCat(machine->id, " left a gap before index ",
                                                   index.value(), " of its log"));
  }
  laws_.Append(machine->id, entry, seen.TermAt(index.Prev()));
  seen.log.resize(index.value() - seen.base.value() - 1);
  seen.log.push_back(entry->at.term);
}

void Simulation::ObserveLeader(const Machine& machine) {
  const raft::Raft& raft = machine.server->raft();
  const Machine::Seen& seen = machine.seen;
  const bool elected = raft.leads() && !(seen.leads && seen.term == raft.term());
  if (!elected) return;
  ++result_.elections;
  laws_.Lead(machine.member(), raft.term(), raft.log());
  const raft::Configuration* configuration = raft.log().configuration();
  if (configuration == nullptr) return laws_.Fail("Durable Votes", "a leader of no cluster");
  const bool bootstraps = raft.log().last_index() == raft::Index(1);
  if (bootstraps && configuration->members.size() != machines_.size()) {
    return laws_.Fail("Bootstrap",
                      absl::StrCat(machine.id, " bootstraps a cluster of ",
                                   configuration->members.size(), " nodes, not of all"));
  }
  size_t votes = 0;
  for (const raft::Member& member : configuration->members) {
    if (VoteOnDisk(member, machine.member(), raft.term())) ++votes;
  }
  if (votes >= configuration->Quorum()) return;
  laws_.Fail(
      "Durable Votes",
      absl::StrCat(machine.id, " leads in term ", raft.term().value(), " with ", votes,
                   " durable votes of ", configuration->members.size(), " members' incarnations"));
}

void Simulation::ObserveCommits(Machine* machine) {
  const raft::Raft& raft = machine->server->raft();
  Machine::Seen& seen = machine->seen;
  bool is_new = false;
  // What a snapshot stands for has been seen committed where it was taken.
  const raft::Index in_log = raft.log().first_index().Prev();
  if (seen.commit_index < in_log && seen.commit_index < raft.commit_index()) {
    laws_.CommitBySnapshot(machine->id, in_log);
    seen.commit_index = in_log;
  }
  for (; seen.commit_index < raft.commit_index(); seen.commit_index = seen.commit_index.Next()) {
    const raft::EntryRef& entry = raft.log().At(seen.commit_index.Next());
    if (!laws_.Commit(machine->id, entry)) continue;
    is_new = true;
    const raft::EntryRef& kept = laws_.committed().back();
    clients_.Committed(entry->at.index.value(), ledger_.Commit(kept));
  }
  if (is_new) {
    CheckDurableCommit(*machine, laws_.committed().back()->at);
    CheckCommitOfOwnTerm(*machine, laws_.committed().back()->at);
  }
  const raft::Index applied = machine->server->applied();
  if (applied == seen.applied) return;
  seen.applied = applied;
  // What a snapshot holds is compared wherever it ends.
  const bool installed = applied == raft.log().base().index;
  if ((installed || applied.value() % kCompareEvery == 0) && !IsOdd(*machine)) {
    laws_.State(machine->id, applied, machine->server->machine().Hash());
  }
}

void Simulation::CheckDurableCommit(const Machine& machine, raft::LogPosition at) {
  const raft::Configuration* configuration = laws_.configuration();
  if (configuration == nullptr) {
    return laws_.Fail("Durable Commit", "an entry is committed before any configuration is");
  }
  size_t copies = 0;
  for (const raft::Member& member : configuration->members) {
    if (OnDisk(member, at)) ++copies;
  }
  if (copies >= configuration->Quorum()) return;
  laws_.Fail("Durable Commit",
             absl::StrCat(machine.id, " takes index ", at.index.value(), " of term ",
                          at.term.value(), " for committed; it is on ", copies, " disks of ",
                          configuration->members.size(), " members' incarnations"));
}

// Only entries of its own term are committed by counting (§5.4.2, figure 8).
void Simulation::CheckCommitOfOwnTerm(const Machine& machine, raft::LogPosition at) {
  const raft::Raft& raft = machine.server->raft();
  if (!raft.leads() || raft.term() == at.term) return;
  laws_.Fail("Commit of Own Term",
             absl::StrCat(machine.id, " leads in term ", raft.term().value(), " and counts index ",
                          at.index.value(), " of term ", at.term.value(), " committed"));
}

bool Simulation::OnDisk(const raft::Member& member, raft::LogPosition at) const {
  for (const Machine& machine : machines_) {
    if (machine.member() == member) return machine.disk.Holds(at);
  }
  return std::any_of(lost_disks_.begin(), lost_disks_.end(), [&](const auto& lost) {
    return lost.first == member && lost.second.Holds(at);
  });
}

bool Simulation::VoteOnDisk(const raft::Member& voter, const raft::Member& leader,
                            raft::Term term) const {
  const auto voted = [&](const Disk& disk) {
    const raft::HardState& state = disk.durable().hard_state;
    return state.term > term || (state.term == term && state.voted_for == leader);
  };
  for (const Machine& machine : machines_) {
    if (machine.member() == voter) return voted(machine.disk);
  }
  return std::any_of(lost_disks_.begin(), lost_disks_.end(),
                     [&](const auto& lost) { return lost.first == voter && voted(lost.second); });
}

}  // namespace tidemark::simulation
