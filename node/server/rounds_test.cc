// One node leads twice, and what belongs to its first term comes late (docs/design.md, rounds): it
// confirms no read, judges no token and keeps no leader in office.
#include <cstdint>
#include <map>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/server/testing/cluster.h"
#include "node/server/testing/sessions.h"

namespace tidemark::server::testing {
namespace {

using raft::AppendEntries;
using raft::AppendReply;

template <typename T>
const T* In(const PeerMessage& message) {
  const auto* body = std::get_if<raft::Body>(&message.body);
  return body == nullptr ? nullptr : std::get_if<T>(body);
}

bool Goes(const PeerMessage& message, const char* from, const char* to) {
  return message.header.from.id == from && message.header.to.id == to;
}

using Arrivals = std::vector<Duration>;
const Arrivals kArrives = {Duration{}};
const Arrivals kKept = {};

class LeadsTwice : public Sessions {
 protected:
  LeadsTwice() : first_(Term("n1")) { EXPECT_EQ(cluster_.leader(), "n1"); }

  raft::Term Term(const char* node) const { return cluster_.node(node).raft().term(); }

  // For 40 rounds of n1's first term, what n1 says to n2 is under way. n2 does not stand meanwhile.
  void HoldHeartbeats() {
    cluster_.route = [this](const PeerMessage& message) {
      if (In<raft::RequestVote>(message) != nullptr && message.header.from.id != "n1") return kKept;
      if (In<AppendEntries>(message) == nullptr || !Goes(message, "n1", "n2")) return kArrives;
      held_.push_back(message);
      return kKept;
    };
    cluster_.Advance(2'000);
  }
  // The same of what n2 answers.
  void HoldAnswers() {
    cluster_.route = [this](const PeerMessage& message) {
      if (In<AppendReply>(message) == nullptr || !Goes(message, "n2", "n1")) return kArrives;
      held_.push_back(message);
      return kKept;
    };
    cluster_.Advance(2'000);
  }
  void LeadAgain() {
    cluster_.Partition({{"n1"}, {"n2"}, {"n3"}});
    AwaitThatNobodyFollowsN1();
    cluster_.route = [](const PeerMessage& message) {
      const bool rival =
          In<raft::RequestVote>(message) != nullptr && message.header.from.id != "n1";
      return rival ? kKept : kArrives;
    };
    cluster_.Heal();
    ASSERT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.node("n1").raft().leads(); }));
    cluster_.Advance(20);
    ASSERT_EQ(cluster_.node("n2").raft().leader(), "n1");
    ASSERT_GT(Term("n1"), first_);
  }
  // n2 gets what was held; all that it says to that is held in its place.
  void LetN2Answer() {
    std::vector<PeerMessage> answers;
    cluster_.route = [&](const PeerMessage& message) {
      if (!Goes(message, "n2", "n1")) return kArrives;
      answers.push_back(message);
      return kKept;
    };
    for (const PeerMessage& late : held_) cluster_.Deliver("n2", late);
    ASSERT_GE(answers.size(), held_.size());
    held_ = answers;
    cluster_.route = {};
  }
  // n1 is cut off, and somebody else acknowledges x = 1 at the index returned.
  uint64_t Depose() {
    EXPECT_GT(held_.size(), 30u);
    cluster_.route = {};
    CutOffLeader();
    const uint64_t index = IndexOf(cluster_.Write(AwaitSuccessor(), "x", "1"));
    EXPECT_TRUE(cluster_.node("n1").raft().leads()) << "it does not know yet";
    return index;
  }
  // Whatever n1 is asked, it hears nothing but what was held, all of it each 10 ms.
  void DeliverWhatWasHeld() {
    for (int i = 0; i < 12; ++i) {
      for (const PeerMessage& late : held_) cluster_.Deliver("n1", late);
      cluster_.Advance(10);
    }
  }
  void ExpectNoOldValue() {
    Depose();
    const int64_t read = cluster_.Send("n1", Get());
    DeliverWhatWasHeld();
    const ReplyBody* answer = cluster_.Answer(read);
    EXPECT_NE(answer == nullptr ? "" : ValueOf(*answer), "0");
  }
  void ExpectNoVerdict() {
    const uint64_t index = Depose();
    const int64_t read = cluster_.Send("n1", GetOwn(index));
    DeliverWhatWasHeld();
    const ReplyBody* answer = cluster_.Answer(read);
    if (answer == nullptr) return;
    EXPECT_NE(AsError(*answer).reason, Reason::kTokenFromFuture) << "the token is true";
  }
  void ExpectThatItStepsDown() {
    Depose();
    for (int i = 0; i < 6; ++i) DeliverWhatWasHeld();
    EXPECT_FALSE(cluster_.node("n1").raft().leads()) << "nobody has followed it for 720 ms";
  }

