#include <memory>
#include <utility>

#include "node/base/assert.h"
#include "node/storage/log_store.h"
#include "node/storage/memory_file_system.h"
#include "node/storage/node_storage.h"
#include "node/storage/snapshot_files.h"

namespace tidemark::storage {
namespace {

// Nobody can read it again, so nothing need be kept.
class MemoryLog final : public LogStore {
 public:
  void Append(const std::vector<server::Record>& /*records*/) override {}
  absl::Status Sync() override { return absl::OkStatus(); }
  void NoteCommitted(raft::Index /*index*/) override {}
  absl::Status WriteHint() override { return absl::OkStatus(); }
  uint64_t room() const override { return kUnlimitedRoom; }
  absl::StatusOr<bool> MakeRoom() override { return false; }
  absl::Status DropBelow(raft::Index /*first*/) override { return absl::OkStatus(); }
};

}  // namespace

NodeStorage NewMemoryStorage(raft::Incarnation incarnation) {
  NodeStorage storage;
  storage.incarnation = incarnation;
  storage.fresh = true;
  storage.log = std::make_unique<MemoryLog>();
  storage.memory = std::make_unique<MemoryFileSystem>();
  auto snapshots = OpenSnapshots(storage.memory.get(), "snapshots");
  TM_ASSERT(snapshots.ok());
  storage.snapshots = std::move(snapshots->store);
  return storage;
}

}  // namespace tidemark::storage
