// What a node holds for its clients, in bytes: requests that are open, and answers that have not
// been written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/server/requests.h"
#include "node/server/sizes.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server::testing {
namespace {

constexpr size_t kLong = 1'000;

std::string Long(char c) { return '"' + std::string(kLong - 2, c) + '"'; }

RequestBody PutLong() { return WriteRequest{kv::Write{"x", Long('v')}, {}}; }

void Isolate(Cluster* cluster) { cluster->Partition({{"n1"}, {"n2"}, {"n3"}}); }

class OpenRequests : public ::testing::Test {
 protected:
  OpenRequests() : cluster_({.options = {.max_open_bytes = 10'000}}) {
    cluster_.Write("n1", "x", "0");
    cluster_.Advance(200);
    Isolate(&cluster_);
  }

  // How many of `count` such requests n2 takes; the others are told to come back.
  int Taken(const RequestBody& body, int count) {
    int taken = 0;
    for (int i = 0; i < count; ++i) {
      const ReplyBody* answer = cluster_.Answer(cluster_.Send("n2", body));
      if (answer == nullptr) {
        ++taken;
        continue;
      }
      EXPECT_EQ(AsError(*answer).reason, Reason::kOverloaded);
      EXPECT_EQ(AsError(*answer).code, ErrorCode::kUnavailable);
      EXPECT_TRUE(AsError(*answer).retry_after_ms);
    }
    return taken;
  }

  Cluster cluster_;
};

TEST_F(OpenRequests, WritesAreBoundedInBytes) {
  const int taken = Taken(PutLong(), 20);
  EXPECT_GE(taken, 5);
  EXPECT_LE(taken, 9);
}

TEST_F(OpenRequests, ReadsAreBoundedInBytes) {
  const int taken = Taken(ReadRequest{Long('k')}, 20);
  EXPECT_GE(taken, 5);
  EXPECT_LE(taken, 9);
}

TEST_F(OpenRequests, RywReadsAreBoundedInBytes) {
  const int taken = Taken(RywReadRequest{Long('k'), raft::Index(100), true, {}}, 20);
  EXPECT_GE(taken, 4);
  EXPECT_LE(taken, 9);
}

TEST_F(OpenRequests, KindsAreCountedTogether) {
  const int writes = Taken(PutLong(), 3);
  const int reads = Taken(ReadRequest{Long('k')}, 3);
  const int ryw_reads = Taken(RywReadRequest{Long('k'), raft::Index(100), true, {}}, 20);
  EXPECT_EQ(writes, 3);
  EXPECT_EQ(reads, 3);
  EXPECT_LE(ryw_reads, 3);
}

// A txn of many small operations takes many times its text.
TEST_F(OpenRequests, SmallOperationsCountWithWhatTheyHangOn) {
  kv::Txn txn;
  for (int i = 0; i < 100; ++i) txn.ops.push_back({kv::TxnOp::Kind::kRead, "1", ""});
  EXPECT_LE(Taken(WriteRequest{txn, {}}, 20), 2);
}

TEST_F(OpenRequests, OneThatIsAloneIsTakenHoweverLong) {
  const RequestBody huge = WriteRequest{kv::Write{"x", std::string(50'000, '1')}, {}};
  EXPECT_EQ(Taken(huge, 2), 1);
}

TEST_F(OpenRequests, ThoseThatAreAnsweredMakeRoom) {
  EXPECT_GE(Taken(PutLong(), 20), 5);
  cluster_.Advance(11'000);
  EXPECT_GE(Taken(ReadRequest{Long('k')}, 20), 5);
  cluster_.Advance(11'000);
  EXPECT_GE(Taken(RywReadRequest{Long('k'), raft::Index(100), true, {}}, 20), 4);
  cluster_.Heal();
  cluster_.Advance(11'000);
  EXPECT_EQ(IndexOf(cluster_.Ask("n2", PutLong())) > 0, true);
  EXPECT_EQ(cluster_.node("n2").open_requests().all(), 0u);
}

// A value of kLong bytes under x. No step may say more than two of them.
class SaidInPieces : public ::testing::Test {
 protected:
  static constexpr size_t kPerStep = 1'500;
  static constexpr int kMany = 40;

  SaidInPieces() : cluster_({.options = {.answer_bytes_per_step = kPerStep}}) {
    cluster_.Ask("n1", PutLong());
    cluster_.Advance(200);
    cluster_.on_output = [this](const Output& out) { Look(out); };
  }

  void Look(const Output& out) {
    size_t said = 0;
    for (const Reply& reply : out.replies) said += AnswerBytes(reply.body);
    for (const PeerMessage& message : out.send_now) {
      const auto* answer = std::get_if<Answer>(&message.body);
      if (answer == nullptr) continue;
      said += std::visit([](const auto& result) { return AnswerBytes(result); }, answer->result);
    }
    longest_ = std::max(longest_, said);
    unfinished_ += out.unfinished ? 1 : 0;
  }

  void ExpectAllTold(const std::vector<int64_t>& asked) {
    for (const int64_t one : asked) {
      ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(one) != nullptr; }));
      EXPECT_EQ(ValueOf(*cluster_.Answer(one)), Long('v'));
    }
    EXPECT_LE(longest_, kPerStep + 2 * kLong) << "what is said last may go beyond";
    EXPECT_GE(unfinished_, kMany / 4);
  }

  // What goes to `node` on behalf of clients is kept until DeliverKept.
  template <typename Kind>
  void Keep(const raft::NodeId& node) {
    cluster_.lose = [this, node](const PeerMessage& message) {
      const bool kept = message.header.to.id == node && std::holds_alternative<Kind>(message.body);
      if (kept) kept_.emplace_back(message);
      return kept;
    };
  }

  void DeliverKept(const raft::NodeId& node) {
    cluster_.lose = nullptr;
    ASSERT_GE(kept_.size(), size_t{kMany});
    cluster_.DeliverTogether(node, std::move(kept_));
  }

  std::vector<int64_t> AskMany(const raft::NodeId& node, const RequestBody& body) {
    std::vector<int64_t> asked;
    for (int i = 0; i < kMany; ++i) asked.push_back(cluster_.Send(node, body));
    return asked;
  }

  Cluster cluster_;
  size_t longest_ = 0;
  int unfinished_ = 0;
  std::vector<Input> kept_;
};

TEST_F(SaidInPieces, ReadsThatOneEntryReleasesAreAnsweredInPieces) {
  cluster_.lose = [](const PeerMessage& message) { return message.header.to.id == "n3"; };
  const uint64_t index = IndexOf(cluster_.Ask("n1", PutLong()));
  const auto asked =
      AskMany("n3", RywReadRequest{"x", raft::Index(index), true, Duration::Millis(10'000)});
  cluster_.lose = nullptr;
  ExpectAllTold(asked);
}

TEST_F(SaidInPieces, ReadsThatOneRoundConfirmsAreAnsweredInPieces) {
  ASSERT_TRUE(cluster_.node("n1").raft().leads());
  ExpectAllTold(AskMany("n1", ReadRequest{"x"}));
}

TEST_F(SaidInPieces, ReadsThatAFollowerConfirmsAreAnsweredInPieces) {
  Keep<server::Answer>("n2");
  const auto asked = AskMany("n2", ReadRequest{"x"});
  cluster_.Advance(20);
  DeliverKept("n2");
  for (const int64_t one : asked) EXPECT_NE(cluster_.Answer(one), nullptr) << "at once";
  ExpectAllTold(asked);
}

TEST_F(SaidInPieces, ALeaderAnswersForwardedReadsInPieces) {
  const uint64_t index = cluster_.node("n1").applied().value();
  Keep<Question>("n1");
  const auto asked = AskMany("n3", RywReadRequest{"x", raft::Index(index), false, {}});
  DeliverKept("n1");
  ExpectAllTold(asked);
}

TEST_F(SaidInPieces, TransactionsThatAreCommittedTogetherAreAppliedInPieces) {
  const kv::Txn reads{{{kv::TxnOp::Kind::kRead, "\"x\"", ""}, {kv::TxnOp::Kind::kRead, "x", ""}}};
  std::vector<int64_t> asked;
  std::vector<Input> together;
  for (int64_t id = 1'000; id < 1'000 + kMany; ++id) {
    asked.push_back(id);
    together.emplace_back(ClientRequest{{"c1", id}, WriteRequest{reads, {}}, {}});
  }
  cluster_.DeliverTogether("n1", std::move(together));
  for (const int64_t one : asked) {
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(one) != nullptr; }));
    const auto* ok = std::get_if<TxnOk>(cluster_.Answer(one));
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(ok->ops[1].value, Long('v'));
  }
  EXPECT_LE(longest_, kPerStep + 2 * kLong);
  EXPECT_GE(unfinished_, kMany / 4);
}

// Suspended between two pieces: those that have not been answered are refused, and none is lost.
TEST_F(SaidInPieces, WhatIsLeftWhenTheLeaderIsDeposedIsAnswered) {
  const auto asked = AskMany("n1", ReadRequest{"x"});
  cluster_.Advance(1);
  Isolate(&cluster_);
  for (const int64_t one : asked) {
    EXPECT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.Answer(one) != nullptr; }));
  }
}

}  // namespace
}  // namespace tidemark::server::testing
