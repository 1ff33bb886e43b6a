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

}  // namespace

void Raft::SnapshotTaken(Snapshot snapshot) {
  TM_ASSERT(snapshot.last_included.index <= commit_index_);
  const bool newer = !snapshot_ || snapshot_->last_included < snapshot.last_included;
  if (newer) snapshot_ = std::move(snapshot);
}

void Raft::CompactLog() {
  if (!snapshot_ || log_.bytes() <= options_.keep_log_bytes) return;
  const Index needed = std::max(NeededByPeers(), log_.LastWithBehind(options_.max_log_bytes));
  const Index goal = std::min(
      {snapshot_->last_included.index, needed, log_.LastWithBehind(options_.keep_log_bytes)});
  const Index base = log_.base().index;
  if (goal > base) log_.CompactTo(std::min(goal, base.Plus(kMostAtOnce)));
}

// The last index up to which no peer that is heard lacks anything. One that is sent a snapshot will
// go on behind it.
Index Raft::NeededByPeers() const {
  Index needed(std::numeric_limits<uint64_t>::max());
  const auto* leader = std::get_if<Leader>(&role_);
  if (leader == nullptr) return needed;
  const Time last_heartbeat = leader->heartbeat_deadline - options_.heartbeat;
  for (const Progress& peer : leader->peers) {
    if (peer.last_answered() + options_.election_timeout_max < last_heartbeat) continue;
    const Transfer* transfer = peer.transfer();
    const Index has = transfer != nullptr ? transfer->snapshot().last_included.index : Index();
    needed = std::min(needed, std::max(has, peer.match_index()));
  }
  return needed;
}

}  // namespace tidemark::raft
