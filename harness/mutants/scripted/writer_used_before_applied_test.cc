// n1 leads, is cut off, and appends the opening of its writer at index 3. n2 is elected, and at
// index 3 of its log stands the opening of n2's writer. If n1 were to write under that name, its
// write would be taken for n2's first one, and never happen.
#include <cstdint>
#include <memory>
#include <variant>

#include "gtest/gtest.h"
#include "node/server/testing/cluster.h"

namespace tidemark::server {
namespace {

using testing::Cluster;

// Index 2 of n1's log, so that the openings of both meet at index 3: n2's begins with a no-op.
void FillIndex2(Cluster* cluster) {
  const kv::Command command{{1, 1, 1}, kv::Write{"y", "0"}};
  const HandIn ask{std::make_shared<const LogCommand>(command)};
  cluster->Deliver("n1", {cluster->node("n3").raft().HeaderFor("n1"), Question{7, 8, ask}});
}

TEST(Writer, IsUsedOnlyOnceItsOpeningIsApplied) {
  Cluster cluster({});
  cluster.Read("n1", "x");
  ASSERT_EQ(cluster.leader(), "n1");
  cluster.Advance(100);
  cluster.Partition({{"n1"}, {"n2", "n3"}});
  FillIndex2(&cluster);
  const int64_t write = cluster.Send("n1", WriteRequest{kv::Write{"x", "1"}});
  ASSERT_TRUE(cluster.AdvanceUntil([&] { return cluster.leader() != "n1"; }, 5'000));
  cluster.Write("n2", "z", "2");
  cluster.Heal();
  ASSERT_TRUE(cluster.AdvanceUntil([&] { return cluster.Answer(write) != nullptr; }, 5'000));
  ASSERT_TRUE(std::holds_alternative<WriteOk>(*cluster.Answer(write)));
  const ReplyBody read = cluster.Read("n1", "x");
  EXPECT_TRUE(std::holds_alternative<ReadOk>(read)) << "the acknowledged write never happened";
}

}  // namespace
}  // namespace tidemark::server
