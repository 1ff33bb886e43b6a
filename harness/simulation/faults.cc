// What happens to machines and links.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"
#include "harness/simulation/units.h"
#include "node/base/assert.h"

namespace tidemark::simulation {
namespace {

Fault FaultOf(ActKind kind) {
  switch (kind) {
    case ActKind::kPartition:
      return kPartition;
    case ActKind::kClog:
      return kClogging;
    case ActKind::kCrash:
      return kCrash;
    case ActKind::kWipe:
      return kWipe;
    case ActKind::kPause:
      return kPause;
    case ActKind::kClockRate:
    case ActKind::kClockJump:
      return kClock;
    case ActKind::kSlowDisk:
      return kDisk;
    case ActKind::kDirected:
      return kDirected;
    case ActKind::kFullDisk:
      return kFullDisk;
    case ActKind::kHungDisk:
      return kHungDisk;
    case ActKind::kSlowSyncs:
      return kSlowSyncs;
    case ActKind::kCatchUp:
      return kCatchUp;
    case ActKind::kFullTail:
      return kFullTail;
    case ActKind::kOddState:
      return kOddState;
    case ActKind::kRestored:
      return kRestored;
    case ActKind::kForced:
      return kForced;
    case ActKind::kGoesBack:
      return kGoesBack;
  }
  TM_ASSERT(false && "every kind is one of these");
  return kPartition;
}

// What may turn out not to be possible counts where it is.
bool CountsItself(ActKind kind) {
  return kind == ActKind::kOddState || kind == ActKind::kRestored || kind == ActKind::kForced ||
         kind == ActKind::kGoesBack;
}

// Short ones are more frequent than long ones, and none is longer than `max_ms`.
int64_t DrawSpanUs(Random* random, int64_t max_ms) {
  const int64_t most = random->Between(1, max_ms);
  return random->Between(1, most) * kMs;
}

}  // namespace

void Simulation::BeginAct() {
  if (phase_ != Phase::kFaults) return;
  const uint32_t ordinal = next_act_++;
  Random random = Chance(settings_.seed, 3, ordinal);
  events_.Push(now_us_ + random.Between(1, 2 * plan_.act_interval.us), EventKind::kAct, 0, 0);
  acts_.emplace_back();
  const auto& left_out = settings_.without_faults;
  if (ordinal < left_out.size() && left_out[ordinal]) return;
  const int64_t kinds = static_cast<int64_t>(plan_.acts.size());
  ++result_.faults;
  Do(ordinal, plan_.acts[static_cast<size_t>(random.Between(0, kinds - 1))], &random);
}

int Simulation::Leader() const {
  int leader = -1;
  raft::Term term;
  for (const Machine& machine : machines_) {
    if (!machine.up() || !machine.server->raft().leads()) continue;
    if (machine.server->raft().term() <= term) continue;
    term = machine.server->raft().term();
    leader = machine.number;
  }
  return leader;
}

void Simulation::Do(uint32_t ordinal, ActKind kind, Random* random) {
  const int leader = Leader();
  const bool at_leader = leader >= 0 && random->Between(0, 2) == 0;
  const int node = at_leader ? leader : static_cast<int>(random->Between(0, plan_.nodes - 1));
  Machine* const machine = &machines_[static_cast<size_t>(node)];
  acts_[ordinal] = {.kind = kind, .node = node};
  if (!CountsItself(kind)) CountPlayed(FaultOf(kind));
  const int64_t span_us = DrawActSpan(random, 8'000);
  switch (kind) {
    case ActKind::kPartition:
      Tell(network_.Partition(leader, random));
      acts_[ordinal].generation = ++partition_generation_;
      return UndoAfter(span_us, ordinal);
    case ActKind::kCrash:
      if (machine->up()) DoCrash(machine, ordinal, span_us);
      return;
    case ActKind::kWipe:
      if (wipes_left_ > 0) DoWipe(machine, ordinal, span_us);
      return;
    case ActKind::kClog:
      return DoClog(machine, random);
    case ActKind::kPause:
      return DoPause(machine, DrawActSpan(random, 30'000));
    case ActKind::kClockRate:
    case ActKind::kClockJump:
      return DoClock(machine, kind, random);
    case ActKind::kSlowDisk:
      return DoSlowDisk(machine, span_us);
    case ActKind::kDirected:
      return DoDirect(ordinal, random);
    case ActKind::kFullDisk:
      return DoFullDisk(node, ordinal, span_us, random);
    case ActKind::kHungDisk:
      return DoHungDisk(node, ordinal, random);
    case ActKind::kSlowSyncs:
      return DoSlowSyncs(span_us, random);
    case ActKind::kCatchUp:
      if (machine->up()) DoCatchUp(machine, ordinal, span_us);
      return;
    case ActKind::kFullTail:
      return DoFullTail(ordinal, span_us, random);
    case ActKind::kOddState:
      return DoOddState(machine, ordinal, random);
    case ActKind::kRestored:
      return CopyDisks(ordinal, span_us);
    case ActKind::kForced:
      return DoForce(machine);
    case ActKind::kGoesBack:
      return DoGoBack(machine, ordinal, span_us);
  }
}

int64_t Simulation::DrawActSpan(Random* random, int64_t max_ms) const {
  return DrawSpanUs(random, std::min(max_ms, plan_.act_span.ToMillis()));
}

void Simulation::UndoAfter(int64_t span_us, uint32_t ordinal) {
  events_.Push(now_us_ + span_us, EventKind::kUndo, acts_[ordinal].node, ordinal);
}

void Simulation::DoCrash(Machine* machine, uint32_t ordinal, int64_t span_us) {
  Stop(machine);
  Tell(absl::StrCat(machine->id, " crashes"), absl::StrCat(R"({"kill": ")", machine->id, R"("})"));
  UndoAfter(span_us, ordinal);
}

void Simulation::DoWipe(Machine* machine, uint32_t ordinal, int64_t span_us) {
  --wipes_left_;
  if (machine->up()) Stop(machine);
  lost_disks_.emplace_back(machine->member(), std::move(machine->disk));
  machine->disk = Disk(raft::Incarnation(chance_.NextIdentity()), plan_.segment_bytes);
  machine->was_odd = machine->went_back = machine->gave_up = false;
  onlooker_.LostItsDisk(*machine);
  Tell(absl::StrCat(machine->id, " crashes and loses its disk"),
       absl::StrCat(R"({"kill": ")", machine->id, R"("})"));
  UndoAfter(span_us, ordinal);
}

// While it is away clients ask for more than they do else, and as it comes back they still do.
void Simulation::DoCatchUp(Machine* machine, uint32_t ordinal, int64_t span_us) {
  burst_until_us_ = std::max(burst_until_us_, now_us_ + span_us + 1'000 * kMs);
  DoCrash(machine, ordinal, span_us);
}

void Simulation::DoClog(Machine* machine, Random* random) {
  const int to = static_cast<int>(random->Between(0, plan_.nodes - 1));
  const int64_t span_us = DrawActSpan(random, 5'000);
  network_.Clog(machine->number, to, now_us_ + span_us);
  Tell(absl::StrCat(machine->id, " to n", to + 1, " is clogged for ", span_us / kMs, " ms"));
}

void Simulation::DoPause(Machine* machine, int64_t span_us) {
  // A shorter one within a longer one does not end it: what waits would be overtaken.
  machine->busy_until_us = std::max(machine->busy_until_us, now_us_ + span_us);
  Tell(absl::StrCat(machine->id, " pauses for ", span_us / kMs, " ms"));
}

void Simulation::DoClock(Machine* machine, ActKind kind, Random* random) {
  const bool jumps = kind == ActKind::kClockJump;
  if (jumps) {
    machine->clock.Jump(now_us_, Duration{DrawActSpan(random, 5'000)});
  } else {
    machine->clock.SetRate(now_us_, random->Between(900, 1100));
  }
  Tell(absl::StrCat("the clock of ", machine->id, jumps ? " jumps ahead" : " changes its rate"));
  PlanWake(machine);
}

void Simulation::DoSlowDisk(Machine* machine, int64_t span_us) {
  machine->slow_disk_until_us = now_us_ + span_us;
  machine->sync_at_most_us = 0;
  Tell(absl::StrCat("the disk of ", machine->id, " is slow for ", span_us / kMs, " ms"));
}

void Simulation::Undo(uint32_t ordinal) {
  if (phase_ != Phase::kFaults) return;  // what is broken by then stays so, or has been healed
  const Act& act = acts_[ordinal];
  Machine* const machine = &machines_[static_cast<size_t>(act.node)];
  switch (act.kind) {
    case ActKind::kPartition:
    case ActKind::kOddState:
      if (act.generation != partition_generation_) return;
      network_.Unpartition();
      return Tell("the partition ends", R"({"heal": true})");
    case ActKind::kCrash:
    case ActKind::kWipe:
      if (machine->up() || machine->gave_up) return;
      Tell(absl::StrCat(machine->id, " starts again"),
           absl::StrCat(R"({"restart": ")", machine->id, R"("})"));
      return Start(machine);
    case ActKind::kCatchUp:
      if (machine->gave_up) return;
      if (!machine->up()) Start(machine);
      return Tell(absl::StrCat(machine->id, " is back, under load"),
                  absl::StrCat(R"({"restart": ")", machine->id, R"("})"));
    case ActKind::kFullDisk:
      return FreeDisks(act.nodes);
    case ActKind::kFullTail:
      return act.halfway ? EndFullTail(act) : DeposeBehindFullDisks(ordinal);
    case ActKind::kRestored:
      return RestoreDisks();
    case ActKind::kHungDisk:
      if (now_us_ >= machine->hung_until_us) EndHang(machine);
      return;
    case ActKind::kGoesBack:
      return GoOnBack(ordinal);
    case ActKind::kClog:
    case ActKind::kPause:
    case ActKind::kClockRate:
    case ActKind::kClockJump:
    case ActKind::kSlowDisk:
    case ActKind::kDirected:
    case ActKind::kSlowSyncs:
    case ActKind::kForced:
      return;
  }
}

void Simulation::Tell(const std::string& text, const std::string& directive) {
  if (recorder_ != nullptr) recorder_->Happened(now_us_, text, directive);
}

}  // namespace tidemark::simulation
