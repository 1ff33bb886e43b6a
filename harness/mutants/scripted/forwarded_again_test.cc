// n3 takes n2 for the leader, which it was, and hands a write in. n2 knows who leads now, and says
// so; it asks nobody on n3's behalf.
#include <cstdint>
#include <string>
#include <variant>

#include "gtest/gtest.h"
#include "node/server/testing/cluster.h"

namespace tidemark::server {
namespace {

TEST(Forwarding, EndsAtTheFirstNode) {
  testing::Cluster cluster({});
  cluster.Write("n1", "x", "1");
  ASSERT_EQ(cluster.leader(), "n1");
  cluster.Advance(1'000);
  bool told = false;
  int asked = 0;
  cluster.on_send = [&](const PeerMessage& message) {
    if (std::holds_alternative<Question>(message.body)) ++asked;
    const auto* answer = std::get_if<server::Answer>(&message.body);
    const auto* not_leader = answer == nullptr ? nullptr : std::get_if<NotLeader>(&answer->result);
    told = told || (not_leader != nullptr && not_leader->leader == "n1");
  };
  PeerMessage question{cluster.node("n3").raft().HeaderFor("n2"), Question{7, 8, ConfirmRead{}}};
  cluster.Deliver("n2", question);
  cluster.Advance(10);
  EXPECT_TRUE(told) << "n2 has not said who leads";
  EXPECT_EQ(asked, 0) << "n2 has passed the question on";
}

}  // namespace
}  // namespace tidemark::server
