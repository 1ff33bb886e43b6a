// The first request of a cluster's life is a read at n2. Its read index is the bootstrap entry, of
// which n2 hears twice: that it is the read's index, and, later, that it is committed. What then
// raises n2's applied index is no command, and must wake the read all the same.
#include <cstdint>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/server/testing/cluster.h"

namespace tidemark::server {
namespace {

class NoopTest : public ::testing::Test {
 protected:
  NoopTest() : cluster_({.fate = [this](Random*) { return Fate(); }}) {
    cluster_.on_send = [this](const PeerMessage& message) {
      const auto* answer = std::get_if<server::Answer>(&message.body);
      answered_ = answered_ || (answer != nullptr && message.header.to.id == "n2");
      is_news_ = IsNews(message);
    };
  }

  static bool IsNews(const PeerMessage& message) {
    const auto* body = std::get_if<raft::Body>(&message.body);
    const auto* append = body == nullptr ? nullptr : std::get_if<raft::AppendEntries>(body);
    return append != nullptr && append->commit_index && message.header.to.id == "n2";
  }
  // Word of the commit is lost until the read has been answered by the leader.
  std::vector<Duration> Fate() const {
    if (is_news_ && !answered_) return {};
    return {Duration{}};
  }

  bool is_news_ = false;
  bool answered_ = false;
  testing::Cluster cluster_;
};

TEST_F(NoopTest, WakesTheReadThatWaitsForIt) {
  const int64_t read = cluster_.Send("n2", ReadRequest{"x"});
  EXPECT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(read) != nullptr; }, 2'000))
      << "the entry came and woke nobody";
}

}  // namespace
}  // namespace tidemark::server
