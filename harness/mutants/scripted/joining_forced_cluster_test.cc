// The log of a cluster that was forced on a survivor begins with the old cluster's entries.
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/messages.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

TEST(JoiningAForcedCluster, TakesTheOldLogFirst) {
  const ClusterId forced(0xdef);
  Played node(HardState{}, {}, Member{"n1", Incarnation(99)});
  const auto append = [&](LogPosition prev, std::vector<EntryRef> entries) {
    node.Hear(kN2, AppendEntries{Term(3), prev, std::move(entries), Index(), 1, Life(5)}, forced);
    node.Persist();
  };
  append({}, {Bootstrap(), Noop(2, 2)});
  EXPECT_EQ(node.raft().cluster(), forced);
  append(At(2, 2), {Noop(2, 3)});
  EXPECT_EQ(node.raft().log().last_index(), Index(3));
  EXPECT_TRUE(node.raft().learner());
}

}  // namespace
}  // namespace tidemark::raft
