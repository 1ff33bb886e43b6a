// One survivor's disk becomes a new cluster's, the others come back empty, and the clients of the
// old cluster go on: with their tokens, their writers, and what they ask again.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::simulation {
namespace {

using server::testing::AsError;
using server::testing::Client;
using server::testing::Cluster;
using server::testing::FateIn;
using server::testing::FateOf;
using server::testing::IndexOf;
using server::testing::PutOnce;

constexpr const char* kNodes[] = {"n1", "n2", "n3"};

// A client with a writer of its own and what it was told.
struct OldClient {
  Client writer;
  std::optional<kv::Session> token;
  uint64_t written_at = 0;  // its write of seq 1
};

class Forced : public testing::TestWithParam<uint64_t> {
 protected:
  Forced() : cluster_({.seed = GetParam()}), random_(GetParam()) {
    cluster_.Write("n1", "x", "0");
    cluster_.Advance(200);
  }

  raft::NodeId AnyNode() { return kNodes[random_.Between(0, 2)]; }

  OldClient Begin(const raft::NodeId& node) {
    OldClient client;
    client.writer = server::testing::OpenAt(&cluster_, node);
    const server::Reply reply = cluster_.AskInSession(node, PutOnce("1", client.writer.Id(1)));
    client.token = reply.session;
    client.written_at = IndexOf(reply.body);
    return client;
  }

  // As storage::ForceNewCluster does it to a directory.
  void Force(const raft::NodeId& survivor) {
    server::testing::Disk& disk = cluster_.disk(survivor);
    const server::Recovered found = disk.Recover();
    const raft::LogPosition last = found.log.empty() ? found.log_base : found.log.back()->at;
    const raft::Term term = std::max(last.term, found.hard_state.term).Next();
    const raft::Member self{survivor, disk.incarnation()};
    raft::ConfigurationEntry body;
    body.configuration.cluster = raft::ClusterId(random_.NextIdentity32());
    body.configuration.members = {self};
    body.stamp = raft::Stamp(random_.NextIdentity32());
    server::Output out;
    out.sequence = 1;
    out.records.emplace_back(raft::HardState{term, self});
    out.records.emplace_back(
        std::make_shared<raft::Entry>(raft::Entry{{term, last.index.Next()}, std::move(body)}));
    disk.Perform(out);
  }

  // The survivor was away while `lost` happened.
  void GoOnWith(const raft::NodeId& survivor) {
    for (const char* node : kNodes) cluster_.Kill(node);
    cluster_.Heal();
    Force(survivor);
    cluster_.Restart(survivor);
    for (const char* node : kNodes) {
      if (node != survivor) cluster_.Restart(node, /*wipe=*/true);
    }
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.leader() == survivor; }));
    cluster_.Advance(1'000);
  }

  Cluster cluster_;
  Random random_;
};

TEST_P(Forced, ClientsOfTheOldClusterGoOn) {
  const raft::NodeId survivor = AnyNode();
  const std::string others = survivor == "n1" ? "n2" : "n1";
  std::vector<OldClient> kept;
  for (int i = 0; i < 4; ++i) kept.push_back(Begin(AnyNode()));
  cluster_.Advance(500);
  std::vector<std::vector<raft::NodeId>> sides = {{survivor}, {}};
  for (const char* node : kNodes) {
    if (node != survivor) sides[1].push_back(node);
  }
  cluster_.Partition(sides);
  ASSERT_TRUE(cluster_.AdvanceUntil(
      [&] { return !cluster_.leader().empty() && cluster_.leader() != survivor; }));
  std::vector<OldClient> lost;
  for (int i = 0; i < 4; ++i) lost.push_back(Begin(others));
  GoOnWith(survivor);

  // New ones come until they have been given the indexes of those that are lost.
  std::vector<OldClient> fresh;
  while (fresh.empty() || fresh.back().writer.index < lost.back().writer.index) {
    fresh.push_back(Begin(AnyNode()));
    ASSERT_NE(fresh.back().written_at, 0u);
  }
  for (const std::vector<OldClient>* old : {&kept, &lost}) {
    for (const OldClient& client : *old) {
      ASSERT_NE(client.written_at, 0u);
      const server::Reply reply =
          cluster_.AskInSession(AnyNode(), server::testing::Get(), client.token);
      EXPECT_EQ(AsError(reply.body).reason, server::Reason::kTokenOtherCluster);
      EXPECT_FALSE(reply.session);
    }
  }
  for (const OldClient& client : kept) {
    EXPECT_EQ(IndexOf(cluster_.Ask(AnyNode(), PutOnce("1", client.writer.Id(1)))),
              client.written_at);
    EXPECT_NE(IndexOf(cluster_.Ask(AnyNode(), PutOnce("2", client.writer.Id(2)))), 0u);
  }
  for (const OldClient& client : lost) {
    for (const uint64_t seq : {1, 2}) {
      EXPECT_EQ(AsError(cluster_.Ask(AnyNode(), PutOnce("1", client.writer.Id(seq)))).reason,
                server::Reason::kOutcomeForgotten);
      EXPECT_EQ(FateIn(cluster_.Ask(AnyNode(), FateOf(client.writer.Name(seq)))).kind,
                kv::Fated::Kind::kUnknown);
    }
  }
  for (const OldClient& client : fresh) {
    EXPECT_EQ(IndexOf(cluster_.Ask(AnyNode(), PutOnce("1", client.writer.Id(1)))),
              client.written_at);
    EXPECT_NE(IndexOf(cluster_.Ask(AnyNode(), PutOnce("2", client.writer.Id(2)))), 0u);
  }
}

// The old cluster's entries come first, and are more than one message takes.
TEST_P(Forced, WhoJoinsTakesTheOldLogToo) {
  for (int i = 0; i < 1'200; ++i) cluster_.Write("n1", "y", absl::StrCat(i));
  const raft::NodeId survivor = AnyNode();
  cluster_.Advance(500);
  GoOnWith(survivor);
  const raft::Index last = cluster_.node(survivor).raft().log().last_index();
  ASSERT_GT(last, raft::Index(1'200));
  cluster_.Advance(5'000);
  for (const char* node : kNodes) EXPECT_GE(cluster_.node(node).applied(), last) << node;
}

INSTANTIATE_TEST_SUITE_P(Seeds, Forced, testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace tidemark::simulation
