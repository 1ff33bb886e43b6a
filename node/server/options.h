// How a node behaves where the protocol leaves a choice.
#ifndef TIDEMARK_NODE_SERVER_OPTIONS_H_
#define TIDEMARK_NODE_SERVER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "node/base/time.h"
#include "node/raft/raft.h"

namespace tidemark::server {

struct Options {
  raft::Options raft;
  // How long the first request that needs a leader waits before it makes a cluster be bootstrapped.
  Duration bootstrap_delay = Duration::Millis(50);
  // The founder bootstraps by itself, so long after its start, and each node opens its writer as
  // soon as there is a leader. For nodes that are all started at once; goes with raft.reticent.
  std::optional<Duration> bootstrap_after;
  // How long a ryw_read waits at a follower that is behind, unless it says otherwise.
  Duration follower_wait = Duration::Millis(100);
  // When a request that could not be served is answered with an error.
  Duration request_timeout = Duration::Millis(10'000);
  // For how long a node keeps its own writer from letting go of a write that it has answered with
  // an open outcome: until then the fate of its write_id can be asked for.
  Duration open_outcome_kept = Duration::Millis(600'000);
  // Requests that may be open at once at this node; more are refused.
  size_t max_open_requests = 32'768;
  // And the bytes that they may hold; what would go beyond is refused, unless nothing else is open.
  size_t max_open_bytes = size_t{64} << 20;
  // A step that has said so many bytes to clients and askers says no more: what else it could
  // answer the next one does (Output::unfinished).
  size_t answer_bytes_per_step = size_t{1} << 20;
  // ryw_reads that may wait at once, and the bytes that they may hold; more are refused.
  size_t max_waiting_reads = 10'000;
  size_t max_waiting_bytes = size_t{16} << 20;
  // A snapshot is taken when so many bytes of entries were applied since the last one. Zero: never,
  // for a node that has nowhere to put it.
  uint64_t snapshot_log_bytes = 0;
  // How often nodes compare their states, as long as these change.
  Duration audit_interval = Duration::Millis(1'000);
  // Off only to measure what they save: reads that a session proves, and asking the leader for what
  // a reader waits for.
  bool proved_reads = true;
  bool pull = true;
};

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_OPTIONS_H_
