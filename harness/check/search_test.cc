#include "harness/check/search.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/check/testing/build_history.h"
#include "harness/check/testing/random_history.h"

namespace tidemark::check {
namespace {

using testing::HasSubstr;

constexpr uint64_t kSteps = 1'000'000;

// The name of the broken promise, or "".
std::string FoundBySearch(BuildHistory* build) {
  const std::optional<Violation> violation = SearchOrder(build->Done(), kSteps);
  return violation ? violation->check : "";
}

TEST(Search, AnEmptyHistory) {
  BuildHistory build;
  EXPECT_EQ(FoundBySearch(&build), "");
}

// The two histories by which Porcupine introduces itself, and more of their kind.
TEST(Search, AReadDuringAWriteSeesOldOrNew) {
  BuildHistory build;
  build.Write(0, "100", {0, 100});
  build.Read(1, "100", {25, 75});
  build.Read(2, "", {30, 60});
  EXPECT_EQ(FoundBySearch(&build), "");
}

TEST(Search, OldAfterNew) {
  BuildHistory build;
  build.Write(0, "200", {0, 100});
  build.Read(1, "200", {10, 30});
  build.Read(2, "", {40, 90});
  EXPECT_EQ(FoundBySearch(&build), "linearizability");
}

TEST(Search, OldAndNewAtOneMoment) {
  BuildHistory build;
  build.Write(0, "200", {0, 100});
  build.Read(1, "200", {10, 40});
  build.Read(2, "", {40, 90});
  EXPECT_EQ(FoundBySearch(&build), "") << "what touches in time is concurrent";
}

TEST(Search, TwoReadersSeeWritesInOppositeOrders) {
  BuildHistory build;
  build.Write(0, "1", {0, 100});
  build.Write(1, "2", {0, 100});
  build.Read(2, "1", {10, 20});
  build.Read(2, "2", {30, 40});
  build.Read(3, "2", {10, 20});
  EXPECT_EQ(FoundBySearch(&build), "");
  build.Read(3, "1", {30, 40});
  EXPECT_EQ(FoundBySearch(&build), "linearizability");
}

TEST(Search, TheSameValueTwice) {
  BuildHistory build;
  build.Write(0, "1", {0, 10});
  build.Write(0, "2", {20, 30});
  build.Write(0, "1", {40, 50});
  build.Read(1, "1", {60, 70});
  EXPECT_EQ(FoundBySearch(&build), "");
}

TEST(Search, CasFromWhatIsThere) {
  BuildHistory build;
  build.Write(0, "1", {0, 10});
  build.Cas(0, "1", "2", {20, 30});
  build.Read(1, "2", {40, 50});
  EXPECT_EQ(FoundBySearch(&build), "");
  build.Cas(0, "1", "3", {60, 70});
  EXPECT_EQ(FoundBySearch(&build), "linearizability");
}

TEST(Search, OnlyOneOfTwoConcurrentCas) {
  BuildHistory build;
  build.Write(0, "1", {0, 10});
  build.Cas(0, "1", "2", {20, 30});
  build.Cas(1, "1", "3", {20, 30});
  EXPECT_EQ(FoundBySearch(&build), "linearizability");
}

TEST(Search, AnIndeterminateWriteMayHappenLateOrNever) {
  BuildHistory build;
  build.Write(0, "1", {0, 10});
  build.Write(1, "2", {20, kNever});
  build.Read(2, "1", {30, 40});
  EXPECT_EQ(FoundBySearch(&build), "");
  build.Read(2, "2", {50, 60});
  EXPECT_EQ(FoundBySearch(&build), "");
  build.Read(2, "1", {70, 80});
  EXPECT_EQ(FoundBySearch(&build), "linearizability") << "but not twice";
}

TEST(Search, AnIndeterminateDelete) {
  BuildHistory build;
  build.Write(0, "1", {0, 10});
  build.Delete(1, {20, kNever});
  build.Read(2, "", {30, 40});
  EXPECT_EQ(FoundBySearch(&build), "");
  build.Read(2, "1", {50, 60});
  EXPECT_EQ(FoundBySearch(&build), "linearizability");
}

TEST(Search, AFailedCasIsARead) {
  BuildHistory build;
  build.Write(0, "1", {0, 10});
  Operation& cas = build.Cas(0, "5", "2", {20, 30});
  cas.outcome = Outcome::kFailed;
  EXPECT_EQ(FoundBySearch(&build), "") << "it tells nothing";
  build.Done().operations()[1].observed = true;
  EXPECT_EQ(FoundBySearch(&build), "linearizability") << "it met 2";
}

TEST(Search, KeysAreSearchedAlone) {
  BuildHistory build;
  build.Write(0, "1", {0, 10});
  build.Read(1, "", {20, 30}).key = build.Text("y");
  EXPECT_EQ(FoundBySearch(&build), "");
}

TEST(Search, TransactionsJoinKeys) {
  BuildHistory build;
  build.Txn(0, {build.WriteStep("x", "1"), build.WriteStep("y", "1")}, {0, 100});
  build.Read(1, "1", {10, 20});
  build.Read(1, "1", {30, 40}).key = build.Text("y");
  EXPECT_EQ(FoundBySearch(&build), "");
  build.Read(2, "", {50, 60}).key = build.Text("y");
  EXPECT_EQ(FoundBySearch(&build), "strict serializability");
}

TEST(Search, AppendsHaveAnOrder) {
  BuildHistory build;
  build.Txn(0, {build.AppendStep("x", "1")}, {0, 50});
  build.Txn(1, {build.AppendStep("x", "2")}, {0, 50});
  build.Read(2, "[2,1]", {60, 70});
  EXPECT_EQ(FoundBySearch(&build), "");
  build.Read(2, "[1,2]", {80, 90});
  EXPECT_EQ(FoundBySearch(&build), "linearizability");
}

TEST(Search, TheTextNamesWhatDoesNotFit) {
  BuildHistory build;
  build.Write(0, "1", {0, 10});
  build.Write(0, "2", {20, 30});
  build.Read(1, "1", {40, 50});
  const std::optional<Violation> violation = SearchOrder(build.Done(), kSteps);
  ASSERT_TRUE(violation);
  EXPECT_THAT(violation->text, HasSubstr("of 3 operations on key x, 2 can be put in an order"));
  EXPECT_THAT(violation->text, HasSubstr("the last of them #1 (session 0: write x = 2"));
  EXPECT_THAT(violation->text, HasSubstr("\n    #2 (session 1: read x -> 1"));
}

// Twenty concurrent writes, and a read of what nobody wrote: every subset would have to be tried.
TEST(Search, ABudgetThatIsSpent) {
  BuildHistory build;
  for (int i = 0; i < 20; ++i) build.Write(i, std::to_string(i), {0, 100});
  build.Read(20, "99", {0, 100});
  const std::optional<Violation> violation = SearchOrder(build.Done(), 10'000);
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->check, "unknown");
  EXPECT_THAT(violation->text, HasSubstr("in 10000 steps"));
}

TEST(Search, HonestHistoriesPass) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    RandomHistoryOptions options;
    options.seed = seed;
    options.operations = 200;
    options.txns = seed % 2 == 0;
    options.appends = seed % 4 == 0;
    const std::optional<Violation> violation = SearchOrder(RandomHistory(options), kSteps);
    EXPECT_FALSE(violation) << seed << ": " << violation->text;
  }
}

}  // namespace
}  // namespace tidemark::check
