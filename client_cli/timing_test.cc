#include "client_cli/timing.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tidemark::client {
namespace {

using Flags = std::vector<std::string>;

TEST(Timing, DefaultsWillDoWhereMessagesAreFast) {
  for (const int64_t ms : {0, 1, 25}) {
    const Timing timing = TimingFor(Duration::Millis(ms));
    EXPECT_EQ(timing.flags, Flags()) << ms;
    EXPECT_EQ(timing.request_timeout, Duration::Millis(10'000)) << ms;
    EXPECT_EQ(timing.patience, Duration::Millis(12'000)) << ms;
  }
}

TEST(Timing, GrowsWithTheDelay) {
  EXPECT_EQ(TimingFor(Duration::Millis(300)).flags,
            (Flags{"--heartbeat-ms", "300", "--election-timeout-ms", "3000", "6000",
                   "--request-timeout-ms", "18000"}));
  EXPECT_EQ(TimingFor(Duration::Millis(300)).patience, Duration::Millis(20'000));
  EXPECT_EQ(TimingFor(Duration::Millis(60'000)).flags.back(), "3600000");
}

}  // namespace
}  // namespace tidemark::client
