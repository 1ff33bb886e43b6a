#include "client_cli/timing.h"

#include <algorithm>
#include <cstdint>

#include "node/base/concat.h"

namespace tidemark::client {

Timing TimingFor(Duration delay) {
  constexpr int64_t kDefaultHeartbeatMs = 50;
  constexpr int64_t kDefaultElectionMs = 250;
  constexpr int64_t kDefaultRequestMs = 10'000;
  const int64_t delay_ms = delay.ToMillis();
  const int64_t election_ms = std::max(kDefaultElectionMs, 10 * delay_ms);
  const int64_t request_ms = std::max(kDefaultRequestMs, 60 * delay_ms);
  Timing timing;
  timing.request_timeout = Duration::Millis(request_ms);
  timing.patience = Duration::Millis(request_ms + std::max(int64_t{2'000}, 4 * delay_ms));
  if (election_ms > kDefaultElectionMs) {
    timing.flags = {"--heartbeat-ms",        Concat(std::max(kDefaultHeartbeatMs, delay_ms)),
                    "--election-timeout-ms", Concat(election_ms),
                    Concat(2 * election_ms), "--request-timeout-ms",
                    Concat(request_ms)};
  }
  return timing;
}

}  // namespace tidemark::client
