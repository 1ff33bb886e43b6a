// After the faults: a random majority heals for good, the rest stays broken. Writes must commit
// again within ten seconds, nobody may be left waiting, and all healed replicas end equal.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/simulation/simulation.h"
#include "harness/simulation/units.h"

namespace tidemark::simulation {
namespace {

constexpr int64_t kMayTakeUs = 10'000 * kMs;
constexpr int64_t kMayTakeInAllUs = 300'000 * kMs;
constexpr int64_t kProbeEveryUs = 200 * kMs;
constexpr int64_t kSettleUs = 3'000 * kMs;
// Probes have numbers of their own, behind all drawn ones.
constexpr uint32_t kFirstProbe = 1u << 30;

}  // namespace

void Simulation::EndFaults() {
  if (!settings_.liveness) {
    done_ = true;
    return;
  }
  phase_ = Phase::kHealing;
  phase_began_us_ = progress_at_us_ = now_us_;
  Random random = Chance(settings_.seed, 8, 0);
  if (!QuorumIsAble()) return GiveUpAsLost();
  for (const int node : ChooseMajority(&random)) healed_[static_cast<size_t>(node)] = true;
  EndDirection();
  burst_until_us_ = 0;
  network_.Unpartition();
  std::array<bool, kMaxNodes> reachable = healed_;
  for (const Machine& machine : machines_) {
    if (!ToBeFoundOut(machine)) continue;
    found_out_[static_cast<size_t>(machine.number)] = true;
    reachable[static_cast<size_t>(machine.number)] = true;
  }
  network_.Heal(reachable);
  BreakRest(reachable, &random);
  for (Machine& machine : machines_) {
    if (!reachable[static_cast<size_t>(machine.number)]) continue;
    Tell(absl::StrCat(machine.id, " heals for good"));
    machine.busy_until_us = 0;
    machine.slow_disk_until_us = 0;
    FreeDisks(1u << machine.number);
    EndHang(&machine);
    if (!machine.up()) {
      Start(&machine);
    } else if (!machine.inbox.empty()) {
      TakeInbox(&machine);
    }
    PlanWake(&machine);
  }
  SendProbes();
}

// Those whose word counts, and whose state is right.
std::vector<int> Simulation::Able() const {
  std::vector<int> can;
  const raft::Configuration* configuration = laws_.configuration();
  for (const Machine& machine : machines_) {
    if (machine.was_odd || machine.went_back) continue;
    if (configuration == nullptr || configuration->Names(machine.member())) {
      can.push_back(machine.number);
    }
  }
  return can;
}

// A member whose state differs as the faults end: some are reached by everybody from then on.
bool Simulation::ToBeFoundOut(const Machine& machine) const {
  const raft::Configuration* configuration = laws_.configuration();
  return IsOdd(machine) && configuration != nullptr && configuration->Names(machine.member()) &&
         Chance(settings_.seed, 16, static_cast<uint64_t>(machine.number)).Between(0, 1) == 0;
}

bool Simulation::QuorumIsAble() const {
  const raft::Configuration* configuration = laws_.configuration();
  return configuration == nullptr || Able().size() >= configuration->Quorum();
}

// Nothing is promised any more.
void Simulation::GiveUpAsLost() {
  ++result_.lost;
  done_ = true;
  Tell("no quorum is left");
}

std::vector<int> Simulation::ChooseMajority(Random* random) const {
  std::vector<int> can = Able();
  const raft::Configuration* configuration = laws_.configuration();
  if (configuration == nullptr) return can;
  const int64_t quorum = static_cast<int64_t>(configuration->Quorum());
  for (size_t i = can.size(); i > 1; --i) {
    std::swap(can[i - 1],
              can[static_cast<size_t>(random->Between(0, static_cast<int64_t>(i) - 1))]);
  }
  can.resize(static_cast<size_t>(random->Between(quorum, static_cast<int64_t>(can.size()))));
  return can;
}

// Dead, cut off, or heard but deaf.
void Simulation::BreakRest(const std::array<bool, kMaxNodes>& healed, Random* random) {
  for (Machine& machine : machines_) {
    if (healed[static_cast<size_t>(machine.number)]) continue;
    const int64_t how = random->Between(0, 3);
    if (how == 0 && machine.up()) Stop(&machine);
    for (int other = 0; other < plan_.nodes; ++other) {
      if (how == 1 || how == 2) network_.Cut(other, machine.number, true);
      if (how == 1 || how == 3) network_.Cut(machine.number, other, true);
    }
    constexpr const char* kHow[] = {" stays dead", " stays cut off", " stays deaf", " stays mute"};
    Tell(absl::StrCat(machine.id, kHow[how]));
  }
}

bool Simulation::Served(int node) const {
  return served_[static_cast<size_t>(node)] || !healed_[static_cast<size_t>(node)];
}

void Simulation::SendProbes() {
  bool all_served = true;
  for (const uint32_t ordinal : probes_) {
    const Attempt& probe = clients_.attempt(ordinal);
    if (probe.call->finished && probe.call->executed_at != 0 && !probe.call->failed) {
      served_[static_cast<size_t>(probe.node)] = true;
    }
  }
  for (int node = 0; node < plan_.nodes; ++node) {
    if (Served(node)) continue;
    all_served = false;
    const bool open = std::any_of(probes_.begin(), probes_.end(), [&](uint32_t ordinal) {
      const Attempt& probe = clients_.attempt(ordinal);
      return probe.node == node && !probe.call->finished;
    });
    if (open) continue;
    const uint32_t ordinal = kFirstProbe + static_cast<uint32_t>(probes_.size());
    probes_.push_back(ordinal);
    Arrive(clients_.Probe(ordinal, node, now_us_));
  }
  if (all_served) {
    phase_ = Phase::kSettling;
    progress_ = 0;
    events_.Push(now_us_ + kSettleUs, EventKind::kPhase, 0, 0);
    return;
  }
  events_.Push(now_us_ + kProbeEveryUs, EventKind::kPhase, 0, 0);
}

// With one entry a message and one message under way, catching up takes its time; what is counted
// is that it goes on.
bool Simulation::StillCatchingUp() {
  uint64_t progress = laws_.committed().size();
  for (const Machine& machine : machines_) {
    if (!healed_[static_cast<size_t>(machine.number)]) continue;
    progress += machine.server->applied().value();
    // A leader's own log also grows by what clients ask of it.
    if (!machine.server->raft().leads()) progress += machine.seen.last().value();
  }
  if (now_us_ - phase_began_us_ > kMayTakeInAllUs) return false;
  if (progress == progress_) return now_us_ - progress_at_us_ <= kMayTakeUs;
  progress_ = progress;
  progress_at_us_ = now_us_;
  return true;
}

void Simulation::JudgeProbes() {
  if (StillCatchingUp()) return SendProbes();
  for (int node = 0; node < plan_.nodes; ++node) {
    if (Served(node)) continue;
    laws_.Fail("liveness", absl::StrCat("ten seconds after a majority healed, n", node + 1,
                                        " has acknowledged no write: ", WhatIsMissing(node)));
  }
  SendProbes();
}

std::string Simulation::WhatIsMissing(int node) const {
  const int leader = Leader();
  if (leader < 0) return "nobody leads";
  const raft::Raft& raft = machines_[static_cast<size_t>(leader)].server->raft();
  const std::string name = absl::StrCat("n", leader + 1);
  if (raft.commit_index() < raft.log().last_index()) {
    return absl::StrCat(name, " leads in term ", raft.term().value(),
                        " and finds no quorum: it has committed ", raft.commit_index().value(),
                        " of ", raft.log().last_index().value(), " entries");
  }
  return absl::StrCat(name, " leads and has committed all it has; the write is stuck at n",
                      node + 1);
}

void Simulation::JudgeEnd() {
  const uint64_t before = progress_;
  if (StillCatchingUp() && before != progress_) {
    return events_.Push(now_us_ + kSettleUs, EventKind::kPhase, 0, 0);
  }
  done_ = true;
  for (const Attempt& attempt : clients_.attempts()) {
    const Machine& machine = machines_[static_cast<size_t>(attempt.node)];
    const bool here =
        healed_[static_cast<size_t>(attempt.node)] && machine.up() && attempt.life == machine.life;
    if (!here || attempt.answered) continue;
    laws_.Fail("liveness", absl::StrCat("a stuck waiter: ", Describe(*attempt.call), " was asked ",
                                        (now_us_ - attempt.asked_us) / kMs,
                                        " ms ago and has no answer, though a majority is well"));
  }
  for (const Machine& machine : machines_) {
    if (!found_out_[static_cast<size_t>(machine.number)] || !IsOdd(machine)) continue;
    if (machine.server->raft().quarantined()) continue;
    laws_.Fail("Quarantine",
               absl::StrCat("a majority is well and reaches ", machine.id,
                            ", whose state at index ", machine.server->applied().value(),
                            " is another than theirs, and it does not know"));
  }
  const Machine* first = nullptr;
  for (const Machine& machine : machines_) {
    if (!healed_[static_cast<size_t>(machine.number)]) continue;
    if (first == nullptr) first = &machine;
    const server::Server& a = *first->server;
    const server::Server& b = *machine.server;
    if (a.applied() == b.applied() && a.machine().Hash() == b.machine().Hash()) continue;
    laws_.Fail("convergence",
               absl::StrCat(first->id, " ends at index ", a.applied().value(), " and ", machine.id,
                            " at ", b.applied().value(), ", with states that are not equal"));
  }
}

}  // namespace tidemark::simulation
