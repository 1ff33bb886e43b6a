#include "harness/simulation/waits.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/server/testing/cluster.h"

namespace tidemark::simulation {
namespace {

using server::testing::Cluster;

constexpr int kNodes = 5;

Cluster::Setup SetupOf(const WaitSettings& settings) {
  Cluster::Setup setup;
  setup.seed = settings.seed;
  setup.node_ids = {"n1", "n2", "n3", "n4", "n5"};
  setup.options.raft.heartbeat = Duration::Millis(150);
  setup.options.raft.election_timeout_min = Duration::Millis(1'500);
  setup.options.raft.election_timeout_max = Duration::Millis(3'000);
  setup.options.proved_reads = settings.proved_reads;
  setup.options.pull = settings.pull;
  return setup;
}

raft::NodeId AnyNode(Random* random) { return absl::StrCat("n", random->Between(1, kNodes)); }

raft::NodeId AnyFollower(const Cluster& cluster, Random* random) {
  raft::NodeId node = cluster.leader();
  while (node == cluster.leader()) node = AnyNode(random);
  return node;
}

void Count(const server::Reply& reply, int64_t took_ms, Waits* waits) {
  const auto& ok = std::get<server::RywReadOk>(reply.body);
  waits->waited_ms.push_back(took_ms);
  const auto* follower = std::get_if<server::ServedByFollower>(&ok.served);
  if (follower == nullptr) {
    ++waits->redirected;
  } else if (follower->waited_ms > 0) {
    ++waits->waited;
  } else if (follower->proved_index) {
    ++waits->proved;
  } else {
    ++waits->applied;
  }
}

// One write, and one read behind it.
void ReadAfterWrite(const WaitSettings& settings, int number, Cluster* cluster, Random* random,
                    Waits* waits) {
  const server::Reply write = cluster->AskInSession(
      AnyNode(random), server::WriteRequest{kv::Write{"1", absl::StrCat(number)}, {}});
  const raft::NodeId follower = AnyFollower(*cluster, random);
  const int64_t asked_ms = cluster->now_ms();
  const raft::Index index = std::get<server::WriteOk>(write.body).commit_index;
  server::RywReadRequest read{"1", settings.tokens ? raft::Index() : index, true, {}};
  const int64_t request = settings.tokens ? cluster->Send(follower, std::move(read), write.session)
                                          : cluster->Send(follower, std::move(read));
  TM_ASSERT(cluster->AdvanceUntil([&] { return cluster->Answer(request) != nullptr; }));
  Count(*cluster->WholeAnswer(request), cluster->now_ms() - asked_ms, waits);
}

}  // namespace

int64_t Waits::Quantile(int permille) const {
  TM_ASSERT(!waited_ms.empty());
  const size_t last = waited_ms.size() - 1;
  return waited_ms[last * static_cast<size_t>(permille) / 1000];
}

Waits MeasureWaits(const WaitSettings& settings) {
  Cluster cluster(SetupOf(settings));
  Random random(settings.seed);
  cluster.Write("n1", "1", "0");
  Waits waits;
  for (int i = 1; i <= settings.reads; ++i) {
    // Idle, and at any moment between two heartbeats.
    cluster.Advance(random.Between(300, 600));
    ReadAfterWrite(settings, i, &cluster, &random, &waits);
  }
  std::sort(waits.waited_ms.begin(), waits.waited_ms.end());
  return waits;
}

}  // namespace tidemark::simulation
