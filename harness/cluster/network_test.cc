#include "harness/cluster/network.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tidemark::cluster {
namespace {

using Strings = std::vector<std::string>;

constexpr Time At(int64_t ms) { return Time{ms * 1000}; }

class NetworkTest : public ::testing::Test {
 protected:
  // All that arrives up to then, in order.
  Strings Arrived(int64_t ms) {
    Strings lines;
    while (auto delivery = network_.TakeDue(At(ms))) lines.push_back(delivery->line);
    return lines;
  }
  void Send(const std::string& from, const std::string& to, const std::string& line, int64_t ms) {
    network_.Send(from, to, line, At(ms));
  }

  Network network_{Duration::Millis(1)};
};

TEST_F(NetworkTest, DeliversAfterTheDelay) {
  Send("n1", "n2", "a", 10);
  EXPECT_EQ(network_.NextDelivery(), At(11));
  EXPECT_EQ(Arrived(10), Strings{});
  EXPECT_EQ(Arrived(11), Strings{"a"});
  EXPECT_EQ(network_.NextDelivery(), Time::Never());
}

TEST_F(NetworkTest, OrdersByTimeThenBySending) {
  network_.SetDelay("n1", "n3", Duration::Millis(5));
  Send("n1", "n3", "late", 0);
  Send("n2", "n1", "first", 0);
  Send("n1", "n2", "second", 0);
  Send("n3", "n1", "third", 4);
  EXPECT_EQ(Arrived(10), (Strings{"first", "second", "late", "third"}));
}

TEST_F(NetworkTest, ALinkIsFirstInFirstOutThoughItsDelayShrinks) {
  network_.SetDelay("n1", "n2", Duration::Millis(10));
  Send("n1", "n2", "a", 0);
  network_.SetDelay(Duration::Millis(1));
  Send("n1", "n2", "b", 1);
  Send("n2", "n1", "other way", 1);
  EXPECT_EQ(Arrived(9), Strings{"other way"});
  EXPECT_EQ(Arrived(10), (Strings{"a", "b"}));
}

TEST_F(NetworkTest, APartitionLosesWhatIsSentAcrossIt) {
  network_.Partition({{"n1"}, {"n2", "n3"}});
  Send("n1", "n2", "lost", 0);
  Send("n2", "n3", "inside", 0);
  network_.Heal();
  Send("n1", "n2", "healed", 1);
  EXPECT_EQ(Arrived(10), (Strings{"inside", "healed"}));
}

TEST_F(NetworkTest, APartitionLosesWhatWouldArriveDuringIt) {
  Send("n1", "n2", "in flight", 0);
  network_.Partition({{"n1"}});
  EXPECT_EQ(Arrived(1), Strings{});
  network_.Heal();
  EXPECT_EQ(Arrived(10), Strings{}) << "it must not come back";
}

TEST_F(NetworkTest, WhatArrivesAfterTheHealingArrives) {
  network_.SetDelay(Duration::Millis(10));
  Send("n1", "n2", "slow", 0);
  network_.Partition({{"n1"}});
  EXPECT_EQ(Arrived(5), Strings{});
  network_.Heal();
  EXPECT_EQ(Arrived(10), Strings{"slow"});
}

TEST_F(NetworkTest, NamesInNoGroupAreOneGroup) {
  network_.Partition({{"n1"}});
  Send("n2", "n3", "rest", 0);
  Send("n3", "n1", "lost", 0);
  EXPECT_EQ(Arrived(1), Strings{"rest"});
}

TEST_F(NetworkTest, ANewPartitionReplacesTheOld) {
  network_.Partition({{"n1"}});
  network_.Partition({{"n2"}});
  Send("n1", "n3", "a", 0);
  EXPECT_EQ(Arrived(1), Strings{"a"});
}

TEST_F(NetworkTest, ADropIsOneWay) {
  network_.Drop("n1", "n2");
  Send("n1", "n2", "lost", 0);
  Send("n2", "n1", "back", 0);
  EXPECT_EQ(Arrived(1), Strings{"back"});
  network_.Heal();
  Send("n1", "n2", "there", 1);
  EXPECT_EQ(Arrived(2), Strings{"there"});
}

}  // namespace
}  // namespace tidemark::cluster
