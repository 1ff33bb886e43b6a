#include "harness/check/witness.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/check/testing/build_history.h"
#include "harness/check/testing/random_history.h"

namespace tidemark::check {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> FoundByWitness(BuildHistory* build) {
  return Names(CheckWitness(build->Done()));
}

// 1 at index 1, 2 at index 2, one after the other.
BuildHistory TwoWrites() {
  BuildHistory build;
  build.Write(1, "1", {0, 10}).index = 1;
  build.Write(1, "2", {20, 30}).index = 2;
  return build;
}

void Fail(Operation* op) {
  op->outcome = Outcome::kFailed;
  op->observed = true;
}

TEST(Witness, ReadsFindTheirPlaces) {
  BuildHistory build = TwoWrites();
  build.Read(2, "", {0, 5});
  build.Read(3, "1", {5, 25});
  build.Read(4, "2", {25, 26});
  build.Read(5, "2", {40, 50});
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
}

TEST(Witness, AStaleRead) {
  BuildHistory build = TwoWrites();
  build.Read(2, "1", {40, 50});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, AReadOfNothingWhenSomethingIsThere) {
  BuildHistory build = TwoWrites();
  Fail(&build.Read(2, "", {11, 50}));
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, AReadFromTheFuture) {
  BuildHistory build = TwoWrites();
  build.Read(2, "2", {5, 15});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, AReadThatSawWhatALaterReadDidNot) {
  BuildHistory build = TwoWrites();
  build.Done().operations()[1].returned = 100;
  build.Read(2, "2", {25, 30});
  build.Read(3, "2", {30, 40});
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
  build.Read(3, "1", {50, 60});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, ReadsOfTwoKeysDisagreeOnTheOrderOfWrites) {
  BuildHistory build;
  build.Write(1, "1", {0, 100}).index = 1;
  Operation& other = build.Write(2, "2", {0, 100});
  other.key = build.Text("y");
  other.index = 2;
  build.Read(3, "2", {10, 20}).key = build.Text("y");
  build.Read(3, "", {30, 40});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, TwoAtOnePlace) {
  BuildHistory build = TwoWrites();
  build.Done().operations()[1].index = 1;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, AWriteBeforeWhatWasOver) {
  BuildHistory build = TwoWrites();
  build.Done().operations()[0].index = 3;
  const std::vector<Violation> violations = CheckWitness(build.Done());
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_THAT(violations[0].text, HasSubstr("#1 (session 1: write x = 2; ok, index 2, time 20 to "
                                            "30) lies in the log before"));
  EXPECT_THAT(violations[0].text, HasSubstr("#0"));
}

TEST(Witness, AWriteThatAReadProvesToBeLater) {
  BuildHistory build = TwoWrites();
  build.Done().operations()[0].returned = 100;
  build.Done().operations()[0].index = 3;
  build.Read(2, "1", {11, 15});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, CasAndDeleteDoWhatTheirPlacesAllow) {
  BuildHistory build = TwoWrites();
  build.Cas(1, "2", "3", {40, 50}).index = 3;
  build.Delete(1, {60, 70}).index = 4;
  Operation& cas = build.Cas(1, "3", "4", {80, 90});
  cas.index = 5;
  cas.create_if_not_exists = true;
  Operation& unmatched = build.Cas(1, "3", "4", {100, 110});
  unmatched.index = 6;
  Fail(&unmatched);
  build.Read(1, "4", {120, 130});
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
}

TEST(Witness, ACasThatMetAnotherValue) {
  BuildHistory build = TwoWrites();
  build.Cas(1, "1", "3", {40, 50}).index = 3;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, ACasThatFailedWhereItWouldHaveMatched) {
  BuildHistory build = TwoWrites();
  Operation& cas = build.Cas(1, "2", "", {40, 50});
  Fail(&cas);
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"))
      << "without a place of its own";
  build.Done().operations()[2].index = 3;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, ADeleteOfNothing) {
  BuildHistory build;
  build.Delete(1, {40, 50}).index = 3;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, TransactionsAreOneStep) {
  BuildHistory build = TwoWrites();
  build
      .Txn(1,
           {build.ReadStep("x", "2"), build.WriteStep("x", "3"), build.ReadStep("x", "3"),
            build.WriteStep("x", "4"), build.AppendStep("l", "5")},
           {40, 50})
      .index = 3;
  build
      .Txn(1, {build.ReadStep("x", "4"), build.AppendStep("l", "6"), build.ReadStep("l", "[5,6]")},
           {60, 70})
      .index = 4;
  build.Read(1, "[5,6]", {80, 90}).key = build.Text("l");
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
  build.Read(1, "[5]", {100, 110}).key = build.Text("l");
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, AValueBetweenTheStepsOfATransaction) {
  BuildHistory build = TwoWrites();
  build.Txn(1, {build.WriteStep("x", "3"), build.WriteStep("x", "4")}, {40, 50}).index = 3;
  build.Read(2, "3", {40, 50});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, ATransactionThatReadAnOldValue) {
  BuildHistory build = TwoWrites();
  build.Txn(1, {build.ReadStep("x", "1")}, {40, 50}).index = 3;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("strict serializability"));
}

