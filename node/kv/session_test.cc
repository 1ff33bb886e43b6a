// Where a command's session is judged, and which one its answer carries.
#include "node/kv/session.h"

#include <optional>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"

namespace tidemark::kv {
namespace {

class SessionTest : public testing::Test {
 protected:
  static constexpr uint32_t kCluster = 9;

  SessionTest() {
    machine_.BeginTerm(1, 1, 11);
    machine_.Configure(1, kCluster, Limits());
    machine_.Apply(2, Command{{}, OpenWriter{"n1", 7, 1}});
  }

  static Command AWrite(uint64_t seq, std::optional<Session> session) {
    return Command{{2, seq, 0}, Write{"1", "2"}, false, session};
  }
  static Session Here(LogIndex index) { return Session{kCluster, index, 1, 11}; }

  StateMachine machine_;
};

TEST_F(SessionTest, AnAnswerCarriesTheSessionOfItsPlace) {
  EXPECT_EQ(machine_.Apply(3, AWrite(0, std::nullopt)), (Applied{{3, Done{}}, Here(3)}));
  EXPECT_EQ(machine_.Apply(4, AWrite(1, Here(3))), (Applied{{4, Done{}}, Here(4)}));
  machine_.BeginTerm(5, 4, 44);
  EXPECT_EQ(machine_.Apply(6, AWrite(2, Here(3))),
            (Applied{{6, Done{}}, Session{kCluster, 6, 4, 44}}));
}

TEST_F(SessionTest, WhatStandsAtItsOwnPlaceIsNotYetSeen) {
  EXPECT_EQ(machine_.Apply(3, AWrite(0, Here(3))),
            (Applied{{3, SessionRefused{Verdict::kFromFuture}}, std::nullopt}));
  EXPECT_EQ(machine_.Apply(4, AWrite(1, Here(3))), (Applied{{4, Done{}}, Here(4)}));
}

TEST_F(SessionTest, WhoIsRefusedHasDoneNothingAndGetsNoSession) {
  const Applied refused{{3, SessionRefused{Verdict::kLostHistory}}, std::nullopt};
  EXPECT_EQ(machine_.Apply(3, AWrite(0, Session{kCluster, 2, 1, 12})), refused);
  EXPECT_EQ(machine_.size(), 0u);
  EXPECT_EQ(machine_.Apply(4, AWrite(1, Session{kCluster + 1, 2, 1, 11})),
            (Applied{{4, SessionRefused{Verdict::kOtherCluster}}, std::nullopt}));
}

TEST_F(SessionTest, ARefusalIsRememberedAndARetryHasTheSessionOfItsOwnPlace) {
  const SessionRefused future{Verdict::kFromFuture};
  EXPECT_EQ(machine_.Apply(3, AWrite(0, Here(5))), (Applied{{3, future}, std::nullopt}));
  EXPECT_EQ(machine_.Apply(4, AWrite(0, std::nullopt)), (Applied{{3, future}, Here(4)}));
  machine_.Apply(5, AWrite(1, std::nullopt));
  EXPECT_EQ(machine_.Apply(6, AWrite(0, Here(5))), (Applied{{3, future}, Here(6)}));
}

TEST_F(SessionTest, WhatWasDoneIsToldToOneWhoWouldBeRefusedByNow) {
  machine_.Apply(3, AWrite(0, Here(2)));
  machine_.Configure(4, kCluster + 1, Limits());
  EXPECT_EQ(machine_.Apply(5, AWrite(0, Here(2))), (Applied{{3, Done{}}, std::nullopt}));
  EXPECT_EQ(machine_.Apply(6, AWrite(1, Here(2))),
            (Applied{{6, SessionRefused{Verdict::kOtherCluster}}, std::nullopt}));
}

TEST_F(SessionTest, WithoutATermThereIsNone) {
  StateMachine machine;
  EXPECT_EQ(machine.Apply(1, Command{{}, OpenWriter{"n1", 7, 1}}),
            (Applied{{1, Opened{}}, std::nullopt}));
}

TEST_F(SessionTest, ItIsPartOfTheHash) {
  StateMachine other(&machine_);
  EXPECT_EQ(machine_.Hash(), other.Hash());
  other.Configure(3, 1, Limits());
  EXPECT_NE(machine_.Hash(), other.Hash());
  StateMachine third(&machine_);
  third.BeginTerm(3, 4, 44);
  EXPECT_NE(machine_.Hash(), third.Hash());
}

}  // namespace
}  // namespace tidemark::kv
