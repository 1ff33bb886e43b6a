#include "client_cli/delivery.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client_cli/played_nodes.h"
#include "client_cli/render.h"
#include "gtest/gtest.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

using wire::Json;
using Lines = std::vector<std::string>;

constexpr char kOpenOk[] = R"({"type": "open_ok", "client": 37, "key": "00000000000000ab"})";
constexpr char kTimedOut[] = R"({"type": "error", "code": 13, "text": "late",
                                 "reason": "timed_out", "write_id": {"writer": 37, "seq": 1,
                                              "tag": "9e1c5122b32d0564"}})";
constexpr char kForgotten[] =
    R"({"type": "error", "code": 13, "text": "forgotten", "reason": "outcome_forgotten"})";
constexpr char kNoLeader[] =
    R"({"type": "error", "code": 11, "text": "no leader", "reason": "no_leader"})";

std::string WriteOk(int index) {
  return Concat(R"({"type": "write_ok", "commit_index": )", index,
                R"(, "session": {"cluster": "9f3a1c20", "index": )", index,
                R"(, "term": 2, "stamp": "5be1c09a"}})");
}
std::string FateOk(std::string_view outcome) {
  return Concat(R"({"type": "fate_ok", "outcome": ")", outcome, R"("})");
}

// A session at three nodes that has 900 ms of patience, and what it tells.
class DeliveryTest : public ::testing::Test, private Teller {
 protected:
  // Carries out `write x 1`, n1 first.
  bool Write() {
    return delivery_.Deliver("write x 1",
                             client::Write{Json::String("x"), Json::Number(int64_t{1})},
                             {"n1", "n2", "n3"});
  }
  // The same after another one, for which a client id was opened.
  bool WriteAgain() {
    nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, WriteOk(4)}});
    EXPECT_TRUE(Write());
    told_.clear();
    nodes_.TakeSent();
    return Write();
  }

  PlayedNodes nodes_{{"n1", "n2", "n3"}};
  Session session_;
  Delivery delivery_{&nodes_, &session_, this, Duration::Millis(900)};
  Lines told_;
  std::optional<WriteName> open_;  // of the failure that was told last

 private:
  void TellReply(const Asked& asked, const Answer& answer) override {
    told_.push_back(RenderReply(asked, answer.body));
  }
  void TellFailure(std::string_view reason, const std::string& text,
                   const std::optional<WriteName>& open) override {
    told_.push_back(Concat(reason, ": ", text));
    open_ = open;
  }
};

TEST_F(DeliveryTest, OpensAClientBeforeTheFirstWriteOnly) {
  nodes_.Play("n1", {Replies{5, kOpenOk}, Replies{5, WriteOk(4)}, Replies{5, WriteOk(5)}});
  EXPECT_TRUE(Write());
  EXPECT_TRUE(Write());
  EXPECT_EQ(
      nodes_.TakeSent(),
      (Lines{
          R"(0 n1 <- {"type": "open"})",
          R"(5 n1 <- {"type": "write", "key": "x", "value": 1, "once": {"client": 37, "seq": 1, )"
          R"("key": "00000000000000ab", "first_unanswered": 1}, "session": {}})",
          R"(10 n1 <- {"type": "write", "key": "x", "value": 1, "once": {"client": 37, "seq": 2, )"
          R"("key": "00000000000000ab", "first_unanswered": 2}, "session": {"cluster": "9f3a1c20", "index": 4, "term": 2, )"
          R"("stamp": "5be1c09a"}})"}));
  EXPECT_EQ(told_, (Lines{"ok at index 4 (n1, 10 ms)", "ok at index 5 (n1, 5 ms)"}));
  EXPECT_EQ(session_.index(), 5u);
}

TEST_F(DeliveryTest, TheVerySameWriteGoesToTheNextNode) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Dies{10}});
  nodes_.Play("n2", {Replies{20, WriteOk(4)}});
  EXPECT_TRUE(Write());
  Lines sent = nodes_.TakeSent();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[1].substr(0, 9), "1 n1 <- {");
  EXPECT_EQ(sent[2].substr(0, 10), "11 n2 <- {");
  EXPECT_EQ(sent[1].substr(8), sent[2].substr(9));
  EXPECT_EQ(told_, Lines{"ok at index 4 (n2, 31 ms; n1 ended)"});
}

TEST_F(DeliveryTest, ASilentNodeDoesNotStopAWrite) {
  nodes_.Play("n2", {Replies{20, WriteOk(5)}});
  EXPECT_TRUE(WriteAgain());
  EXPECT_EQ(told_, Lines{"ok at index 5 (n2, 320 ms; n1 did not answer)"});
}

TEST_F(DeliveryTest, ARefusalIsAnOutcome) {
  nodes_.Play("n1", {Replies{1, kOpenOk},
                     Replies{1, R"({"type": "error", "code": 22, "text": "holds 2, not 1"})"}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_, Lines{"error 22: holds 2, not 1 (n1, 2 ms)"});
}

TEST_F(DeliveryTest, ARefusedSessionKeepsWhatItHas) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, WriteOk(4)},
                     Replies{1, R"({"type": "error", "code": 22, "text": "another history",
                                    "reason": "token_lost_history"})"}});
  EXPECT_TRUE(Write());
  EXPECT_FALSE(Write());
  EXPECT_EQ(session_.index(), 4u);
}

