// How many messages nodes send each other for what clients ask: five nodes, two clients at each,
// and a third each of reads, writes and compare-and-swaps of one key, as Maelstrom's lin-kv has it.
// All are counted: heartbeats, and those by which states are compared, too.
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"

namespace tidemark::server {
namespace {

using testing::Cluster;

constexpr std::array<const char*, 5> kNodes = {"n1", "n2", "n3", "n4", "n5"};
constexpr int kClients = 10;
constexpr int64_t kOperations = 2'000;

class Load {
 public:
  // Each client asks again 0 to 2 x `think_ms` after it was answered.
  explicit Load(int64_t think_ms)
      : think_ms_(think_ms), cluster_({.node_ids = {kNodes.begin(), kNodes.end()}}) {
    for (const char* node : kNodes) (void)cluster_.Write(node, "0", "0");
    cluster_.Advance(100);
    for (int client = 0; client < kClients; ++client) Rest(client);
    cluster_.on_reply = [this](int64_t /*msg_id*/, const ReplyBody&) { ++done_; };
  }

  double MessagesForAnOperation() {
    const int64_t before = cluster_.messages_sent();
    while (done_ < kOperations) {
      while (!due_.empty() && due_.begin()->first <= cluster_.now_ms()) {
        const int client = due_.extract(due_.begin()).mapped();
        asked_[client] = cluster_.Send(kNodes[client % kNodes.size()], Next());
      }
      cluster_.Advance(1);
      for (auto it = asked_.begin(); it != asked_.end();) {
        if (cluster_.Answer(it->second) == nullptr) {
          ++it;
        } else {
          Rest(it->first);
          it = asked_.erase(it);
        }
      }
    }
    return static_cast<double>(cluster_.messages_sent() - before) / static_cast<double>(done_);
  }

 private:
  void Rest(int client) {
    due_.emplace(cluster_.now_ms() + random_.Between(0, 2 * think_ms_), client);
  }
  RequestBody Next() {
    const std::string value = std::to_string(random_.Between(0, 4));
    switch (random_.Between(0, 2)) {
      case 0:
        return ReadRequest{"0"};
      case 1:
        return WriteRequest{kv::Write{"0", value}};
      default:
        return WriteRequest{kv::Cas{"0", value, std::to_string(random_.Between(0, 4)), false}};
    }
  }

  const int64_t think_ms_;
  Cluster cluster_;
  Random random_{7};
  std::map<int, int64_t> asked_;     // by client: as which msg_id
  std::multimap<int64_t, int> due_;  // by time: who asks next
  int64_t done_ = 0;
};

double Messages(int64_t think_ms) {
  const double messages = Load(think_ms).MessagesForAnOperation();
  ::testing::Test::RecordProperty("think_" + std::to_string(think_ms), std::to_string(messages));
  return messages;
}

// Answered notices are 2.7 more where operations seldom meet, rounds that ask everybody 1.3,
// heartbeats that nobody is spared 1.5.
TEST(Messages, ForAnOperation) {
  EXPECT_LE(Messages(0), 9.0);
  EXPECT_LE(Messages(5), 9.5);
  EXPECT_LE(Messages(10), 10.0);
  EXPECT_LE(Messages(100), 11.0) << "some 100 operations a second: few meet each other";
}

}  // namespace
}  // namespace tidemark::server
