#include "node/server/snapshot_desk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"

namespace tidemark::server {
namespace {

// Copying so much takes some hundred microseconds: requests wait no longer than that for a
// snapshot.
constexpr size_t kSliceBytes = size_t{64} << 10;
// A disk that was full is given time before the state is copied for it once more.
constexpr Duration kAfterFailure = Duration::Millis(1'000);

}  // namespace

bool SnapshotDesk::Due(const Context& context) const {
  const uint64_t limit = context.options().snapshot_log_bytes;
  return limit > 0 && applied_bytes_ >= limit && !taking_ && context.now() >= not_before_ &&
         !context.raft().quarantined();
}

void SnapshotDesk::Advanced(Context* context) {
  if (!Due(*context)) return;
  const raft::Log& log = context->raft().log();
  const raft::Index applied = context->applied();
  const raft::Configuration* configuration = log.ConfigurationAt(applied);
  // What a peer sends need not begin with one; a log without is kept as it is.
  if (configuration == nullptr) return;
  taking_ = raft::Snapshot{.last_included = {log.TermAt(applied), applied},
                           .configuration = *configuration};
  taking_bytes_ = applied_bytes_;
  context->machine().BeginCopy();
  copying_ = first_ = slice_due_ = true;
}

std::optional<StateSlice> SnapshotDesk::NextSlice(Context* context) {
  if (abandoned_) {
    abandoned_ = false;
    return StateSlice{.abandoned = true};
  }
  if (!slice_due_) return std::nullopt;
  slice_due_ = false;
  StateSlice slice{.snapshot = *taking_, .first = std::exchange(first_, false)};
  copying_ = context->machine().NextParts(kSliceBytes, &slice.parts);
  slice.last = !copying_;
  return slice;
}

void SnapshotDesk::Taken(Context* context, const std::optional<raft::Snapshot>& snapshot) {
  // One that was abandoned may still be answered for.
  if (!taking_ || copying_) return;
  if (snapshot && snapshot->last_included < taking_->last_included) return;
  taking_.reset();
  if (!snapshot) {
    not_before_ = context->now() + kAfterFailure;
    return context->Tell(raft::Notice::Level::kWarning,
                         absl::StrCat(context->self(),
                                      " could not write a snapshot of its state: there is no room "
                                      "on the disk. Its log grows until there is; free some"));
  }
  TM_ASSERT(applied_bytes_ >= taking_bytes_);
  applied_bytes_ -= taking_bytes_;
  context->raft().SnapshotTaken(*snapshot);
}

void SnapshotDesk::Abandon(Context* context) {
  applied_bytes_ = 0;
  if (!taking_) return;
  if (copying_) context->machine().AbandonCopy();
  abandoned_ = true;
  taking_.reset();
  copying_ = slice_due_ = first_ = false;
}

}  // namespace tidemark::server
