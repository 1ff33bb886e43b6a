#include "harness/check/report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/check/testing/build_history.h"
#include "harness/check/testing/random_history.h"

namespace tidemark::check {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Report, IndexesMakeAWitness) {
  std::vector<std::string_view> ran;
  const RandomHistoryOptions options{.txns = true, .appends = true};
  EXPECT_THAT(CheckHistory(RandomHistory(options), {}, &ran), IsEmpty());
  EXPECT_THAT(ran, ElementsAre("indexes", "values", "lists", "witness"));
}

TEST(Report, WithoutIndexesTheSearchDecides) {
  BuildHistory build;
  build.Write(1, "1", {0, 10});
  build.Write(1, "2", {20, 30});
  build.Read(1, "1", {40, 50});
  std::vector<std::string_view> ran;
  EXPECT_THAT(Names(CheckHistory(build.Done(), {}, &ran)), ElementsAre("linearizability"));
  EXPECT_THAT(ran, ElementsAre("values", "search"));
}

TEST(Report, TheSearchKnowsWhatTheWitnessDoesNot) {
  BuildHistory build;
  build.Write(1, "1", {0, 10}).index = 1;
  build.Write(2, "2", {0, kNever});
  build.Read(1, "2", {40, 50});
  EXPECT_THAT(CheckHistory(build.Done(), {}), IsEmpty());
  CheckOptions options;
  options.search = false;
  EXPECT_THAT(Names(CheckHistory(build.Done(), options)), ElementsAre("unknown"));
}

TEST(Report, SessionsThatWereGivenTheirIndexArePromisedSomething) {
  BuildHistory build;
  build.Write(1, "1", {0, 10}).index = 1;
  build.Write(1, "2", {20, 30}).index = 2;
  build.RywRead(1, "1", {40, 50}).index = 1;
  EXPECT_THAT(Names(CheckHistory(build.Done(), {})), ElementsAre("read-your-writes"));
}

TEST(Report, OptionsChoose) {
  std::vector<std::string_view> ran;
  CheckOptions options;
  options.indexes = options.values = options.lists = options.witness = false;
  EXPECT_THAT(CheckHistory(RandomHistory({}), options, &ran), IsEmpty());
  EXPECT_THAT(ran, ElementsAre("search"));
}

TEST(Report, EveryCheckAgreesOnHonestHistories) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const History history = RandomHistory({.seed = seed, .txns = true, .appends = seed % 2 == 0});
    EXPECT_THAT(CheckHistory(history, {}), IsEmpty()) << seed;
  }
}

}  // namespace
}  // namespace tidemark::check
