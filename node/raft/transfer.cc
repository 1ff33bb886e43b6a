#include "node/raft/transfer.h"

#include <algorithm>

#include "node/base/assert.h"

namespace tidemark::raft {

bool Transfer::Concerns(const InstallReply& reply) const {
  return reply.last_included == snapshot_.last_included && reply.bytes == snapshot_.bytes &&
         reply.checksum == snapshot_.checksum;
}

void Transfer::Probed(uint64_t round) {
  probe_due_ = false;
  probed_round_ = round;
  // What is being read will be sent behind this message.
  probed_ = reads_.empty() ? next_ : *std::min_element(reads_.begin(), reads_.end());
}

void Transfer::Answered(const InstallReply& reply) {
  TM_ASSERT(Concerns(reply));
  if (reply.offset > snapshot_.bytes || reply.written > reply.offset) return;
  // Messages may overtake each other: only what was sent before a message that the peer has got is
  // taken for lost, and once a heartbeat.
  const bool lost = reply.echo.round >= probed_round_ && reply.offset < probed_;
  if (!placed_ || lost || reply.offset > next_) {
    careful_ = lost;
    GoOnFrom(reply.offset);
    written_ = reply.written;
  }
  if (reply.written > written_) careful_ = false;
  written_ = std::max(written_, reply.written);
}

void Transfer::GoOnFrom(uint64_t offset) {
  placed_ = true;
  next_ = offset;
  probed_ = 0;
  reads_.clear();
}

std::optional<SnapshotRead> Transfer::NextRead(uint64_t piece_bytes, uint64_t window) {
  const uint64_t open = piece_bytes * (careful_ ? 1 : window);
  if (!placed_ || next_ == snapshot_.bytes || next_ - written_ >= open) return std::nullopt;
  const SnapshotRead read{snapshot_, next_, std::min(piece_bytes, snapshot_.bytes - next_)};
  reads_.push_back(next_);
  next_ += read.bytes;
  return read;
}

bool Transfer::TakeRead(uint64_t offset) {
  const auto found = std::find(reads_.begin(), reads_.end(), offset);
  if (found == reads_.end()) return false;
  reads_.erase(found);
  return true;
}

void Transfer::StartOver() {
  GoOnFrom(0);
  written_ = 0;
  placed_ = false;
}

void Transfer::AddTo(Digest* digest) const {
  digest->Add(snapshot_)
      .Add(uint64_t{probe_due_})
      .Add(uint64_t{placed_})
      .Add(uint64_t{careful_})
      .Add(next_)
      .Add(written_);
  digest->Add(uint64_t{reads_.size()});
  for (const uint64_t offset : reads_) digest->Add(offset);
  digest->Add(probed_).Add(probed_round_);
}

}  // namespace tidemark::raft
