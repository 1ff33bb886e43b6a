// The history that clients have seen gives way to another one: all disks are put back to an old
// copy at once, or one survivor's disk becomes a new cluster's and the others come back empty. No
// safety of Raft's survives that; what must hold is what is promised to the clients, who go on with
// the tokens, the writers and the open writes that they have.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"
#include "node/base/assert.h"
#include "node/storage/node_storage.h"

namespace tidemark::simulation {

// Once in a run, and where some history is.
bool Simulation::MayReplaceHistory() const {
  return !former_ && copy_ == nullptr && laws_.configuration() != nullptr;
}

// What all machines would find if they crashed now.
void Simulation::CopyDisks(uint32_t ordinal, int64_t span_us) {
  if (!MayReplaceHistory()) return;
  copy_ = std::make_unique<Copy>();
  for (const Machine& machine : machines_) {
    copy_->disks.push_back(machine.disk.Copy(&chance_));
    copy_->was_odd.push_back(machine.was_odd);
  }
  copy_->lost_disks = lost_disks_.size();
  copy_->wipes_left = wipes_left_;
  copy_->laws = laws_;
  copy_->ledger = ledger_;
  Tell("all disks are copied");
  UndoAfter(span_us, ordinal);
}

void Simulation::RestoreDisks() {
  if (copy_ == nullptr || former_) return;
  StopAll();
  CountPlayed(kRestored);
  for (Machine& machine : machines_) {
    const auto number = static_cast<size_t>(machine.number);
    machine.disk = std::move(copy_->disks[number]);
    machine.was_odd = copy_->was_odd[number];
  }
  lost_disks_.erase(lost_disks_.begin() + static_cast<std::ptrdiff_t>(copy_->lost_disks),
                    lost_disks_.end());
  wipes_left_ = copy_->wipes_left;
  const uint64_t common = copy_->laws.committed().size();
  ReplaceHistory(std::move(copy_->laws), std::move(copy_->ledger), common);
  copy_.reset();
  Tell("all disks are put back to their copies");
  for (Machine& machine : machines_) Start(&machine);
}

// What the survivor has is committed, and nothing else.
void Simulation::DoForce(Machine* survivor) {
  if (!MayReplaceHistory() || survivor->was_odd) return;
  StopAll();
  std::string problem;
  storage::Owner owner{survivor->id, {}};
  for (const Machine& other : machines_) owner.node_ids.push_back(other.id);
  const std::optional<server::Recovered> found = survivor->disk.Force(owner, &chance_, &problem);
  if (!problem.empty()) laws_.Fail("Durability", absl::StrCat(survivor->id, ": ", problem));
  if (found) {
    CountPlayed(kForced);
    const std::vector<raft::EntryRef>& committed = laws_.committed();
    check::RaftLaws laws;
    check::Ledger ledger(plan_.writers);
    raft::Term prev_term;
    uint64_t common = 0;
    const auto add = [&](const raft::EntryRef& entry) {
      laws.Append(survivor->id, entry, prev_term);
      laws.Commit(survivor->id, entry);
      ledger.Commit(entry);
      prev_term = entry->at.term;
      const uint64_t index = entry->at.index.value();
      const bool shared = index <= committed.size() && committed[index - 1]->at == entry->at;
      if (shared && common == index - 1) common = index;
    };
    for (uint64_t i = 0; i < found->log_base.index.value(); ++i) add(committed[i]);
    for (const raft::EntryRef& entry : found->log) add(entry);
    ReplaceHistory(std::move(laws), std::move(ledger), common);
    for (uint64_t i = common + 1; i <= ledger_.last_index(); ++i) {
      if (ledger_.at(i).is_command) clients_.Committed(i, ledger_.at(i));
    }
    wipes_left_ = 0;
    Tell(absl::StrCat("the disk of ", survivor->id,
                      " becomes a new cluster's, all others are emptied"));
    for (Machine& other : machines_) {
      if (&other == survivor) continue;
      other.disk = Disk(raft::Incarnation(chance_.NextIdentity()), plan_.segment_bytes);
      other.was_odd = false;
      onlooker_.LostItsDisk(other);
    }
  }
  for (Machine& machine : machines_) Start(&machine);
}

// Nothing is under way either.
void Simulation::StopAll() {
  EndDirection();
  for (Machine& machine : machines_) {
    if (machine.up()) Stop(&machine);
    machine.hung_until_us = 0;
    machine.disk.Free();
  }
  events_.Drop([this](const Event& event) {
    if (event.kind == EventKind::kMessage) post_.Take(event.what);
    if (event.kind == EventKind::kReply) answers_.Take(event.what);
    return event.kind == EventKind::kMessage || event.kind == EventKind::kReply ||
           event.kind == EventKind::kArrival;
  });
}

void Simulation::ReplaceHistory(check::RaftLaws&& laws, check::Ledger&& ledger, uint64_t common) {
  TM_ASSERT(!former_);
  TM_ASSERT(common <= ledger.last_index());
  clients_.Close();
  if (laws_.violation()) return;
  former_ = clients_.history();
  laws_ = std::move(laws);
  ledger_ = std::move(ledger);
  clients_.HistoryReplaced(common);
}

}  // namespace tidemark::simulation