  const raft::Term first_;
  std::vector<PeerMessage> held_;
};

class LateHeartbeats : public LeadsTwice {
 protected:
  LateHeartbeats() {
    HoldHeartbeats();
    LeadAgain();
    LetN2Answer();
  }
};

TEST_F(LateHeartbeats, ConfirmNoRead) { ExpectNoOldValue(); }
TEST_F(LateHeartbeats, JudgeNoToken) { ExpectNoVerdict(); }
TEST_F(LateHeartbeats, KeepNoLeaderInOffice) { ExpectThatItStepsDown(); }

class LateAnswers : public LeadsTwice {
 protected:
  LateAnswers() {
    HoldAnswers();
    LeadAgain();
  }
};

TEST_F(LateAnswers, ConfirmNoRead) { ExpectNoOldValue(); }
TEST_F(LateAnswers, JudgeNoToken) { ExpectNoVerdict(); }
TEST_F(LateAnswers, KeepNoLeaderInOffice) { ExpectThatItStepsDown(); }

// The same rounds, of another life: n1 is started again in between.
class LateAnswersOfAnotherLife : public LeadsTwice {
 protected:
  LateAnswersOfAnotherLife() {
    HoldAnswers();
    cluster_.Restart("n1");
    cluster_.Partition({{"n1"}, {"n2"}, {"n3"}});
    cluster_.route = [](const PeerMessage& message) {
      const bool rival =
          In<raft::RequestVote>(message) != nullptr && message.header.from.id != "n1";
      return rival ? kKept : kArrives;
    };
    cluster_.Advance(1'000);
    cluster_.Heal();
    EXPECT_TRUE(cluster_.AdvanceUntil([&] { return cluster_.node("n1").raft().leads(); }));
    cluster_.Advance(20);
  }
};

TEST_F(LateAnswersOfAnotherLife, ConfirmNoRead) { ExpectNoOldValue(); }
TEST_F(LateAnswersOfAnotherLife, JudgeNoToken) { ExpectNoVerdict(); }
TEST_F(LateAnswersOfAnotherLife, KeepNoLeaderInOffice) { ExpectThatItStepsDown(); }

// n2 asks n1 to confirm its leadership, and asks again under the same number when n1 leads anew.
// What came of the first asking says nothing of the second.
TEST_F(LeadsTwice, AQuestionAskedAgainIsNotConfirmedByAnswersToTheFirst) {
  HoldAnswers();
  LeadAgain();
  Depose();
  Question asked{7, 1, ConfirmRead{}};
  bool confirmed = false;
  cluster_.on_send = [&](const PeerMessage& message) {
    const auto* answer = std::get_if<Answer>(&message.body);
    confirmed = confirmed || (answer != nullptr && answer->life == asked.life &&
                              std::holds_alternative<ReadConfirmed>(answer->result));
  };
  const raft::Header header = cluster_.node("n2").raft().HeaderFor("n1");
  for (int i = 0; i < 3; ++i) {
    cluster_.Deliver("n1", {header, asked});
    DeliverWhatWasHeld();
  }
  EXPECT_FALSE(confirmed) << "n1 has been deposed, and says that it leads";
}

}  // namespace
}  // namespace tidemark::server::testing
