// In virtual time: what is promised to readers in messages, not in milliseconds of a machine.
#include "harness/simulation/waits.h"

#include "gtest/gtest.h"

namespace tidemark::simulation {
namespace {

TEST(Waits, WithATokenHardlyAnybodyWaits) {
  const Waits waits = MeasureWaits({.reads = 1'000});
  EXPECT_EQ(waits.Quantile(500), 0);
  EXPECT_LE(waits.Quantile(990), 3);
  EXPECT_GT(waits.proved, 100);
}

TEST(Waits, WhatIsSwitchedOffIsNotUsed) {
  const Waits waits = MeasureWaits({.reads = 300, .proved_reads = false, .pull = false});
  EXPECT_EQ(waits.proved, 0);
  EXPECT_GT(waits.waited + waits.redirected, 30);
}

TEST(Waits, ABareIndexIsPulledInARoundTrip) {
  const Waits waits = MeasureWaits({.reads = 300, .tokens = false});
  EXPECT_EQ(waits.proved, 0);
  EXPECT_LE(waits.Quantile(1000), 3);
}

}  // namespace
}  // namespace tidemark::simulation
