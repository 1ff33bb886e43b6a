// Stand-in.
#include "node/storage/node_storage.h"
#include "node/storage/storage.h"
namespace tidemark::storage {
namespace {
class Log final : public LogStore {
 public:
  explicit Log(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
  void Append(const std::vector<server::Record>& records) override { storage_->Append(records); }
  absl::Status Sync() override { return storage_->Sync(); }
  uint64_t room() const override { return UINT64_MAX; }
  absl::StatusOr<bool> MakeRoom() override { return false; }
  absl::Status DropBelow(raft::Index) override { return absl::OkStatus(); }
 private:
  std::unique_ptr<Storage> storage_;
};
NodeStorage Make(std::unique_ptr<Storage> s) {
  NodeStorage out;
  out.incarnation = s->incarnation();
  out.recovered = s->TakeRecovered();
  out.notices = s->TakeNotices();
  out.log = std::make_unique<Log>(std::move(s));
  return out;
}
}
NodeStorage NewMemory(raft::Incarnation incarnation) { return Make(NewMemoryStorage(incarnation)); }
absl::StatusOr<NodeStorage> OpenNodeStorage(FileSystem*, const std::string& dir, const Owner& owner, raft::Incarnation fresh, const Options&) {
  auto s = OpenFileStorage(dir, owner.node_id, fresh);
  if (!s.ok()) return s.status();
  return Make(*std::move(s));
}
}
