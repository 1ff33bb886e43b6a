#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/check/list_text.h"
#include "harness/check/sessions.h"
#include "harness/check/testing/build_history.h"
#include "harness/check/testing/random_history.h"

namespace tidemark::check {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> FoundInLists(BuildHistory* build) {
  return Names(CheckLists(build->Done()));
}

// Session 1 appended 1 and 2 to key x.
BuildHistory TwoAppends() {
  BuildHistory build;
  build.Txn(1, {build.AppendStep("x", "1")}, {0, 10});
  build.Txn(1, {build.AppendStep("x", "2")}, {20, 30});
  return build;
}

TEST(ListText, Elements) {
  std::vector<std::string> texts;
  for (const ListElement& element : Elements(R"([1,[2,3],{"a":",]"},"\"]",null])")) {
    texts.emplace_back(element.text);
  }
  EXPECT_THAT(texts, ElementsAre("1", "[2,3]", R"({"a":",]"})", R"("\"]")", "null"));
  EXPECT_THAT(Elements("[]"), IsEmpty());
}

TEST(ListText, IsStartOf) {
  EXPECT_TRUE(IsStartOf("[]", "[12]"));
  EXPECT_TRUE(IsStartOf("[]", "[]"));
  EXPECT_TRUE(IsStartOf("[12]", "[12]"));
  EXPECT_TRUE(IsStartOf("[12]", "[12,3]"));
  EXPECT_FALSE(IsStartOf("[1]", "[12]"));
  EXPECT_FALSE(IsStartOf("[12,3]", "[12]"));
}

TEST(Lists, WhatIsAppendedIsRead) {
  BuildHistory build = TwoAppends();
  build.RywRead(2, "", {5, 6});
  build.RywRead(2, "[1]", {15, 16});
  build.RywRead(1, "[1,2]", {40, 50});
  EXPECT_THAT(FoundInLists(&build), IsEmpty());
}

TEST(Lists, AnOwnAppendIsLacking) {
  BuildHistory build = TwoAppends();
  build.RywRead(1, "[1]", {40, 50});
  EXPECT_THAT(FoundInLists(&build), ElementsAre("read-your-writes")) << "nobody ever read it";
  build.RywRead(2, "[1,2]", {40, 50});
  EXPECT_THAT(FoundInLists(&build), ElementsAre("read-your-writes"));
}

TEST(Lists, AReadGoesBack) {
  BuildHistory build = TwoAppends();
  build.RywRead(2, "[1,2]", {40, 50});
  build.RywRead(2, "[1]", {60, 70});
  EXPECT_THAT(FoundInLists(&build), ElementsAre("monotonic reads"));
}

TEST(Lists, ListsThatDiverge) {
  BuildHistory build = TwoAppends();
  build.RywRead(2, "[1]", {15, 16});
  build.RywRead(3, "[2,1]", {40, 50});
  EXPECT_THAT(FoundInLists(&build), ElementsAre("strict serializability"));
}

TEST(Lists, AnElementTwice) {
  BuildHistory build = TwoAppends();
  build.RywRead(2, "[1,2,1]", {40, 50});
  EXPECT_THAT(FoundInLists(&build), ElementsAre("at most once"));
  build.Txn(3, {build.AppendStep("x", "1")}, {0, kNever});  // somebody else's
  EXPECT_THAT(FoundInLists(&build), IsEmpty());
}

TEST(Lists, AnElementOfNobodyAndOneThatFailed) {
  BuildHistory build = TwoAppends();
  build.Done().operations()[1].outcome = Outcome::kFailed;
  build.RywRead(2, "[1,2,3]", {40, 50});
  EXPECT_THAT(FoundInLists(&build), ElementsAre("definite errors", "invented value"));
}

TEST(Lists, ATransactionReadsItsOwnAppend) {
  BuildHistory build = TwoAppends();
  build.Txn(
      1, {build.ReadStep("x", "[1,2]"), build.AppendStep("x", "3"), build.ReadStep("x", "[1,2,3]")},
      {40, 50});
  EXPECT_THAT(FoundInLists(&build), IsEmpty());
}

TEST(Lists, KeysThatAreWrittenTooAreLeftAlone) {
  BuildHistory build = TwoAppends();
  build.Write(2, "[9]", {40, 50});
  build.RywRead(1, "[9]", {60, 70});
  EXPECT_THAT(FoundInLists(&build), IsEmpty());
}

TEST(Lists, HonestHistoriesPass) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    RandomHistoryOptions options;
    options.seed = seed;
    options.txns = options.appends = true;
    EXPECT_THAT(CheckLists(RandomHistory(options)), IsEmpty()) << seed;
  }
}

}  // namespace
}  // namespace tidemark::check
