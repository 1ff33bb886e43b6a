// The leader's side of sending one peer a snapshot: what to read, what to send, what was lost (§7).
// The peer says how far it has come; a new leader that has the same file goes on from there.
#ifndef TIDEMARK_NODE_RAFT_TRANSFER_H_
#define TIDEMARK_NODE_RAFT_TRANSFER_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "node/raft/digest.h"
#include "node/raft/messages.h"
#include "node/raft/snapshot.h"

namespace tidemark::raft {

class Transfer {
 public:
  explicit Transfer(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

  const Snapshot& snapshot() const { return snapshot_; }
  bool Concerns(const InstallReply& reply) const;
  // The peer has all before this byte in its file.
  uint64_t written() const { return written_; }

  // A message without bytes is on its way, which makes the peer say how far it is. The first is due
  // at once.
  void Probed(uint64_t round);
  bool probe_due() const { return probe_due_; }
  // Requires Concerns(reply).
  void Answered(const InstallReply& reply);

  // What is to be read next, if the window is open: at most `window` pieces of `piece_bytes` are
  // being read, under way, or not yet in the peer's file. One only, after some were lost, until the
  // peer has written it: where it takes none, its disk is full.
  std::optional<SnapshotRead> NextRead(uint64_t piece_bytes, uint64_t window);
  // Whether this read was asked for and not yet answered; it is, now.
  bool TakeRead(uint64_t offset);
  // The file could not be read: begins anew, at the next probe.
  void StartOver();

  void AddTo(Digest* digest) const;

 private:
  void GoOnFrom(uint64_t offset);

  Snapshot snapshot_;
  bool probe_due_ = true;
  bool placed_ = false;   // the peer has said where it stands
  bool careful_ = false;  // pieces were lost
  uint64_t next_ = 0;     // the first byte that is not asked for
  uint64_t written_ = 0;
  std::vector<uint64_t> reads_;  // the offsets of those that are not answered
  // All before `probed_` was sent before the message of `probed_round_`.
  uint64_t probed_ = 0;
  uint64_t probed_round_ = 0;
};

}  // namespace tidemark::raft

#endif  // TIDEMARK_NODE_RAFT_TRANSFER_H_
