// Random faults under many seeds; whatever happens, what was acknowledged stays so, happened once,
// and is read by whoever carries its index.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"

namespace tidemark::server {
namespace {

using testing::Cluster;

// Lost, doubled, late: drawn for each message.
std::vector<Duration> RoughFate(Random* random) {
  const int64_t roll = random->Between(0, 99);
  if (roll < 5) return {};
  const Duration late{random->Between(0, 20'000)};
  if (roll < 15) return {late, Duration{random->Between(0, 200'000)}};
  return {late};
}

// Every command appends its own number to one list, so that the list tells what happened, in which
// order and how often.
class Chaos {
 public:
  explicit Chaos(uint64_t seed)
      : random_(seed),
        cluster_({.node_ids = {"n1", "n2", "n3", "n4", "n5"},
                  .seed = seed,
                  .options = Limits(&random_),
                  .fate = RoughFate}) {
    cluster_.on_reply = [this](int64_t id, const ReplyBody& body) { Replied(id, body); };
  }

  void Run(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      Disturb();
      for (int k = 0; k < 3; ++k) Request();
      cluster_.Advance(random_.Between(0, 400));
      CheckLogs();
    }
    Converge();
  }

  int acknowledged() const { return acknowledged_; }
  int reads() const { return reads_; }

 private:
  static Options Limits(Random* random) {
    Options options;
    if (random->Between(0, 1) == 0) {
      options.raft.max_entries_per_message = static_cast<size_t>(random->Between(1, 3));
      options.raft.max_inflight_messages = static_cast<size_t>(random->Between(1, 3));
    }
    options.request_timeout = Duration::Millis(2'000);
    return options;
  }

  raft::NodeId AnyNode() { return absl::StrCat("n", random_.Between(1, 5)); }

  void Disturb() {
    const raft::NodeId node = AnyNode();
    switch (random_.Between(0, 9)) {
      case 0:
        return cluster_.Kill(node);
      case 1:
      case 2:
        for (int i = 1; i <= 5; ++i) {
          if (!cluster_.alive(absl::StrCat("n", i))) cluster_.Restart(absl::StrCat("n", i));
        }
        return;
      case 3:
        return cluster_.Partition({{node}, Others(node)});
      case 4: {
        const raft::NodeId other = AnyNode();
        return cluster_.Partition({{node, other}, Others(node, other)});
      }
      case 5:
      case 6:
        return cluster_.Heal();
      default:
        return;
    }
  }

  std::vector<raft::NodeId> Others(const raft::NodeId& a, const raft::NodeId& b = "") {
    std::vector<raft::NodeId> others;
    for (int i = 1; i <= 5; ++i) {
      const raft::NodeId id = absl::StrCat("n", i);
      if (id != a && id != b) others.push_back(id);
    }
    return others;
  }

  void Request() {
    const raft::NodeId node = AnyNode();
    if (!cluster_.alive(node)) return;
    if (random_.Between(0, 1) == 0) {
      const int number = next_number_++;
      kv::Txn append{{{kv::TxnOp::Kind::kAppend, "list", absl::StrCat(number)}}};
      // The answer can come before Send returns: a node that leads may refuse at once.
      writes_[cluster_.Send(node, WriteRequest{append})] = number;
    } else if (random_.Between(0, 2) == 0) {
      const Expected expected{.at_least = acknowledged_list_};
      reads_expected_[cluster_.Send(node, ReadRequest{"list"})] = expected;
    } else {
      const Expected expected{.at_least = session_list_};
      const RywReadRequest read{"list", session_index_, random_.Between(0, 3) > 0, {}};
      auto id = cluster_.Send(node, read);
      reads_expected_[id] = expected;
      if (cluster_.Answer(id) != nullptr) CheckRead(id, *cluster_.Answer(id));
    }
  }

  void Replied(int64_t id, const ReplyBody& body) {
    if (const auto* ok = std::get_if<TxnOk>(&body)) {
      ++acknowledged_;
      const int number = writes_.at(id);
      acknowledged_list_.push_back(number);
      if (ok->commit_index > session_index_) {
        session_index_ = ok->commit_index;
        session_list_ = {number};
      }
      done_.push_back(number);
    } else if (const auto* error = std::get_if<Error>(&body)) {
      if (error->code != ErrorCode::kIndefinite && writes_.contains(id)) {
        never_.push_back(writes_.at(id));
      }
    }
    if (reads_expected_.contains(id)) CheckRead(id, body);
  }

  void CheckRead(int64_t id, const ReplyBody& body) {
    std::string text;
    if (const auto* ok = std::get_if<ReadOk>(&body)) text = ok->value;
    if (const auto* ok = std::get_if<RywReadOk>(&body)) text = ok->value;
    if (const auto* error = std::get_if<Error>(&body)) {
      if (error->code == ErrorCode::kPreconditionFailed) {
        ADD_FAILURE() << "a token that was given is called false: " << error->text;
      }
      if (error->code != ErrorCode::kKeyMissing) return;
      text = "[]";
    }
    ++reads_;
    const std::vector<int> seen = Numbers(text);
    for (const int number : reads_expected_.at(id).at_least) {
      EXPECT_TRUE(std::find(seen.begin(), seen.end(), number) != seen.end())
          << "a read missed " << number << ": " << text;
    }
  }

  static std::vector<int> Numbers(const std::string& list) {
    std::vector<int> numbers;
    for (auto piece : absl::StrSplit(list.substr(1, list.size() - 2), ',', absl::SkipEmpty())) {
      int number = 0;
      EXPECT_TRUE(absl::SimpleAtoi(piece, &number));
      numbers.push_back(number);
    }
    return numbers;
  }

  // State Machine Safety (paper, figure 3): what one node has committed at an index, no other has
  // otherwise.
  void CheckLogs() {
    for (int i = 1; i <= 5; ++i) {
      const raft::NodeId id = absl::StrCat("n", i);
      if (!cluster_.alive(id)) continue;
      const raft::Raft& raft = cluster_.node(id).raft();
      for (raft::Index at(1); at <= raft.commit_index(); at = at.Next()) {
        const raft::Term term = raft.log().TermAt(at);
        const auto [known, fresh] = committed_.emplace(at, term);
        ASSERT_EQ(known->second, term) << "index " << at.value() << " at " << id;
      }
    }
  }

  void Converge() {
    cluster_.Heal();
    for (int i = 1; i <= 5; ++i) {
      if (!cluster_.alive(absl::StrCat("n", i))) cluster_.Restart(absl::StrCat("n", i));
    }
    cluster_.Advance(10'000);
    const ReplyBody last = cluster_.Read("n1", "list");
    ASSERT_TRUE(std::holds_alternative<ReadOk>(last)) << std::get<Error>(last).text;
    std::vector<int> list = Numbers(std::get<ReadOk>(last).value);
    for (const int number : done_) {
      EXPECT_EQ(std::count(list.begin(), list.end(), number), 1) << number;
    }
    for (const int number : never_) {
      EXPECT_EQ(std::count(list.begin(), list.end(), number), 0) << number;
    }
    std::sort(list.begin(), list.end());
    EXPECT_TRUE(std::adjacent_find(list.begin(), list.end()) == list.end()) << "twice";
    cluster_.Advance(2'000);
    for (int i = 2; i <= 5; ++i) {
      EXPECT_EQ(cluster_.node(absl::StrCat("n", i)).machine().Hash(),
                cluster_.node("n1").machine().Hash());
    }
  }

  struct Expected {
    std::vector<int> at_least;
  };

  Random random_;
  Cluster cluster_;
  std::map<int64_t, int> writes_;
  std::map<int64_t, Expected> reads_expected_;
  std::map<raft::Index, raft::Term> committed_;
  std::vector<int> acknowledged_list_;
  std::vector<int> session_list_;
  raft::Index session_index_;
  std::vector<int> done_;
  std::vector<int> never_;
  int next_number_ = 1;
  int acknowledged_ = 0;
  int reads_ = 0;
};

TEST(Chaos, NothingAcknowledgedIsLostDoubledOrMissedByAReader) {
  int acknowledged = 0;
  int reads = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Chaos chaos(seed);
    chaos.Run(60);
    acknowledged += chaos.acknowledged();
    reads += chaos.reads();
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
  // The faults must leave something to check.
  EXPECT_GT(acknowledged, 1'000);
  EXPECT_GT(reads, 1'000);
}

}  // namespace
}  // namespace tidemark::server
