// One machine's disk goes back: an older copy takes its place, and perhaps the right one comes back
// later.
//
// Raft survives no forgotten promise. So this is played only where nobody needs what is forgotten:
// every other node has on disk all that this one had acknowledged, and follows the leader of its
// present term. What is judged is that nothing goes wrong until the node is found out, that it goes
// on as another incarnation then, and that no honest node ever gives itself up.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"
#include "harness/simulation/units.h"
#include "node/base/assert.h"

namespace tidemark::simulation {
namespace {

constexpr int64_t kAgainUs = 50 * kMs;
constexpr int kMostTries = 100;
// Operations of these have numbers of their own, as directed ones have.
constexpr uint32_t kFirstAsked = 3u << 28;

}  // namespace

// A copy is made while the node runs; it is put in place later.
void Simulation::DoGoBack(Machine* machine, uint32_t ordinal, int64_t span_us) {
  const bool free = !machine->went_back && !machine->was_odd && !copies_.contains(ordinal);
  if (!machine->up() || !free || machine->server->raft().log().empty()) return;
  copies_.emplace(ordinal, machine->disk.Copy(&chance_));
  Tell(absl::StrCat("a copy is made of the disk of ", machine->id));
  UndoAfter(span_us, ordinal);
}

// The copy takes the disk's place, or, later, the right disk takes its own again.
void Simulation::GoOnBack(uint32_t ordinal) {
  const Act& act = acts_[ordinal];
  Machine* const machine = &machines_[static_cast<size_t>(act.node)];
  const auto other = copies_.find(ordinal);
  const bool wiped =
      other != copies_.end() && other->second.incarnation() != machine->disk.incarnation();
  if (wiped) copies_.erase(other);
  if (wiped || other == copies_.end()) {
    if (machine->gave_up) BeginEmpty(machine);
    return;
  }
  const bool may = (act.halfway || MayGoBack(*machine, other->second)) && MayForget(*machine);
  if (!may) return TryAgain(machine, ordinal);
  if (machine->up()) Stop(machine);
  std::swap(machine->disk, other->second);
  act.halfway ? PutRightDiskBack(machine, ordinal) : PutCopyInPlace(machine, ordinal);
}

void Simulation::TryAgain(Machine* machine, uint32_t ordinal) {
  if (++acts_[ordinal].tries < kMostTries) return UndoAfter(kAgainUs, ordinal);
  copies_.erase(ordinal);
  if (machine->gave_up) BeginEmpty(machine);
}

void Simulation::PutCopyInPlace(Machine* machine, uint32_t ordinal) {
  Act& act = acts_[ordinal];
  if (IsNamed(*machine)) --wipes_left_;
  machine->went_back = true;
  machine->back_act = ordinal;
  act.halfway = true;
  act.tries = 0;
  act.writer_number = machine->disk.durable().writer_number;
  CountPlayed(kGoesBack);
  Tell(absl::StrCat("the disk of ", machine->id, " goes back"));
  const bool right_disk_comes_back = chance_.Between(0, 1) == 0;
  if (right_disk_comes_back) {
    UndoAfter(chance_.Between(1, 3'000) * kMs, ordinal);
  } else {
    copies_.erase(ordinal);
  }
  Start(machine);
  if (chance_.Between(0, 1) == 0) AskAt(*machine, ordinal);
}

void Simulation::PutRightDiskBack(Machine* machine, uint32_t ordinal) {
  const auto older = copies_.find(ordinal);
  // Else it has forgotten what was promised on the older one.
  if (IsWhole(*machine, older->second, acts_[ordinal].writer_number)) {
    if (IsNamed(*machine)) ++wipes_left_;
    machine->went_back = false;
  }
  machine->gave_up = false;
  copies_.erase(older);
  Tell(absl::StrCat(machine->id, " starts again, on its right disk"));
  Start(machine);
}

bool Simulation::IsNamed(const Machine& machine) const {
  const raft::Configuration* configuration = laws_.configuration();
  return configuration != nullptr && configuration->Names(machine.member());
}

// Something is forgotten, and the others can do without this one for good.
bool Simulation::MayGoBack(const Machine& machine, const Disk& copy) const {
  if (machine.went_back || machine.was_odd || laws_.configuration() == nullptr) return false;
  if (IsNamed(machine) && wipes_left_ == 0) return false;
  return copy.durable().last() < machine.disk.durable().last();
}

// What its disk has promised so far is of no use to anybody any more.
bool Simulation::MayForget(const Machine& machine) const {
  const Memory& promised = machine.disk.durable();
  const raft::LogPosition last = promised.last();
  // A leader that forgets that it led could be elected in that term once more.
  const bool leads = machine.up() && machine.server->raft().leads();
  if (leads && last.term != promised.hard_state.term) return false;
  return std::all_of(machines_.begin(), machines_.end(), [&](const Machine& other) {
    if (other.number == machine.number) return true;
    if (!other.up() || !other.disk.Holds(last)) return false;
    const raft::Raft& raft = other.server->raft();
    return raft.term() == promised.hard_state.term && !raft.leader().empty();
  });
}

// The disk that is back has all that the older copy, `replaced`, has promised.
bool Simulation::IsWhole(const Machine& machine, const Disk& replaced,
                         server::WriterNumber copied) {
  return replaced.durable().hard_state.term <= machine.disk.durable().hard_state.term &&
         machine.disk.Holds(replaced.durable().last()) &&
         replaced.durable().writer_number == copied;
}

// A write in the same instant: its writer may be opened under a number that is taken.
void Simulation::AskAt(const Machine& machine, uint32_t ordinal) {
  const uint32_t number = kFirstAsked + ordinal;
  const Attempt* attempt = clients_.Direct(number, machine.number, /*reads=*/false, now_us_);
  if (attempt != nullptr) events_.Push(now_us_, EventKind::kArrival, machine.number, number);
}

void Simulation::GaveUp(Machine* machine) {
  if (!machine->went_back) {
    return laws_.Fail("Honest", absl::StrCat(machine->id,
                                             " gives itself up, and all that its disk had "
                                             "acknowledged is there"));
  }
  Tell(absl::StrCat(machine->id, " gives itself up"));
  Stop(machine);
  machine->gave_up = true;
  if (copies_.contains(machine->back_act)) return;  // the right disk comes back
  UndoAfter(chance_.Between(1, 2'000) * kMs, machine->back_act);
}

// Whoever looks after it moves the directory away, or its node does so itself.
void Simulation::BeginEmpty(Machine* machine) {
  TM_ASSERT(machine->gave_up && !machine->up());
  lost_disks_.emplace_back(machine->member(), std::move(machine->disk));
  machine->disk = Disk(raft::Incarnation(chance_.NextIdentity()), plan_.segment_bytes);
  machine->went_back = machine->gave_up = false;
  onlooker_.LostItsDisk(*machine);
  Tell(absl::StrCat(machine->id, " starts again, with an empty disk"));
  Start(machine);
}

}  // namespace tidemark::simulation