TEST(Witness, NullIsWhatATransactionReadsOfNothing) {
  BuildHistory build;
  build.Txn(1, {build.ReadStep("x", "null")}, {40, 50}).index = 3;
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
}

TEST(Witness, ARywReadIsOfTheIndexThatItNames) {
  BuildHistory build = TwoWrites();
  build.RywRead(2, "1", {40, 50}).index = 1;
  build.RywRead(2, "2", {60, 70}).index = 7;
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
  build.RywRead(2, "1", {80, 90}).index = 2;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("read-your-writes"));
}

TEST(Witness, AReadThatNamesAnIndex) {
  BuildHistory build = TwoWrites();
  build.Read(2, "2", {40, 50}).index = 2;
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
  build.Read(2, "1", {60, 70}).index = 1;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, IndeterminateWithAPlaceMayHappenLate) {
  BuildHistory build = TwoWrites();
  build.Write(3, "9", {5, kNever}).index = 3;
  build.Read(2, "2", {40, 50});
  build.Read(2, "9", {60, 70});
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
  build.Write(3, "10", {80, kNever}).index = 2;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, IndeterminateWithoutAPlace) {
  BuildHistory build = TwoWrites();
  build.Write(3, "9", {5, kNever});
  build.Delete(4, {5, kNever});
  EXPECT_THAT(FoundByWitness(&build), IsEmpty()) << "nobody saw them";
  build.Read(2, "9", {60, 70});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("unknown"));
}

TEST(Witness, ACasWithAPlaceMayHaveMetAnUpdateWithout) {
  BuildHistory build = TwoWrites();
  build.Write(3, "9", {5, kNever});
  build.Cas(4, "9", "10", {35, kNever}).index = 3;
  build.Read(2, "10", {60, 70});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("unknown"));
}

TEST(Witness, ATransactionMayHaveMetAnyUpdateOfItsTime) {
  BuildHistory build;
  build.Write(1, "9", {0, kNever});
  build.Txn(2, {build.ReadStep("y", ""), build.ReadStep("x", "9")}, {10, 20}).index = 2;
  build.Write(3, "8", {30, kNever}).key = build.Text("y");  // too late
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("unknown"));
}

// The read met the delete of session 3, or that of session 5: then the write of 4 would be too
// early.
TEST(Witness, AReadThatMayHaveAnEarlierPlaceIsNoGroundForBlame) {
  BuildHistory build = TwoWrites();
  build.Delete(3, {31, kNever});
  build.Read(2, "", {35, 45});
  build.Delete(5, {40, 100}).index = 4;
  build.Write(4, "4", {50, 60}).index = 3;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("unknown"));
  build.Done().operations()[2].outcome = Outcome::kFailed;
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, AnUpdateWithoutAPlaceIsNoExcuseForOtherValues) {
  BuildHistory build = TwoWrites();
  build.Write(3, "9", {5, kNever});
  build.Read(2, "1", {60, 70});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, AFailedWriteHasNoEffect) {
  BuildHistory build = TwoWrites();
  build.Write(3, "9", {35, 36}).outcome = Outcome::kFailed;
  build.Read(2, "2", {40, 50});
  EXPECT_THAT(FoundByWitness(&build), IsEmpty());
  build.Read(2, "9", {60, 70});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("linearizability"));
}

TEST(Witness, AcknowledgedWithoutIndexIsUnknown) {
  BuildHistory build = TwoWrites();
  build.Write(3, "9", {35, 36});
  EXPECT_THAT(FoundByWitness(&build), ElementsAre("unknown"));
}

TEST(Witness, HonestHistoriesPass) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    RandomHistoryOptions options;
    options.seed = seed;
    options.txns = seed % 2 == 0;
    options.appends = seed % 4 == 0;
    options.tell_read_index = seed % 3 == 0;
    EXPECT_THAT(CheckWitness(RandomHistory(options)), IsEmpty()) << seed;
  }
}

}  // namespace
}  // namespace tidemark::check
