#include "node/driver/disk.h"

#include <utility>
#include <variant>

namespace tidemark::driver {

Disk::Disk(storage::LogStore* log, storage::SnapshotStore* snapshots, const DiskOptions& options)
    : options_(options),
      log_(log, options.lock, options.enough_room, &inbox_, options.log),
      snapshots_(snapshots, &inbox_, options.snapshots) {}

void Disk::Submit(server::Output* out) {
  if (!out->records.empty()) {
    submitted_ = out->sequence;
    log_.Write(std::move(out->records), out->sequence, out->committed);
  } else {
    log_.NoteCommitted(out->committed);
  }
  log_.DropBelow(out->log_first);
  if (out->kept_snapshots) snapshots_.Keep(*std::move(out->kept_snapshots));
  if (out->slice) snapshots_.Take(storage::Encode(*out->slice));
  for (raft::SnapshotPiece& piece : out->snapshot_pieces) snapshots_.Receive(std::move(piece));
  for (const raft::SnapshotRead& read : out->snapshot_reads) snapshots_.Read(read);
}

std::vector<server::Input> Disk::Collect() {
  std::vector<server::Input> inputs = inbox_.Collect();
  for (const server::Input& input : inputs) {
    if (const auto* done = std::get_if<server::Persisted>(&input)) persisted_ = done->sequence;
  }
  return inputs;
}

bool Disk::settling() const {
  if (options_.log == Runs::kInThread) return false;
  return options_.snapshots == Runs::kInThread ? busy() : ready();
}

}  // namespace tidemark::driver
