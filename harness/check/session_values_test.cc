#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/check/sessions.h"
#include "harness/check/testing/build_history.h"
#include "harness/check/testing/random_history.h"
#include "node/base/random.h"

namespace tidemark::check {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> FoundByValues(BuildHistory* build) {
  return Names(CheckSessionValues(build->Done()));
}

// Session 1 wrote 1 and then 2.
BuildHistory TwoWritesWithoutIndexes() {
  BuildHistory build;
  build.Write(1, "1", {0, 10});
  build.Write(1, "2", {20, 30});
  return build;
}

TEST(SessionValues, AnOwnWriteUnseenWhateverIndexIsNamed) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.RywRead(1, "1", {40, 50}).index = 1'000;
  EXPECT_THAT(FoundByValues(&build), ElementsAre("read-your-writes"));
}

TEST(SessionValues, OtherSessionsMayReadTheOldValue) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.RywRead(2, "1", {40, 50});
  build.RywRead(1, "2", {40, 50});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, AConcurrentWriteMayBeTheLater) {
  BuildHistory build;
  build.Write(2, "1", {0, 25});
  build.Write(1, "2", {20, 30});
  build.RywRead(1, "1", {40, 50});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, AnIndeterminateWriteMayHappenLate) {
  BuildHistory build;
  build.Write(2, "1", {0, kNever});
  build.Write(1, "2", {20, 30});
  build.RywRead(1, "1", {40, 50});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, AReadGoesBack) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.RywRead(2, "2", {40, 50});
  build.RywRead(2, "1", {60, 70});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("monotonic reads"));
  build.Done().operations()[2].carried = false;
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, NothingIsFoundWhereSomethingMustBe) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.RywRead(1, "", {40, 50});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("read-your-writes"));
}

TEST(SessionValues, NothingIsFoundAfterAFailedReadOfTheKey) {
  BuildHistory build = TwoWritesWithoutIndexes();
  Operation& read = build.RywRead(1, "", {40, 50});
  read.outcome = Outcome::kFailed;
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
  build.Done().operations()[2].observed = true;
  EXPECT_THAT(FoundByValues(&build), ElementsAre("read-your-writes"));
}

TEST(SessionValues, ADeleteMayHaveComeBetween) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.Delete(2, {5, 25});
  build.RywRead(1, "", {40, 50});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, ADeleteThatWasOverOrHadNotBegunExplainsNothing) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.Delete(2, {5, 19});
  build.Delete(2, {60, kNever});
  build.RywRead(1, "", {40, 50});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("read-your-writes"));
}

TEST(SessionValues, WhatTheSessionDeletedIsGone) {
  BuildHistory build;
  build.Write(2, "1", {0, 10});
  build.Delete(1, {20, 30});
  build.RywRead(1, "", {40, 50});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
  build.RywRead(1, "1", {60, 70});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("read-your-writes"));
}

// Session 1 wrote 1 to "a" and then 2 to "x", which session 2 has read.
BuildHistory TwoKeys() {
  BuildHistory build;
  build.Write(1, "1", {0, 10}).key = build.Done().Intern("a");
  build.Write(1, "2", {20, 30});
  build.RywRead(2, "2", {40, 50});
  return build;
}
void ReadOfA(BuildHistory* build, std::string_view value, During during) {
  build->RywRead(2, value, during).key = build->Done().Intern("a");
}

