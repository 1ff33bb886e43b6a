// Whoever is not answered asks again. A leader keeps one question once, however often it comes, and
// none for ever.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server {
namespace {

using testing::Get;
using testing::ValueOf;

constexpr int kTimes = 40;
constexpr uint64_t kLife = 77;

class RepeatedQuestion : public testing::Sessions {
 protected:
  RepeatedQuestion() {
    cluster_.Write("n2", "x", "0");
    cluster_.on_send = [this](const PeerMessage& message) {
      const auto* answer = std::get_if<server::Answer>(&message.body);
      answers_ += answer != nullptr && answer->life == kLife;
    };
  }

  // n2 asks n1, as question 1 of a life of its own.
  template <typename Ask>
  void AskN1(Ask ask) {
    cluster_.Deliver("n1", PeerMessage{cluster_.node("n2").raft().HeaderFor("n1"),
                                       Question{kLife, 1, std::move(ask)}});
  }
  // Nobody answers n1 for so long that it goes on leading.
  template <typename Ask>
  void AskWhileNobodyAnswersN1(const Ask& ask) {
    cluster_.Partition({{"n1"}, {"n2", "n3"}});
    for (int i = 0; i < kTimes; ++i) AskN1(ask);
    cluster_.Heal();
    cluster_.Advance(200);
  }

  int answers_ = 0;
};

TEST_F(RepeatedQuestion, WhetherItLeadsIsAnsweredOnce) {
  AskWhileNobodyAnswersN1(ConfirmRead{});
  EXPECT_EQ(answers_, 1);
  AskN1(ConfirmRead{});
  cluster_.Advance(200);
  EXPECT_EQ(answers_, 2) << "that answer may be lost";
}

TEST_F(RepeatedQuestion, ToServeAReadIsAnsweredOnce) {
  AskWhileNobodyAnswersN1(ServeRead{"x", raft::Index(1'000), {}});
  EXPECT_EQ(answers_, 1);
}

TEST_F(RepeatedQuestion, ForNewsIsAnsweredOnce) {
  AskWhileNobodyAnswersN1(Pull{raft::Index(1'000)});
  EXPECT_EQ(answers_, 1);
}

TEST_F(RepeatedQuestion, ToOpenAWriterAppendsOneEntry) {
  const raft::Index last = Log("n1").last_index();
  const kv::Command opening{{}, kv::OpenWriter{"n2", 5, 9}};
  cluster_.Partition({{"n1"}, {"n2", "n3"}});
  for (int i = 0; i < kTimes; ++i) AskN1(HandIn{std::make_shared<const LogCommand>(opening)});
  EXPECT_EQ(Log("n1").last_index(), last.Next());
}

// The first answer is late on a slow link: the outcome is there, and no second entry is made for
// it.
TEST_F(RepeatedQuestion, ForAWriteThatIsAppliedAppendsNothing) {
  const raft::Index last = Log("n1").last_index();
  const auto command = std::get<raft::CommandRef>(Log("n1").At(last)->body);
  ASSERT_TRUE(std::holds_alternative<kv::Write>(LogCommand::Of(command).operation));
  kv::Applied told;
  cluster_.on_send = [&](const PeerMessage& message) {
    const auto* answer = std::get_if<server::Answer>(&message.body);
    if (answer == nullptr || answer->life != kLife) return;
    ++answers_;
    told = std::get<kv::Applied>(answer->result);
  };
  for (int i = 0; i < kTimes; ++i) AskN1(HandIn{command});
  EXPECT_EQ(Log("n1").last_index(), last);
  EXPECT_EQ(answers_, kTimes) << "each may be lost";
  EXPECT_EQ(told.outcome.index, last.value());
  EXPECT_TRUE(std::holds_alternative<kv::Done>(told.outcome.result));
}

// Under its id came another value: what becomes of that the log decides.
TEST_F(RepeatedQuestion, ForAnotherWriteUnderAnIdThatIsAppliedGoesThroughTheLog) {
  const raft::Index last = Log("n1").last_index();
  kv::Command other = LogCommand::Of(std::get<raft::CommandRef>(Log("n1").At(last)->body));
  other.operation = kv::Write{"x", "other"};
  AskN1(HandIn{std::make_shared<const LogCommand>(other)});
  EXPECT_EQ(Log("n1").last_index(), last.Next());
}

// n1's disk acknowledges nothing, so that no room is made. Each copy of the question holds a value.
TEST_F(RepeatedQuestion, ThatWaitsForRoomIsHeldOnce) {
  cluster_.disk("n1").full = false;
  cluster_.disk("n1").room = 0;
  cluster_.Advance(200);
  const kv::WriteId last = LastWriteOfN1();
  std::vector<std::weak_ptr<const LogCommand>> copies;
  for (int i = 0; i < kTimes; ++i) {
    auto copy = std::make_shared<const LogCommand>(kv::Command{
        {last.writer, last.seq + 1, 0, last.key}, kv::Write{"x", std::string(4'096, '1')}});
    copies.push_back(copy);
    AskN1(HandIn{std::move(copy)});
  }
  int held = 0;
  for (const auto& copy : copies) held += !copy.expired();
  EXPECT_EQ(held, 1);
}

// The disks of n2 and n3 are full, so that the term of the new leader cannot begin.
TEST_F(RepeatedQuestion, OfWhoHasGivenUpIsForgotten) {
  for (const char* node : {"n2", "n3"}) cluster_.disk(node).room = 0;
  cluster_.Restart("n1");
  ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.leader() == "n1"; }));
  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 10; ++i) {
      cluster_.Send("n1", Get());
      cluster_.Send("n2", Get());
    }
    cluster_.Advance(1'000);
  }
  EXPECT_EQ(cluster_.leader(), "n1");
  EXPECT_LE(cluster_.node("n1").raft().open_reads(), 2u * 10u * 11u);
}

}  // namespace
}  // namespace tidemark::server
