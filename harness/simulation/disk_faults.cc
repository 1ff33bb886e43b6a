// Disks that fill up, hang, or take seconds for each sync.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"
#include "harness/simulation/units.h"

namespace tidemark::simulation {
namespace {

// How soon a disk that was full is found to have room again.
constexpr int64_t kBetweenLooksUs = 300 * kMs;

}  // namespace

// One machine's, the leader's, or those of all but the leader.
void Simulation::DoFullDisk(int node, uint32_t ordinal, int64_t span_us, Random* random) {
  const int leader = Leader();
  const bool followers = leader >= 0 && random->Between(0, 2) == 0;
  for (Machine& machine : machines_) {
    if (followers ? machine.number != leader : machine.number == node) {
      Fill(&machine, ordinal, static_cast<uint64_t>(random->Between(0, 40'000)));
    }
  }
  UndoAfter(span_us, ordinal);
}

void Simulation::Fill(Machine* machine, uint32_t ordinal, uint64_t left) {
  machine->disk.Fill(left);
  acts_[ordinal].nodes |= 1u << machine->number;
  Tell(absl::StrCat("the disk of ", machine->id, " has ", left, " bytes left"));
  if (machine->looks) return;
  machine->looks = true;
  events_.Push(now_us_ + kBetweenLooksUs, EventKind::kLook, machine->number, 0);
}

void Simulation::FreeDisks(uint32_t nodes) {
  for (Machine& machine : machines_) {
    if ((nodes & 1u << machine.number) == 0 || !machine.disk.filled()) continue;
    machine.disk.Free();
    Tell(absl::StrCat("the disk of ", machine.id, " has room again"));
  }
}

// As node/driver does: room that others made is found by looking.
void Simulation::Look(Machine* machine) {
  machine->looks = machine->disk.filled();
  if (machine->looks) {
    events_.Push(now_us_ + kBetweenLooksUs, EventKind::kLook, machine->number, 0);
  }
  if (machine->up() && !machine->disk.syncing()) Feed(machine, machine->disk.LookForRoom());
}

// The leader's above all: everybody waits for it.
void Simulation::DoHungDisk(int node, uint32_t ordinal, Random* random) {
  const int leader = Leader();
  if (leader >= 0 && random->Between(0, 1) == 0) node = leader;
  acts_[ordinal].node = node;
  Machine* const machine = &machines_[static_cast<size_t>(node)];
  const int64_t span_us = DrawActSpan(random, 12'000);
  machine->hung_until_us = std::max(machine->hung_until_us, now_us_ + span_us);
  Tell(absl::StrCat("the disk of ", machine->id, " hangs for ", span_us / kMs, " ms"));
  UndoAfter(span_us, ordinal);
}

// What was done by then is done at once.
void Simulation::EndHang(Machine* machine) {
  machine->hung_until_us = 0;
  if (std::exchange(machine->sync_hangs, false)) PassSync(machine, machine->life);
  for (; machine->work_hangs > 0; --machine->work_hangs) {
    FeedAll(machine, machine->disk.EndWork());
  }
  machine->work_hangs = 0;
}

void Simulation::DoSlowSyncs(int64_t span_us, Random* random) {
  for (Machine& machine : machines_) {
    machine.slow_disk_until_us = now_us_ + span_us;
    machine.sync_at_least_us = random->Between(200, 1'000) * kMs;
    machine.sync_at_most_us = random->Between(1'000, 5'000) * kMs;
  }
  Tell("each sync takes seconds at all nodes");
}

// The leader goes on to append what its followers cannot, and then another one leads.
void Simulation::DoFullTail(uint32_t ordinal, int64_t span_us, Random* random) {
  const int leader = Leader();
  if (leader < 0) return;
  acts_[ordinal].node = leader;
  for (Machine& machine : machines_) {
    if (machine.number == leader) continue;
    Fill(&machine, ordinal, static_cast<uint64_t>(random->Between(0, 10'000)));
  }
  burst_until_us_ = std::max(burst_until_us_, now_us_ + span_us);
  UndoAfter(span_us, ordinal);
}

void Simulation::DeposeBehindFullDisks(uint32_t ordinal) {
  Act* const act = &acts_[ordinal];
  act->halfway = true;
  act->generation = ++partition_generation_;
  network_.Unpartition();
  Tell(network_.Isolate(act->node));
  UndoAfter(2'000 * kMs, ordinal);
}

void Simulation::EndFullTail(const Act& act) {
  FreeDisks(act.nodes);
  if (act.generation != partition_generation_) return;
  network_.Unpartition();
  Tell("the partition ends", R"({"heal": true})");
}

}  // namespace tidemark::simulation