TEST(SessionValues, WhatASessionWroteBeforeIsSeenWithWhatItWrites) {
  BuildHistory build = TwoKeys();
  ReadOfA(&build, "1", {60, 70});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
  ReadOfA(&build, "", {80, 90});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("monotonic reads")) << "told once";
  build = TwoKeys();
  ReadOfA(&build, "", {60, 70});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("monotonic writes"));
  build.Done().operations()[2].carried = false;
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, WhatASessionWritesLaterSaysNothing) {
  BuildHistory build;
  build.Write(1, "2", {0, 10});
  build.Write(1, "1", {20, 30}).key = build.Done().Intern("a");
  build.RywRead(2, "2", {40, 50});
  ReadOfA(&build, "", {60, 70});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

// Session 1 read from "a" what session 3 wrote, and then wrote 2 to "x".
TEST(SessionValues, WhatASessionReadBeforeIsSeenWithWhatItWrites) {
  BuildHistory build;
  build.Write(3, "0", {0, 5}).key = build.Done().Intern("a");
  build.Write(3, "1", {6, 10}).key = build.Done().Intern("a");
  build.RywRead(1, "1", {11, 15}).key = build.Done().Intern("a");
  build.Write(1, "2", {20, 30});
  build.RywRead(2, "2", {40, 50});
  ReadOfA(&build, "0", {60, 70});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("writes-follow-reads"));
  build.Done().operations()[2].carried = false;  // it took nothing along
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, ADeleteExplainsWhatIsMissingBehindAnothersWrite) {
  BuildHistory build = TwoKeys();
  build.Delete(3, {45, 55}).key = build.Done().Intern("a");
  ReadOfA(&build, "", {60, 70});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

// As Jepsen's registers have it.
TEST(SessionValues, AWriteOfNothingIsADelete) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.Write(2, "", {32, 34});
  build.RywRead(1, "", {40, 50});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, AValueWrittenTwiceProvesNothing) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.Write(3, "1", {35, 36});
  build.RywRead(1, "1", {40, 50});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, AFailedCasThatMetAnOldValueIsARead) {
  BuildHistory build = TwoWritesWithoutIndexes();
  Operation& cas = build.Cas(1, "7", "1", {40, 50});
  cas.outcome = Outcome::kFailed;
  cas.observed = true;
  EXPECT_THAT(FoundByValues(&build), ElementsAre("read-your-writes"));
}

TEST(SessionValues, WhatNobodyWrote) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.RywRead(2, "3", {40, 50});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("invented value"));
  build.Write(3, "3", {60, 70});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("invented value")) << "not yet written";
}

TEST(SessionValues, AWriteBegunDuringTheReadMayBeSeen) {
  BuildHistory build;
  build.RywRead(2, "3", {40, 50});
  build.Write(3, "3", {50, 70});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, TheValueOfAFailedWrite) {
  BuildHistory build = TwoWritesWithoutIndexes();
  build.Done().operations()[1].outcome = Outcome::kFailed;
  build.RywRead(2, "2", {40, 50});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("definite errors"));
  build.Write(3, "2", {35, kNever});  // a second attempt
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
}

TEST(SessionValues, TransactionsReadAndWrite) {
  BuildHistory build;
  build.Write(2, "1", {0, 10});
  build.Txn(1, {build.ReadStep("x", "1"), build.WriteStep("x", "2"), build.ReadStep("x", "2")},
            {20, 30});
  EXPECT_THAT(FoundByValues(&build), IsEmpty());
  build.Txn(1, {build.ReadStep("x", "1")}, {40, 50});
  EXPECT_THAT(FoundByValues(&build), ElementsAre("read-your-writes"));
}

TEST(SessionValues, HonestHistoriesPass) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    RandomHistoryOptions options;
    options.seed = seed;
    options.txns = options.appends = seed % 2 == 0;
    EXPECT_THAT(CheckSessionValues(RandomHistory(options)), IsEmpty()) << seed;
  }
}

// Each session reads its own last write; one of them is served from before it.
TEST(SessionValues, OneStaleReadIsFound) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    BuildHistory build;
    const int64_t stale = random.Between(1, 99);
    for (int64_t i = 0; i < 100; ++i) {
      build.Write(1, std::to_string(i), {20 * i, 20 * i + 5});
      build.RywRead(1, std::to_string(i == stale ? random.Between(0, i - 1) : i),
                    {20 * i + 10, 20 * i + 15});
    }
    EXPECT_THAT(FoundByValues(&build), Not(IsEmpty())) << seed;
  }
}

}  // namespace
}  // namespace tidemark::check
