#include <limits>
#include <memory>

#include "node/storage/node_storage.h"

namespace tidemark::storage {
namespace {

// Nobody can read it again, so nothing need be kept.
class MemoryLog final : public LogStore {
 public:
  void Append(const std::vector<server::Record>& /*records*/) override {}
  absl::Status Sync() override { return absl::OkStatus(); }
  uint64_t room() const override { return std::numeric_limits<uint64_t>::max(); }
  absl::StatusOr<bool> MakeRoom() override { return false; }
  absl::Status DropBelow(raft::Index /*first*/) override { return absl::OkStatus(); }
};

}  // namespace

NodeStorage NewMemoryStorage(raft::Incarnation incarnation) {
  NodeStorage storage;
  storage.incarnation = incarnation;
  storage.fresh = true;
  storage.log = std::make_unique<MemoryLog>();
  return storage;
}

}  // namespace tidemark::storage
