#include "node/kv/history.h"

#include <vector>

#include "gtest/gtest.h"
#include "node/kv/session.h"

namespace tidemark::kv {
namespace {

constexpr uint32_t kCluster = 0x9f3a1c20;

// Term 2 from 3 on, term 5 from 7 on, to 9.
History Sample() {
  History history;
  history.SetCluster(kCluster);
  history.BeginTerm(3, 2, 20);
  history.BeginTerm(7, 5, 50);
  return history;
}

TEST(HistoryTest, ASessionIsOfTheTermThatItsIndexStandsIn) {
  const History history = Sample();
  EXPECT_EQ(history.At(3), (Session{kCluster, 3, 2, 20}));
  EXPECT_EQ(history.At(6), (Session{kCluster, 6, 2, 20}));
  EXPECT_EQ(history.At(7), (Session{kCluster, 7, 5, 50}));
  EXPECT_EQ(history.At(900), (Session{kCluster, 900, 5, 50}));
}

TEST(HistoryTest, ItIsEmptyUntilATermBegins) {
  History history;
  history.SetCluster(kCluster);
  EXPECT_TRUE(history.empty());
  EXPECT_EQ(history.Judge({kCluster, 1, 0, 0}, 9), Verdict::kLostHistory);
  history.BeginTerm(1, 1, 1);
  EXPECT_FALSE(history.empty());
}

struct JudgeCase {
  const char* what;
  Session session;
  Verdict verdict;
};

TEST(HistoryTest, WhatItSaysToASession) {
  const JudgeCase cases[] = {
      {"the last of a term", {kCluster, 6, 2, 20}, Verdict::kHolds},
      {"the first of a term", {kCluster, 7, 5, 50}, Verdict::kHolds},
      {"the last of all", {kCluster, 9, 5, 50}, Verdict::kHolds},
      {"the next one", {kCluster, 10, 5, 50}, Verdict::kFromFuture},
      {"beyond, of a lower term", {kCluster, 10, 2, 20}, Verdict::kFromFuture},
      {"the term before", {kCluster, 7, 2, 20}, Verdict::kLostHistory},
      {"the term after", {kCluster, 6, 5, 50}, Verdict::kLostHistory},
      {"a term that never was", {kCluster, 6, 3, 20}, Verdict::kLostHistory},
      {"another beginning of that term", {kCluster, 6, 2, 21}, Verdict::kLostHistory},
      {"before the first term", {kCluster, 2, 2, 20}, Verdict::kLostHistory},
      {"nothing", {kCluster, 0, 0, 0}, Verdict::kLostHistory},
      {"another cluster", {kCluster + 1, 7, 5, 50}, Verdict::kOtherCluster},
      {"another cluster's future", {0, 99, 5, 50}, Verdict::kOtherCluster},
  };
  const History history = Sample();
  for (const JudgeCase& c : cases) EXPECT_EQ(history.Judge(c.session, 9), c.verdict) << c.what;
}

TEST(HistoryTest, TheClusterIsTheLastOneSet) {
  History history = Sample();
  history.SetCluster(7);
  EXPECT_EQ(history.At(3), (Session{7, 3, 2, 20}));
  EXPECT_EQ(history.Judge({kCluster, 3, 2, 20}, 9), Verdict::kOtherCluster);
}

TEST(HistoryTest, AForkGoesOnWhereItsBaseEnds) {
  const History base = Sample();
  History fork(&base);
  EXPECT_EQ(fork.At(6), base.At(6));
  fork.BeginTerm(10, 6, 60);
  fork.SetCluster(7);
  EXPECT_EQ(fork.At(2 + 1), (Session{7, 3, 2, 20}));
  EXPECT_EQ(fork.At(9), (Session{7, 9, 5, 50}));
  EXPECT_EQ(fork.At(10), (Session{7, 10, 6, 60}));
  EXPECT_EQ(fork.Judge({7, 2, 2, 20}, 10), Verdict::kLostHistory);
  EXPECT_EQ(base.At(10), (Session{kCluster, 10, 5, 50})) << "the base does not know";
}

TEST(HistoryTest, EqualHistoriesHaveEqualHashesAndOthersOthers) {
  const History base = Sample();
  History fork(&base);
  History same = Sample();
  EXPECT_EQ(fork.Hash(1), base.Hash(1));
  EXPECT_NE(base.Hash(2), base.Hash(1));
  fork.BeginTerm(10, 6, 60);
  same.BeginTerm(10, 6, 60);
  EXPECT_EQ(fork.Hash(1), same.Hash(1));

  std::vector<History> others(5, Sample());
  others[1].BeginTerm(10, 6, 60);
  others[2].BeginTerm(11, 6, 60);
  others[3].BeginTerm(10, 7, 60);
  others[4].BeginTerm(10, 6, 61);
  others.push_back(Sample());
  others.back().SetCluster(1);
  for (const History& a : others) {
    for (const History& b : others) EXPECT_EQ(a.Hash(1) == b.Hash(1), &a == &b);
  }
}

}  // namespace
}  // namespace tidemark::kv
