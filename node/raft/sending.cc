// How a leader sends its snapshot to a peer that lacks what the log no longer has (§7).
#include <variant>

#include "node/base/assert.h"
#include "node/raft/raft.h"

namespace tidemark::raft {

void Raft::SendSnapshot(Progress* peer, bool must_send) {
  TM_ASSERT(snapshot_ && snapshot_->last_included.index >= log_.base().index);
  // The one that is under way goes on though there may be a newer one. Where the peer has all of
  // it, the log has moved on meanwhile.
  const Transfer* under_way = peer->transfer();
  if (under_way == nullptr || under_way->snapshot().last_included.index <= peer->match_index()) {
    peer->BeginTransfer(*snapshot_);
  }
  Transfer& transfer = *peer->transfer();
  const uint64_t round = std::get<Leader>(role_).rounds.last();
  if (must_send || transfer.probe_due()) {
    transfer.Probed(round);
    Send(peer->peer(),
         InstallSnapshot{hard_state_.term, round, {transfer.snapshot(), 0, {}}, identity_.life},
         &ready_.send_now);
  }
  while (auto read = transfer.NextRead(options_.snapshot_piece_bytes, options_.snapshot_window)) {
    ready_.snapshot_reads.push_back(*std::move(read));
  }
}

void Raft::SnapshotBytes(const SnapshotPiece& piece) {
  if (!leads()) return;
  auto& leader = std::get<Leader>(role_);
  for (Progress& peer : leader.peers) {
    Transfer* transfer = peer.transfer();
    if (transfer == nullptr || transfer->snapshot() != piece.snapshot) continue;
    if (!transfer->TakeRead(piece.offset)) continue;
    if (!piece.bytes.empty()) {
      Send(peer.peer(),
           InstallSnapshot{hard_state_.term, leader.rounds.last(), piece, identity_.life},
           &ready_.send_now);
    } else if (piece.snapshot == *snapshot_) {
      transfer->StartOver();
    } else {
      peer.BeginTransfer(*snapshot_);
    }
  }
}

void Raft::HandleInstallReply(Time now, const Header& header, const InstallReply& reply) {
  Progress* peer = Answerer(now, header, reply.term, reply.echo);
  if (peer == nullptr || peer->is_told()) return;
  NoteAnswer(now, reply.echo, peer);
  Transfer* transfer = peer->transfer();
  if (transfer != nullptr && transfer->Concerns(reply)) {
    transfer->Answered(reply);
    peer->NoteWritten(now);
  }
  ConfirmReads(now);
}

}  // namespace tidemark::raft