// --- A client id that is forgotten ---

TEST_F(DeliveryTest, AForgottenClientIsOpenedAnewForAWriteThatWasNeverSent) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, kForgotten},
                     Replies{1, R"({"type": "open_ok", "client": 50, "key": "00000000000000cd"})"},
                     Replies{1, WriteOk(51)}});
  EXPECT_TRUE(Write());
  EXPECT_NE(nodes_.TakeSent()[3].find(R"("once": {"client": 50, "seq": 1, )"), std::string::npos);
  EXPECT_EQ(told_, Lines{"ok at index 51 (n1, 4 ms)"});
}

TEST_F(DeliveryTest, NotForOneThatWasSentBefore) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Dies{1}});
  nodes_.Play("n2", {Replies{1, kForgotten}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(nodes_.TakeSent().size(), 3u);
  EXPECT_EQ(told_, Lines{"error 13: forgotten; `read` shows what is there (n2, 3 ms; n1 ended)"});
}

TEST_F(DeliveryTest, NotForEver) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, kForgotten}, Replies{1, kOpenOk},
                     Replies{1, kForgotten}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(nodes_.TakeSent().size(), 4u);
}

// --- A client id that is not to be had ---

TEST_F(DeliveryTest, WithoutAClientNothingIsSent) {
  nodes_.Play("n1", {Replies{1, kNoLeader}});
  nodes_.Play("n2", {Replies{1, kNoLeader}});
  nodes_.Play("n3", {Replies{1, kNoLeader}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(nodes_.TakeSent().size(), 3u);
  EXPECT_EQ(told_, Lines{"error 11: no leader; nothing is written: it was asked for a client id "
                         "first (n3, 3 ms)"});
}

TEST_F(DeliveryTest, NobodyAnswersForAClient) {
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_, Lines{"no_answer: n1, n2 and n3 have not answered within 900 ms; nothing is "
                         "written: it was asked for a client id first"});
  EXPECT_EQ(open_, std::nullopt);
}

TEST_F(DeliveryTest, AnotherNodeOpensIt) {
  nodes_.Play("n1", {Dies{1}});
  nodes_.Play("n2", {Replies{1, kOpenOk}, Replies{1, WriteOk(4)}});
  EXPECT_TRUE(Write());
  EXPECT_EQ(told_, Lines{"ok at index 4 (n2, 3 ms)"});
}

// --- Nothing was handed in ---

TEST_F(DeliveryTest, WhatNobodyHandedInDidNotHappen) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, R"({"type": "error", "code": 11,
      "text": "too many", "reason": "overloaded", "retry_after_ms": 50})"}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_, Lines{"error 11: too many; try again in 50 ms (n1, 2 ms)"});
}

// n1 may have handed it in before it died: that n2 has not says nothing.
TEST_F(DeliveryTest, ThatOneNodeDidNothingSaysNothingOfAnother) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Dies{1}});
  nodes_.Play("n2", {Replies{1, kNoLeader}, Replies{1, FateOk("cancelled")}});
  nodes_.Play("n3", {Replies{1, kNoLeader}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_,
            (Lines{"node_ended: n1 ended before it answered; asking what came of it",
                   "it did not happen and will not (cancelled): safe to do again (n2, 5 ms)"}));
}

// --- Its fate ---

TEST_F(DeliveryTest, AnOpenOutcomeIsSettledAtAnotherNode) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{100, kTimedOut}});
  nodes_.Play("n2",
              {Replies{1, R"({"type": "fate_ok", "outcome": "committed", "commit_index": 9})"}});
  EXPECT_TRUE(Write());
  EXPECT_EQ(nodes_.TakeSent()[2],
            R"(101 n2 <- {"type": "fate", "write_id": {"writer": 37, "seq": 1, )"
            R"("tag": "9e1c5122b32d0564"}, "session": {}})");
  EXPECT_EQ(
      told_,
      (Lines{"error 13: late; `fate 37 1 9e1c5122b32d0564` tells what came of it (n1, 101 ms)",
             "it was committed at index 9 (n2, 102 ms)"}));
  EXPECT_EQ(session_.last_write_index(), 9u);
}

TEST_F(DeliveryTest, OnceItIsSettledItCountsAsAnswered) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, kTimedOut}, Replies{1, WriteOk(9)}});
  nodes_.Play("n2", {Replies{1, FateOk("cancelled")}});
  EXPECT_FALSE(Write());
  nodes_.TakeSent();
  EXPECT_TRUE(Write());
  EXPECT_NE(
      nodes_.TakeSent()[0].find(R"("seq": 2, "key": "00000000000000ab", "first_unanswered": 2})"),
      std::string::npos);
}

