#include "harness/simulation/plan.h"

#include <algorithm>
#include <iterator>

#include "harness/simulation/chance.h"
#include "harness/simulation/mix.h"

namespace tidemark::simulation {
namespace {

// One in a hundred: the codec has tests of its own, and costs ten times what a struct does.
constexpr uint64_t kCodecEvery = 100;

// The search knows nothing of the log and costs more than the rest of a run.
constexpr uint64_t kSearchEvery = 16;

Duration DrawMillis(Random* random, int64_t low, int64_t high) {
  return Duration::Millis(random->Between(low, high));
}

// Most draws are small: the product of two.
int DrawRate(Random* random, int max_permille) {
  return static_cast<int>(random->Between(0, max_permille) * random->Between(0, 1000) / 1000);
}

int DrawNodes(Random* random) {
  constexpr int kSizes[] = {1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 6, 7};
  return kSizes[random->Between(0, std::ssize(kSizes) - 1)];
}

NetworkPlan DrawNetwork(uint32_t faults, Random* random) {
  NetworkPlan plan;
  plan.delay_min = Duration{random->Between(50, 2'000)};
  plan.delay_max.us = plan.delay_min.us + random->Between(0, 3'000);
  if ((faults & kLoss) != 0 && Toss(random, 50)) plan.loss_permille = DrawRate(random, 300);
  if ((faults & kDuplication) != 0 && Toss(random, 50)) {
    plan.duplication_permille = DrawRate(random, 500);
  }
  if ((faults & kLateness) != 0 && Toss(random, 50)) {
    plan.late_permille = DrawRate(random, 300);
    plan.late_max = DrawMillis(random, 1, Toss(random, 30) ? 5'000 : 300);
  }
  return plan;
}

DiskPlan DrawDisk(uint32_t faults, Random* random) {
  DiskPlan plan;
  plan.sync_min = Duration{random->Between(20, 500)};
  plan.sync_max.us = plan.sync_min.us + random->Between(0, 1'000);
  if ((faults & kDisk) != 0 && Toss(random, 40)) {
    plan.slow_permille = DrawRate(random, 200);
    plan.slow_max = DrawMillis(random, 1, 500);
  }
  return plan;
}

// A limit of one or two finds what ten thousand seeds with roomy ones do not.
void DrawLimits(Random* random, server::Options* options) {
  if (Toss(random, 50)) return;
  if (Toss(random, 50))
    options->raft.max_entries_per_message = static_cast<size_t>(random->Between(1, 3));
  if (Toss(random, 50))
    options->raft.max_inflight_messages = static_cast<size_t>(random->Between(1, 3));
  if (Toss(random, 30)) options->raft.max_bytes_per_message = 20;
  if (Toss(random, 10)) options->max_open_requests = static_cast<size_t>(random->Between(1, 20));
}

// Of chance of their own: what was drawn before these were there stays as it was.
void DrawHabits(const Settings& settings, Plan* plan) {
  constexpr int kShares[] = {0, 30, 70, 100};
  Random random = Chance(settings.seed, 10, 0);
  for (int* percent : {&plan->tokens_percent, &plan->once_percent, &plan->fates_percent}) {
    *percent = kShares[random.Between(0, std::ssize(kShares) - 1)];
  }
  if (settings.sessions != 0) plan->sessions = settings.sessions;
  plan->options.proved_reads = !Toss(&random, 10);
  plan->options.pull = !Toss(&random, 15);
  if ((settings.faults & kLimits) != 0 && Toss(&random, 10)) {
    plan->options.max_waiting_reads = static_cast<size_t>(random.Between(1, 5));
  }
  if ((settings.faults & kLimits) != 0 && Toss(&random, 30)) {
    plan->options.answer_bytes_per_step = static_cast<size_t>(random.Between(1, 1'000));
  }
  if ((settings.faults & kLimits) != 0 && Toss(&random, 10)) {
    plan->options.max_open_bytes = static_cast<size_t>(random.Between(1'000, 20'000));
  }
  if ((settings.faults & kLimits) != 0 && Toss(&random, 15)) {
    plan->options.raft.limits.value = static_cast<uint64_t>(random.Between(16, 400));
    plan->options.raft.limits.answer = static_cast<uint64_t>(random.Between(64, 1'000));
  }
}

// Snapshots so often that a run has many, and pieces so small that one takes many.
void DrawSnapshots(const Settings& settings, server::Options* options) {
  Random random = Chance(settings.seed, 11, 0);
  if (Toss(&random, 30)) return;
  options->snapshot_log_bytes = static_cast<uint64_t>(random.Between(1'000, 50'000));
  options->raft.keep_log_bytes = static_cast<uint64_t>(random.Between(0, 10'000));
  options->raft.max_log_bytes =
      options->raft.keep_log_bytes + static_cast<uint64_t>(random.Between(1, 50'000));
  options->raft.snapshot_piece_bytes = static_cast<uint64_t>(random.Between(100, 10'000));
  options->raft.snapshot_window = static_cast<size_t>(random.Between(1, 4));
}

void DrawTimes(Random* random, server::Options* options) {
  raft::Options& raft = options->raft;
  if (Toss(random, 30)) {
    raft.heartbeat = DrawMillis(random, 20, 150);
    raft.election_timeout_min = raft.heartbeat * random->Between(3, 6);
    raft.election_timeout_max = raft.election_timeout_min * 2;
  }
  options->request_timeout = DrawMillis(random, 1'000, 10'000);
  if (Toss(random, 50)) options->follower_wait = DrawMillis(random, 0, 500);
}

std::vector<ActKind> DrawActs(uint32_t faults, int nodes, Random* random) {
  std::vector<ActKind> acts;
  const auto offer = [&](Fault fault, ActKind kind) {
    if ((faults & fault) != 0 && Toss(random, 50)) acts.push_back(kind);
  };
  if (nodes > 1) {
    offer(kPartition, ActKind::kPartition);
    offer(kPartition, ActKind::kPartition);
    offer(kClogging, ActKind::kClog);
  }
  offer(kCrash, ActKind::kCrash);
  offer(kCrash, ActKind::kCrash);
  if (nodes > 2) offer(kWipe, ActKind::kWipe);
  offer(kPause, ActKind::kPause);
  offer(kClock, ActKind::kClockRate);
  offer(kClock, ActKind::kClockJump);
  offer(kDisk, ActKind::kSlowDisk);
  return acts;
}

}  // namespace

Random Chance(uint64_t seed, uint64_t kind, uint64_t ordinal) {
  Random first(seed * 0x9e3779b97f4a7c15u + kind);
  return Random(first.Next() ^ (ordinal * 0xd1342543de82ef95u));
}

Plan DrawPlan(const Settings& settings) {
  Random random = Chance(settings.seed, 1, 0);
  Plan plan;
  plan.nodes = settings.nodes != 0 ? settings.nodes : DrawNodes(&random);
  plan.sessions = static_cast<int>(random.Between(3, 120));
  DrawTimes(&random, &plan.options);
  if ((settings.faults & kLimits) != 0) DrawLimits(&random, &plan.options);
  plan.network = DrawNetwork(settings.faults, &random);
  plan.disk = DrawDisk(settings.faults, &random);
  plan.codec = settings.seed % kCodecEvery == kCodecEvery / 2;
  if (Toss(&random, 25)) plan.batch = Duration{random.Between(100, 5'000)};
  plan.client_patience = DrawMillis(&random, 300, 8'000);
  plan.keys = random.Between(1, 8);
  plan.search = settings.seed % kSearchEvery == 0;
  if (plan.search) {
    // What many clients do to one key at one time has too many orders to be searched.
    plan.sessions = static_cast<int>(random.Between(3, 10));
    plan.keys = random.Between(3, 8);
  }
  plan.acts = DrawActs(settings.faults, plan.nodes, &random);
  // A storm: faults as long as elections take, one after the other, change leaders many times.
  const bool storm = Toss(&random, 30) || settings.storm;
  plan.act_interval = storm ? DrawMillis(&random, 50, 500) : DrawMillis(&random, 200, 6'000);
  plan.act_span = storm ? DrawMillis(&random, 100, 1'500) : Duration::Millis(30'000);
  plan.wipes = (plan.nodes - 1) / 2;
  DrawHabits(settings, &plan);
  DrawSnapshots(settings, &plan.options);
  DrawMix(settings, &plan);
  return plan;
}

}  // namespace tidemark::simulation
