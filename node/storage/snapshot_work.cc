#include "node/storage/snapshot_work.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "node/kv/state_machine.h"
#include "node/wire/state_codec.h"

namespace tidemark::storage {

EncodedSlice Encode(const server::StateSlice& slice) {
  EncodedSlice encoded{slice.snapshot, slice.first, slice.last, slice.abandoned, ""};
  for (const kv::StatePart& part : slice.parts) wire::AppendStatePart(part, &encoded.state);
  return encoded;
}

absl::Status SnapshotWork::Do(const SnapshotTask& task, std::vector<server::Input>* news) {
  return std::visit([&](const auto& one) { return DoOne(one, news); }, task);
}

absl::Status SnapshotWork::DoOne(const EncodedSlice& slice, std::vector<server::Input>* news) {
  if (slice.abandoned) {
    store_->Abandon();
    return absl::OkStatus();
  }
  if (slice.first) no_room_ = false;
  if (!no_room_) {
    absl::Status written = Write(slice);
    no_room_ = absl::IsResourceExhausted(written);
    if (!written.ok() && !no_room_) return written;
  }
  if (slice.last) news->emplace_back(server::SnapshotTaken{std::exchange(taken_, std::nullopt)});
  return absl::OkStatus();
}

absl::Status SnapshotWork::Write(const EncodedSlice& slice) {
  if (slice.first) {
    if (absl::Status begun = store_->Begin(slice.snapshot); !begun.ok()) return begun;
  }
  if (absl::Status added = store_->Add(slice.state); !added.ok() || !slice.last) return added;
  absl::StatusOr<raft::Snapshot> taken = store_->Finish();
  if (!taken.ok()) return taken.status();
  taken_ = *std::move(taken);
  return absl::OkStatus();
}

absl::Status SnapshotWork::DoOne(const raft::SnapshotPiece& piece,
                                 std::vector<server::Input>* news) {
  if (piece.offset == 0) refused_.reset();
  if (refused_ == piece.snapshot) {
    RefusePieces(piece.snapshot, news);
    return absl::OkStatus();
  }
  absl::Status received = store_->Receive(piece);
  if (absl::IsResourceExhausted(received)) {
    RefusePieces(piece.snapshot, news);
    return absl::OkStatus();
  }
  if (!received.ok()) return received;
  news->emplace_back(server::PieceWritten{piece.snapshot, piece.end()});
  if (piece.end() < piece.snapshot.bytes) return absl::OkStatus();
  return Install(piece.snapshot, news);
}

absl::Status SnapshotWork::Install(const raft::Snapshot& snapshot,
                                   std::vector<server::Input>* news) {
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> machine = store_->Install(snapshot);
  if (machine.ok()) {
    news->emplace_back(server::SnapshotInstalled{snapshot, *std::move(machine), ""});
    return absl::OkStatus();
  }
  if (absl::IsResourceExhausted(machine.status())) {
    RefusePieces(snapshot, news);
    return absl::OkStatus();
  }
  if (!absl::IsDataLoss(machine.status())) return machine.status();
  news->emplace_back(
      server::SnapshotInstalled{snapshot, nullptr, std::string(machine.status().message())});
  return absl::OkStatus();
}

void SnapshotWork::RefusePieces(const raft::Snapshot& snapshot, std::vector<server::Input>* news) {
  refused_ = snapshot;
  news->emplace_back(server::PieceWritten{snapshot, 0, /*taken=*/false});
}

absl::Status SnapshotWork::DoOne(const KeptSnapshots& kept, std::vector<server::Input>* /*news*/) {
  store_->Keep(kept.snapshots);
  return absl::OkStatus();
}

absl::Status SnapshotWork::DoOne(const raft::SnapshotRead& read, std::vector<server::Input>* news) {
  raft::SnapshotPiece gone{read.snapshot, read.offset, ""};
  absl::StatusOr<raft::SnapshotPiece> piece = store_->Read(read);
  if (!piece.ok() && !absl::IsNotFound(piece.status())) return piece.status();
  news->emplace_back(server::SnapshotBytes{piece.ok() ? *std::move(piece) : std::move(gone)});
  return absl::OkStatus();
}

}  // namespace tidemark::storage
