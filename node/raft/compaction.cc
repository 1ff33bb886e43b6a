// What of the log is dropped once a snapshot stands for it (§7), and when.
#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "node/base/assert.h"
#include "node/raft/raft.h"

namespace tidemark::raft {
namespace {

// Some hundred microseconds' worth.
constexpr uint64_t kMostAtOnce = 4000;
// A peer that is sent a snapshot comes nearer once in so many election time-outs, and round trips
// (of which as many are allowed for as take no longer), or what is kept for it goes.
constexpr int64_t kPatience = 20;
constexpr int64_t kRoundTrips = 4;

constexpr Index kNothing(std::numeric_limits<uint64_t>::max());

// One that is sent a snapshot will go on behind it.
Index HasOrWillHave(const Progress& peer) {
  const Transfer* transfer = peer.transfer();
  const Index will = transfer != nullptr ? transfer->snapshot().last_included.index : Index();
  return std::max(will, peer.match_index());
}

}  // namespace

void Raft::SnapshotTaken(Snapshot snapshot) {
  TM_ASSERT(snapshot.last_included.index <= commit_index_);
  const bool newer = !snapshot_ || snapshot_->last_included < snapshot.last_included;
  if (newer) snapshot_ = std::move(snapshot);
}

void Raft::CompactLog() {
  if (!snapshot_ || log_.bytes() <= options_.keep_log_bytes) return;
  const Index needed = std::max(NeededByPeers(), log_.LastWithBehind(options_.max_log_bytes));
  const Index goal = std::min({snapshot_->last_included.index, needed, NeededByWhoCatchesUp(),
                               log_.LastWithBehind(options_.keep_log_bytes)});
  const Index base = log_.base().index;
  if (goal > base) log_.CompactTo(std::min(goal, base.Plus(kMostAtOnce)));
}

Time Raft::LastHeartbeat() const {
  return std::get<Leader>(role_).heartbeat_deadline - options_.heartbeat;
}

// The last index up to which no peer that is heard lacks anything.
Index Raft::NeededByPeers() const {
  Index needed = kNothing;
  const auto* leader = std::get_if<Leader>(&role_);
  if (leader == nullptr) return needed;
  for (const Progress& peer : leader->peers) {
    if (peer.last_answered() + options_.election_timeout_max < LastHeartbeat()) continue;
    needed = std::min(needed, HasOrWillHave(peer));
  }
  return needed;
}

// The same for those that were sent a snapshot and have come nearer of late. The log may grow
// beyond its limit for them: by what is written while the file is sent, and no more from then on.
Index Raft::NeededByWhoCatchesUp() const {
  Index needed = kNothing;
  const auto* leader = std::get_if<Leader>(&role_);
  if (leader == nullptr) return needed;
  for (const Progress& peer : leader->peers) {
    if (ComesNearer(peer)) needed = std::min(needed, HasOrWillHave(peer));
  }
  return needed;
}

// A round trip may take longer than an election time-out, and what is lost takes some of them.
bool Raft::ComesNearer(const Progress& peer) const {
  if (peer.catching_up() == nullptr) return false;
  const Duration timeouts = options_.election_timeout_max * kPatience;
  // Or longer, where it answers rounds of which it is no longer known when they began.
  const Duration round_trip = peer.last_answered() - peer.last_heard();
  const Duration patience = Duration{timeouts.us + std::min(round_trip * kRoundTrips, timeouts).us};
  return peer.catching_up()->advanced_at() + patience >= LastHeartbeat();
}

void Raft::NoteKeptSnapshots(Ready* ready) {
  std::vector<Snapshot> kept;
  if (const auto* leader = std::get_if<Leader>(&role_)) {
    for (const Progress& peer : leader->peers) {
      const bool keeps = peer.transfer() != nullptr && ComesNearer(peer);
      if (keeps) kept.push_back(peer.transfer()->snapshot());
    }
  }
  if (kept == kept_snapshots_) return;
  kept_snapshots_ = kept;
  ready->kept_snapshots = std::move(kept);
}

}  // namespace tidemark::raft