TEST_F(DeliveryTest, WhatIsNotSettledStaysUnanswered) {
  nodes_.Play("n1",
              {Replies{1, kOpenOk}, Replies{1, kTimedOut}, KeepsSilent{}, Replies{1, WriteOk(9)}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_.back(),
            "fate_not_known: what came of it is not known yet: n2, n3 and n1 have not answered "
            "within 900 ms; `fate 37 1` asks again");
  EXPECT_EQ(open_, (WriteName{37, 1}));
  nodes_.TakeSent();
  EXPECT_TRUE(Write());
  EXPECT_NE(
      nodes_.TakeSent()[0].find(R"("seq": 2, "key": "00000000000000ab", "first_unanswered": 1})"),
      std::string::npos);
}

TEST_F(DeliveryTest, NobodyAnswersUntilTheDeadline) {
  nodes_.Play("n2", {KeepsSilent{}});
  nodes_.Play("n3", {KeepsSilent{}, KeepsSilent{}});
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, WriteOk(4)}, KeepsSilent{}, KeepsSilent{}});
  nodes_.Play("n2", {Replies{1, FateOk("unknown")}});
  EXPECT_TRUE(Write());
  told_.clear();
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_, (Lines{"no_answer: n1, n2 and n3 have not answered within 900 ms; asking what "
                          "came of it",
                          "not known any more: it may have happened; `read` shows what is there "
                          "(n2, 1201 ms; n1 did not answer)"}));
}

TEST_F(DeliveryTest, AFateThatIsLateIsAskedForElsewhere) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, kTimedOut}});
  nodes_.Play("n2", {Replies{1, kTimedOut}});
  nodes_.Play("n3", {Replies{1, R"({"type": "fate_ok", "outcome": "refused", "code": 20})"}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_.back(), "it was refused: error 20, the key did not exist (n3, 4 ms)");
}

TEST_F(DeliveryTest, EverybodyDies) {
  nodes_.Play("n1", {Replies{1, kOpenOk}, Dies{1}});
  nodes_.Play("n2", {Dies{1}});
  nodes_.Play("n3", {Dies{1}});
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_,
            (Lines{"node_ended: n1, n2 and n3 ended before they answered; asking what came of it",
                   "not_running: no node runs that could tell what came of it: `restart` one, then "
                   "`fate 37 1`"}));
  told_.clear();
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_, Lines{"not_running: n1 is not running; `restart n1` brings it back"});
}

// --- Nobody waits any more ---

TEST_F(DeliveryTest, AnInterruptionLeavesItOpen) {
  nodes_.Play("n1", {Replies{1, kOpenOk}});
  nodes_.InterruptAt(50);
  EXPECT_FALSE(Write());
  EXPECT_EQ(told_, Lines{"interrupted: stopped waiting for n1 after 49 ms; whether it happens is "
                         "unknown: `fate 37 1` tells"});
  EXPECT_EQ(open_, (WriteName{37, 1}));
  EXPECT_EQ(nodes_.TakeSent().size(), 2u) << "nobody waits: its fate is not asked for";

  const Answer late{2, "", *wire::ParseJson(WriteOk(7)), 60};
  EXPECT_EQ(delivery_.TakeLate(late), "answered after all: write x 1: ok at index 7 (n1, 60 ms)");
  EXPECT_EQ(delivery_.TakeLate(late), std::nullopt);
}

TEST_F(DeliveryTest, OfManyLateAnswersTheFirstThatSettlesItIsTold) {
  nodes_.Play("n1", {Replies{1, kOpenOk}});
  nodes_.InterruptAt(500);  // n1 and n2 were asked
  EXPECT_FALSE(Write());
  EXPECT_EQ(delivery_.TakeLate({2, "", *wire::ParseJson(kNoLeader)}), std::nullopt);
  EXPECT_EQ(delivery_.TakeLate({3, "", *wire::ParseJson(WriteOk(7)), 60}),
            "answered after all: write x 1: ok at index 7 (n2, 60 ms)");
}

TEST_F(DeliveryTest, WhatIsSettledIsNotToldAgain) {
  nodes_.Play("n1", {Replies{1, kOpenOk}});
  nodes_.InterruptAt(50);
  EXPECT_FALSE(Write());
  delivery_.Settle({37, 1});
  EXPECT_EQ(delivery_.TakeLate({2, "", *wire::ParseJson(WriteOk(7))}), std::nullopt);
}

TEST_F(DeliveryTest, ANewSessionHasANewClient) {
  nodes_.Play("n1", {Replies{1, kOpenOk}});
  nodes_.InterruptAt(50);
  EXPECT_FALSE(Write());
  nodes_.TakeSent();
  delivery_.Forget();
  EXPECT_EQ(delivery_.TakeLate({2, "", *wire::ParseJson(WriteOk(7))}), std::nullopt);
  nodes_.Play("n1", {Replies{1, kOpenOk}, Replies{1, WriteOk(9)}});
  EXPECT_TRUE(Write());
  EXPECT_EQ(nodes_.TakeSent()[0], R"(50 n1 <- {"type": "open"})");
}

}  // namespace
}  // namespace tidemark::client
