#include "node/server/catch_up.h"

#include "gtest/gtest.h"

namespace tidemark::server {
namespace {

Time At(int64_t ms) { return Time{ms * 1000}; }
raft::Index I(uint64_t index) { return raft::Index(index); }

TEST(CatchUp, KnowsNothingAtFirstAndHasItTried) {
  const CatchUp catch_up;
  const Prospect prospect = catch_up.Predict(I(1), I(1000));
  EXPECT_FALSE(prospect.wait);
  EXPECT_FALSE(prospect.redirect);
  EXPECT_TRUE(prospect.waiting_helps());
}

TEST(CatchUp, WhatIsOnItsWayIsHalfARoundTripAway) {
  CatchUp catch_up;
  catch_up.RoundTrip(Duration::Millis(4));
  const Prospect prospect = catch_up.Predict(I(9), I(10));
  EXPECT_EQ(prospect.wait, Duration::Millis(2));
  EXPECT_EQ(prospect.redirect, Duration::Millis(4));
  EXPECT_TRUE(prospect.waiting_helps());
}

TEST(CatchUp, FarBehindTheLeaderIsFaster) {
  CatchUp catch_up;
  catch_up.RoundTrip(Duration::Millis(4));
  catch_up.Told(I(10'000));
  catch_up.Advanced(At(0), I(100));
  catch_up.Advanced(At(100), I(200));  // 1,000 a second
  EXPECT_EQ(catch_up.entries_per_second(), 1000);
  EXPECT_TRUE(catch_up.Predict(I(200), I(202)).waiting_helps());
  EXPECT_FALSE(catch_up.Predict(I(200), I(203)).waiting_helps());
  EXPECT_EQ(catch_up.Predict(I(200), I(1201)).wait, Duration::Millis(1002));
}

TEST(CatchUp, AnIdleNodeIsNotASlowOne) {
  CatchUp catch_up;
  catch_up.RoundTrip(Duration::Millis(4));
  for (int i = 1; i < 10; ++i) {
    catch_up.Told(I(static_cast<uint64_t>(i)));
    catch_up.Advanced(At(i * 1000), I(static_cast<uint64_t>(i)));
  }
  EXPECT_FALSE(catch_up.entries_per_second());
}

TEST(CatchUp, StepsOfOneMomentAreOne) {
  CatchUp catch_up;
  catch_up.Told(I(1000));
  catch_up.Advanced(At(0), I(100));
  catch_up.Advanced(At(0), I(200));
  catch_up.Advanced(At(100), I(300));
  EXPECT_EQ(catch_up.entries_per_second(), 2000);
}

TEST(CatchUp, IsSmoothedAndForgetsTheWayToAFormerLeader) {
  CatchUp catch_up;
  catch_up.RoundTrip(Duration::Millis(8));
  catch_up.RoundTrip(Duration::Millis(16));
  EXPECT_EQ(catch_up.round_trip(), Duration::Millis(9));
  catch_up.LeaderChanged();
  EXPECT_FALSE(catch_up.round_trip());
}

// A need that somebody made up must not overflow anything.
TEST(CatchUp, TheFarthestNeedIsFar) {
  CatchUp catch_up;
  catch_up.RoundTrip(Duration::Millis(4));
  catch_up.Told(I(10));
  catch_up.Advanced(At(0), I(1));
  catch_up.Advanced(At(100'000), I(2));
  EXPECT_EQ(catch_up.entries_per_second(), 1);
  EXPECT_FALSE(catch_up.Predict(I(2), I((uint64_t{1} << 53) - 1)).waiting_helps());
}

}  // namespace
}  // namespace tidemark::server
