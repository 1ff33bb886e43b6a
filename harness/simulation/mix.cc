#include "harness/simulation/mix.h"

#include <algorithm>
#include <vector>

#include "harness/simulation/chance.h"

namespace tidemark::simulation {
namespace {

struct Offer {
  Fault fault;
  ActKind kind;
  int nodes;    // at least
  int percent;  // of the seeds
};

constexpr Offer kOffers[] = {
    {kDirected, ActKind::kDirected, 2, 30}, {kFullDisk, ActKind::kFullDisk, 1, 15},
    {kHungDisk, ActKind::kHungDisk, 1, 20}, {kSlowSyncs, ActKind::kSlowSyncs, 1, 10},
    {kCatchUp, ActKind::kCatchUp, 2, 15},   {kFullTail, ActKind::kFullTail, 2, 8},
    {kOddState, ActKind::kOddState, 3, 12}, {kRestored, ActKind::kRestored, 1, 6},
    {kForced, ActKind::kForced, 1, 5},
};

void DrawActs(uint32_t faults, Random* random, Plan* plan) {
  std::vector<ActKind> possible;
  for (const Offer& offer : kOffers) {
    if ((faults & offer.fault) == 0 || plan->nodes < offer.nodes) continue;
    possible.push_back(offer.kind);
    if (Toss(random, offer.percent)) plan->acts.push_back(offer.kind);
  }
  // Who asks for some faults alone gets them in each seed.
  if (plan->acts.empty()) plan->acts = possible;
}

// Where one of two disks is dead there is no majority, and nobody else to lead.
void DrawPair(uint32_t faults, Random* random, Plan* plan) {
  if (plan->nodes != 2 || !Toss(random, 50)) return;
  if ((faults & kHungDisk) != 0) plan->acts.push_back(ActKind::kHungDisk);
  if ((faults & kFullDisk) != 0) plan->acts.push_back(ActKind::kFullDisk);
}

// Of chance of its own: what else a seed draws stays as it is.
void DrawGoingBack(const Settings& settings, Plan* plan) {
  Random random = Chance(settings.seed, 17, 0);
  if ((settings.faults & kGoesBack) == 0 || plan->nodes < 3) return;
  const bool replaced = std::any_of(plan->acts.begin(), plan->acts.end(), [](ActKind kind) {
    return kind == ActKind::kRestored || kind == ActKind::kForced;
  });
  if (replaced) return;  // a history that goes as a whole
  if (!Toss(&random, 15) && !plan->acts.empty()) return;
  plan->acts.push_back(ActKind::kGoesBack);
  plan->acts.push_back(ActKind::kGoesBack);
}

// A directed fault needs seconds: where others come in between, little of it is played.
void DrawCalm(uint32_t faults, Random* random, Plan* plan) {
  if ((faults & kDirected) == 0 || plan->nodes < 2 || !Toss(random, 20)) return;
  plan->acts = {ActKind::kDirected};
  plan->act_interval = Duration::Millis(random->Between(50, 400));
  plan->act_span = Duration::Millis(30'000);
  plan->network.loss_permille = 0;
  plan->network.late_permille = 0;
}

void DrawClients(uint32_t faults, Random* random, Plan* plan) {
  if ((faults & kGuessing) != 0 && Toss(random, 20)) {
    plan->guessing_permille = static_cast<int>(random->Between(1, 100));
  }
  if ((faults & kDoubling) != 0 && Toss(random, 40)) {
    plan->doubling_permille = static_cast<int>(random->Between(1, 200));
  }
  if ((faults & kSharing) != 0 && Toss(random, 40)) {
    plan->together_percent = static_cast<int>(random->Between(0, 60));
    plan->lent_percent = static_cast<int>(random->Between(0, 40));
  }
  if ((faults & kLargeValues) != 0 && Toss(random, 25)) {
    // A record fits into a segment.
    plan->large_bytes = random->Between(100, static_cast<int64_t>(plan->segment_bytes / 4));
    plan->large_permille = static_cast<int>(random->Between(1, 150));
  }
}

// A node's writer is forgotten as soon as others opened a few. Without snapshots: a state that
// storage restores has the usual limits.
void DrawMemory(uint32_t faults, Random* random, Plan* plan) {
  if ((faults & kLimits) == 0 || !Toss(random, 8)) return;
  plan->options.snapshot_log_bytes = 0;
  plan->writers.max_writers = static_cast<size_t>(plan->nodes + random->Between(0, 3));
  plan->writers.max_clients = static_cast<size_t>(random->Between(1, 8));
  plan->writers.max_outcomes = static_cast<size_t>(random->Between(1, 20));
}

// Of what is not committed: one entry is always taken, and sometimes no second one.
void DrawTail(uint32_t faults, Random* random, Plan* plan) {
  if ((faults & kLimits) == 0 || !Toss(random, 10)) return;
  plan->options.raft.max_uncommitted_entries = static_cast<uint64_t>(random->Between(1, 30));
  plan->options.raft.max_uncommitted_bytes = static_cast<uint64_t>(random->Between(100, 20'000));
}

// As Maelstrom does it: 0 to 300 ms apart, and whoever speaks to a node before that is launched is
// ignored from then on. The founder, which speaks first, is no more than 250 ms ahead of the last.
void DrawLaunches(const Settings& settings, Plan* plan) {
  constexpr Duration kFounderWaits = Duration::Millis(250);
  Random random = Chance(settings.seed, 16, 0);
  if ((settings.faults & kLaunches) == 0 || plan->nodes < 2 || !Toss(&random, 15)) return;
  for (int i = 0; i < plan->nodes; ++i) plan->launch_us.push_back(random.Between(0, 300'000));
  const int64_t last = *std::max_element(plan->launch_us.begin(), plan->launch_us.end());
  plan->launch_us[0] = std::max(plan->launch_us[0], last - kFounderWaits.us + 1);
  plan->options.bootstrap_after = kFounderWaits;
  plan->options.raft.reticent = true;
  plan->options.request_timeout = Duration::Millis(900);
}

}  // namespace

void DrawMix(const Settings& settings, Plan* plan) {
  Random random = Chance(settings.seed, 14, 0);
  const uint32_t faults = settings.faults;
  DrawActs(faults, &random, plan);
  DrawCalm(faults, &random, plan);
  if ((faults & (kFullDisk | kFullTail)) != 0 && Toss(&random, 60)) {
    plan->segment_bytes = uint64_t{16} << 10;
  }
  DrawClients(faults, &random, plan);
  DrawMemory(faults, &random, plan);
  DrawTail(faults, &random, plan);
  DrawPair(faults, &random, plan);
  DrawLaunches(settings, plan);
  DrawGoingBack(settings, plan);
}

}  // namespace tidemark::simulation
