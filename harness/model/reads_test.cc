// That the theorem holds to the end of the bounds, and that no rule can be spared: without any one
// of them there is a schedule that breaks each half of it, which is printed.
#include "harness/model/reads.h"

#include <cstdio>
#include <string>

#include "gtest/gtest.h"
#include "harness/model/checker.h"

namespace tidemark::model {
namespace {

constexpr Bounds kTokens{.asks = Asks::kToken, .terms = 3, .writes = 0, .restarts = 0};
constexpr Bounds kReads{.asks = Asks::kRead, .terms = 3, .writes = 1, .restarts = 0};

Bounds WithTerms(Bounds bounds, uint8_t terms) {
  bounds.terms = terms;
  return bounds;
}

// How many steps it takes to break the theorem; 0: it is not broken.
size_t StepsToBreak(const State& start, const Bounds& bounds, Without without) {
  const Findings findings = Check(start, bounds, without);
  std::printf("%s\n", findings.broken.c_str());
  for (const std::string& step : findings.path) std::printf("  %s\n", step.c_str());
  return findings.path.size();
}

TEST(Reads, AreTrueWithAWriteAndARestart) {
  const Findings findings = Check(Bootstrapped(), {.terms = 2}, Without::kNothing);
  EXPECT_EQ(findings.broken, "");
  EXPECT_EQ(findings.states, 91'273u);
}

// What begins each of the three terms stands for writes; reads are in reads_full_test.
TEST(Tokens, AreTrueOfALeaderWhoComesAndGoes) {
  Bounds bounds = kTokens;
  bounds.restarts = 1;
  const Findings findings = Check(Bootstrapped(), bounds, Without::kNothing);
  EXPECT_EQ(findings.broken, "");
  EXPECT_EQ(findings.states, 292'545u);
}

TEST(Tokens, AreTrueOnceALeadersDiskWasPutBack) {
  EXPECT_EQ(Check(PutBack(), kTokens, Without::kNothing).broken, "");
}

TEST(Rules, TheTermOfTheMessageThatIsAnswered) {
  EXPECT_EQ(StepsToBreak(Bootstrapped(), kTokens, Without::kMessageTerm), 9u);
  EXPECT_EQ(StepsToBreak(Bootstrapped(), kReads, Without::kMessageTerm), 10u);
}

// Over a restart a node leads in another term; only where its disk went back, in the same.
TEST(Rules, TheLifeOfTheLeaderThatIsAnswered) {
  EXPECT_EQ(StepsToBreak(PutBack(), kTokens, Without::kLife), 8u);
  EXPECT_EQ(StepsToBreak(PutBack(), kReads, Without::kLife), 9u);
  EXPECT_EQ(StepsToBreak(Bootstrapped(), kTokens, Without::kLife), 0u);
}

TEST(Rules, TheTermOfWhoAnswers) {
  EXPECT_EQ(StepsToBreak(Bootstrapped(), kTokens, Without::kAnswererTerm), 5u);
  EXPECT_EQ(StepsToBreak(Bootstrapped(), WithTerms(kReads, 2), Without::kAnswererTerm), 6u);
}

TEST(Rules, ARoundThatBeginsAfterTheQuestion) {
  EXPECT_EQ(StepsToBreak(Bootstrapped(), kTokens, Without::kNewRound), 4u);
  EXPECT_EQ(StepsToBreak(Bootstrapped(), WithTerms(kReads, 2), Without::kNewRound), 5u);
}

TEST(Rules, WhatTheTermBeginsWith) {
  EXPECT_EQ(StepsToBreak(Bootstrapped(), kTokens, Without::kTermStart), 6u);
  EXPECT_EQ(StepsToBreak(Bootstrapped(), WithTerms(kReads, 2), Without::kTermStart), 6u);
}

}  // namespace
}  // namespace tidemark::model
