#include "node/storage/storage.h"

namespace tidemark::storage {
namespace {

// Nobody can read it again, so nothing need be kept.
class MemoryStorage final : public Storage {
 public:
  explicit MemoryStorage(raft::Incarnation incarnation) : incarnation_(incarnation) {}

  raft::Incarnation incarnation() const override { return incarnation_; }
  server::Recovered TakeRecovered() override { return {}; }
  void Append(const std::vector<server::Record>& /*records*/) override {}
  absl::Status Sync() override { return absl::OkStatus(); }

 private:
  raft::Incarnation incarnation_;
};

}  // namespace

std::unique_ptr<Storage> NewMemoryStorage(raft::Incarnation incarnation) {
  return std::make_unique<MemoryStorage>(incarnation);
}

}  // namespace tidemark::storage
