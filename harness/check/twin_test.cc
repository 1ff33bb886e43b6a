// The checkers against each other, over honest histories of which one thing was spoilt.
#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/check/describe.h"
#include "harness/check/search.h"
#include "harness/check/sessions.h"
#include "harness/check/testing/build_history.h"
#include "harness/check/testing/permutations.h"
#include "harness/check/testing/random_history.h"
#include "harness/check/witness.h"
#include "node/base/random.h"

namespace tidemark::check {
namespace {

constexpr uint64_t kTwinSteps = 1'000'000;

enum class Verdict { kOk, kBroken, kUnknown };

Verdict Witness(const History& history) {
  const std::vector<Violation> violations = CheckWitness(history);
  if (violations.empty()) return Verdict::kOk;
  return violations[0].check == "unknown" ? Verdict::kUnknown : Verdict::kBroken;
}
bool SearchFindsOrder(const History& history) { return !SearchOrder(history, kTwinSteps); }

// Spoils an operation, or not: some spoilt histories are still possible ones.
void Spoil(Random* random, History* history) {
  std::vector<Operation>& operations = history->operations();
  const int64_t last = static_cast<int64_t>(operations.size()) - 1;
  Operation& op = operations[random->Between(0, last)];
  const Operation& other = operations[random->Between(0, last)];
  switch (random->Between(0, 5)) {
    case 0:  // a stale, lost or made-up value
      if (op.function == Function::kRead || other.value != kMissing) op.value = other.value;
      return;
    case 1:
      if (op.index != 0) op.index = other.index;
      return;
    case 2:
      op.invoked -= random->Between(0, 50);  // keeps the order if small
      return;
    case 3:
      if (op.outcome != Outcome::kOk) return;
      op.returned = std::max(op.invoked, op.returned - random->Between(0, 20));
      return;
    case 4:  // an effect is lost
      if (op.function != Function::kTxn) op.key = other.key;
      return;
    default:
      if (op.txn != 0 && other.value != kMissing) history->txn(op.txn - 1)[0].value = other.value;
  }
}

History Small(uint64_t seed) {
  RandomHistoryOptions options;
  options.seed = seed;
  options.sessions = 3;
  options.keys = 2;
  options.operations = 5 + static_cast<int>(seed % 3);
  options.indeterminate_percent = 30;
  options.ryw_reads = false;
  options.txns = seed % 2 == 0;
  options.appends = seed % 4 == 0;
  options.tell_read_index = seed % 3 == 0;
  options.tell_indeterminate = seed % 5 != 0;
  return RandomHistory(options);
}

History SmallAndSpoilt(uint64_t seed) {
  History history = Small(seed);
  Random random(seed);
  Spoil(&random, &history);
  if (seed % 3 == 0) Spoil(&random, &history);
  std::vector<Operation>& operations = history.operations();
  std::stable_sort(operations.begin(), operations.end(),
                   [](const Operation& a, const Operation& b) { return a.invoked < b.invoked; });
  return history;
}

std::string Dump(uint64_t seed, const History& history) {
  std::string text = "seed " + std::to_string(seed);
  for (size_t i = 0; i < history.operations().size(); ++i) {
    text += "\n" + Describe(history, i);
  }
  return text;
}

TEST(Twin, SearchAndEveryPermutation) {
  int broken = 0;
  for (uint64_t seed = 1; seed <= 20'000; ++seed) {
    const History history = SmallAndSpoilt(seed);
    const bool some = SomeOrderExplains(history, false);
    broken += some ? 0 : 1;
    ASSERT_EQ(SearchFindsOrder(history), some) << Dump(seed, history);
  }
  EXPECT_GT(broken, 500);
}

TEST(Twin, WitnessAndEveryPermutationInTheOrderOfTheLog) {
  int broken = 0;
  int unknown = 0;
  for (uint64_t seed = 1; seed <= 20'000; ++seed) {
    const History history = SmallAndSpoilt(seed);
    const Verdict verdict = Witness(history);
    if (verdict == Verdict::kUnknown) {
      ++unknown;
      continue;
    }
    broken += verdict == Verdict::kBroken ? 1 : 0;
    ASSERT_EQ(verdict == Verdict::kOk, SomeOrderExplains(history, true)) << Dump(seed, history);
  }
  EXPECT_GT(broken, 500);
  EXPECT_LT(unknown, 2000);
}

TEST(Twin, WhatHasAWitnessIsFoundBySearch) {
  int broken = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    RandomHistoryOptions options;
    options.seed = seed;
    options.txns = options.appends = seed % 2 == 0;
    History history = RandomHistory(options);
    Random random(seed);
    Spoil(&random, &history);
    std::stable_sort(history.operations().begin(), history.operations().end(),
                     [](const Operation& a, const Operation& b) { return a.invoked < b.invoked; });
    const std::optional<Violation> violation = SearchOrder(history, kTwinSteps);
    if (!violation || violation->check == "unknown") continue;
    ++broken;
    ASSERT_NE(Witness(history), Verdict::kOk) << seed << ": " << violation->text;
  }
  EXPECT_GT(broken, 40);
}

}  // namespace
}  // namespace tidemark::check
