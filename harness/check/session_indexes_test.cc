#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/check/sessions.h"
#include "harness/check/testing/build_history.h"
#include "harness/check/testing/random_history.h"

namespace tidemark::check {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> FoundByIndexes(BuildHistory* build) {
  return Names(CheckSessionIndexes(build->Done()));
}

TEST(SessionIndexes, AReadBehindAnOwnWrite) {
  BuildHistory build;
  build.Write(1, "1", {0, 10}).index = 5;
  build.RywRead(1, "0", {20, 30}).index = 4;
  EXPECT_THAT(FoundByIndexes(&build), ElementsAre("read-your-writes"));
}

TEST(SessionIndexes, AReadAtAnOwnWriteOrOfAnotherSession) {
  BuildHistory build;
  build.Write(1, "1", {0, 10}).index = 5;
  build.RywRead(1, "1", {20, 30}).index = 5;
  build.RywRead(2, "0", {40, 50}).index = 4;
  build.Write(1, "2", {60, kNever}).index = 9;  // never acknowledged
  build.RywRead(1, "1", {80, 90}).index = 5;
  build.RywRead(1, "1", {100, 110}).index = 0;  // names none
  EXPECT_THAT(FoundByIndexes(&build), IsEmpty());
}

TEST(SessionIndexes, AReadBehindItsNeed) {
  BuildHistory build;
  Operation& read = build.RywRead(1, "1", {0, 10});
  read.need = 7;
  read.index = 6;
  EXPECT_THAT(FoundByIndexes(&build), ElementsAre("read-your-writes"));
  build.Done().operations()[0].index = 7;
  EXPECT_THAT(FoundByIndexes(&build), IsEmpty());
}

TEST(SessionIndexes, AReadBehindARead) {
  BuildHistory build;
  build.RywRead(1, "2", {0, 10}).index = 7;
  build.RywRead(1, "1", {20, 30}).index = 6;
  EXPECT_THAT(FoundByIndexes(&build), ElementsAre("monotonic reads"));
  build.Done().operations()[0].carried = false;
  EXPECT_THAT(FoundByIndexes(&build), IsEmpty());
}

TEST(SessionIndexes, AMissingKeyIsAReadToo) {
  BuildHistory build;
  build.Write(1, "1", {0, 10}).index = 5;
  Operation& read = build.RywRead(1, "", {20, 30});
  read.outcome = Outcome::kFailed;
  read.observed = true;
  read.index = 4;
  EXPECT_THAT(FoundByIndexes(&build), ElementsAre("read-your-writes"));
}

TEST(SessionIndexes, WritesThatDoNotRise) {
  BuildHistory build;
  build.Write(1, "1", {0, 10}).index = 5;
  build.Write(1, "2", {20, 30}).index = 5;
  EXPECT_THAT(FoundByIndexes(&build), ElementsAre("monotonic writes"));
}

TEST(SessionIndexes, AWriteThatDoesNotFollowARead) {
  BuildHistory build;
  build.RywRead(1, "1", {0, 10}).index = 5;
  build.Write(1, "2", {20, 30}).index = 5;
  const std::vector<Violation> violations = CheckSessionIndexes(build.Done());
  EXPECT_THAT(Names(violations), ElementsAre("writes-follow-reads"));
  EXPECT_THAT(violations[0].text,
              HasSubstr("#1 (session 1: write x = 2; ok, index 5, time 20 to 30)"));
}

TEST(SessionIndexes, ManyAreCounted) {
  BuildHistory build;
  build.Write(1, "1", {0, 1}).index = 100;
  for (int i = 1; i <= 20; ++i) build.RywRead(1, "0", {10 * i, 10 * i + 1}).index = 50;
  const std::vector<Violation> violations = CheckSessionIndexes(build.Done());
  ASSERT_EQ(violations.size(), 6u);
  EXPECT_EQ(violations.back().text, "and 15 more like these");
}

TEST(SessionIndexes, HonestHistoriesPass) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    RandomHistoryOptions options;
    options.seed = seed;
    options.txns = options.appends = seed % 2 == 0;
    options.tell_read_index = seed % 3 == 0;
    EXPECT_THAT(CheckSessionIndexes(RandomHistory(options)), IsEmpty()) << seed;
  }
}

}  // namespace
}  // namespace tidemark::check
