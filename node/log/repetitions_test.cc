#include "node/log/repetitions.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/concat.h"

namespace tidemark::log {
namespace {

class RepetitionsTest : public testing::Test {
 protected:
  // What is told, as "text" or "text xCOUNT".
  std::vector<std::string> Take(std::string text, std::string_view kind = {}) {
    std::vector<Told> told;
    of_.Take(now_, {raft::Notice::Level::kInfo, std::move(text)}, kind, &told);
    return Texts(told);
  }
  std::vector<std::string> PassDeadline() {
    std::vector<Told> told;
    of_.PassDeadline(now_, &told);
    return Texts(told);
  }
  std::vector<std::string> Finish() {
    std::vector<Told> told;
    of_.Finish(now_, &told);
    return Texts(told);
  }
  void Advance(int64_t seconds) { now_ = now_ + Duration::Millis(seconds * 1000); }

  static std::vector<std::string> Texts(const std::vector<Told>& told) {
    std::vector<std::string> texts;
    for (const Told& one : told) {
      texts.push_back(one.notice.text);
      if (one.again > 0) ConcatTo(&texts.back(), " x", one.again);
    }
    return texts;
  }

  using Texts_ = std::vector<std::string>;
  Repetitions of_;
  Time now_;
};

TEST_F(RepetitionsTest, WhatIsSaidOnceIsTold) {
  EXPECT_EQ(Take("n1 leads"), Texts_{"n1 leads"});
  EXPECT_EQ(of_.deadline(), Time::Never());
  Advance(60);
  EXPECT_EQ(PassDeadline(), Texts_{});
  EXPECT_EQ(Finish(), Texts_{});
}

TEST_F(RepetitionsTest, TheSameTextIsCountedAndToldOnceAMinute) {
  EXPECT_EQ(Take("refused"), Texts_{"refused"});
  for (int i = 0; i < 1203; ++i) EXPECT_EQ(Take("refused"), Texts_{});
  EXPECT_EQ(of_.deadline(), Time() + Repetitions::kSpan);
  Advance(60);
  EXPECT_EQ(PassDeadline(), Texts_{"refused x1203"});
  EXPECT_EQ(Take("refused"), Texts_{}) << "this minute's has been told";
  Advance(60);
  EXPECT_EQ(Take("something else"), (Texts_{"refused x1", "something else"}));
  // A minute without it, and it is news again.
  Advance(60);
  EXPECT_EQ(Take("refused"), Texts_{"refused"});
}

TEST_F(RepetitionsTest, TextsThatDifferInNumbersAreOfOneKind) {
  for (uint64_t i = 0; i < Repetitions::kMostTexts; ++i) {
    const std::string text = Concat("n1 leads in term ", i, " of 0123abcd", i);
    EXPECT_EQ(Take(text), Texts_{text});
  }
  EXPECT_EQ(Take("n1 leads in term 77 of 89abcdef"), Texts_{});
  EXPECT_EQ(Take("n2 leads in term 77 of 89abcdef"), Texts_{"n2 leads in term 77 of 89abcdef"})
      << "another node's name is no number";
  Advance(60);
  EXPECT_EQ(PassDeadline(), Texts_{"n1 leads in term 77 of 89abcdef x1"});
  EXPECT_EQ(Take("n1 leads in term 78 of 89abcdef"), Texts_{});
  EXPECT_EQ(Finish(), Texts_{"n1 leads in term 78 of 89abcdef x1"});
}

TEST_F(RepetitionsTest, WhoeverMakesUpTextsGetsTenAMinute) {
  size_t told = 0;
  for (int i = 0; i < 100'000; ++i) told += Take(Concat("made up: x", i, "y"), "refused").size();
  EXPECT_EQ(told, Repetitions::kMostTexts);
  Advance(60);
  EXPECT_EQ(PassDeadline(), Texts_{"made up: x99999y x99990"});
}

TEST_F(RepetitionsTest, KindsAreBounded) {
  size_t told = 0;
  for (int i = 0; i < 100'000; ++i) told += Take(Concat("made up: x", i, "y")).size();
  EXPECT_EQ(told, Repetitions::kMostKinds + Repetitions::kMostTexts);
  Advance(61);
  EXPECT_EQ(PassDeadline().size(), 1u);
}

TEST_F(RepetitionsTest, EachKindHasItsOwnMinute) {
  EXPECT_EQ(Take("a"), Texts_{"a"});
  EXPECT_EQ(Take("a"), Texts_{});
  Advance(30);
  EXPECT_EQ(Take("b"), Texts_{"b"});
  EXPECT_EQ(Take("b"), Texts_{});
  Advance(30);
  EXPECT_EQ(PassDeadline(), Texts_{"a x1"});
  EXPECT_EQ(of_.deadline(), Time() + Duration::Millis(90'000));
  Advance(30);
  EXPECT_EQ(PassDeadline(), Texts_{"b x1"});
  EXPECT_EQ(of_.deadline(), Time::Never());
}

}  // namespace
}  // namespace tidemark::log
