#include "node/storage/testing/simulated_file_system.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/assert.h"
#include "node/storage/system_error.h"
#include "node/storage/testing/disk.h"

namespace tidemark::storage {
namespace {

using Kind = Operation::Kind;

constexpr uint64_t kBlockBytes = 4096;
constexpr int kMaxParts = 8;  // of which all subsets are tried
constexpr uint64_t kMaxSubsets = uint64_t{1} << kMaxParts;

uint64_t Blocks(uint64_t bytes) { return (bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes; }

bool IsZero(std::string_view bytes) {
  return !bytes.empty() && bytes[0] == 0 && bytes.substr(1) == bytes.substr(0, bytes.size() - 1);
}

// What a write that breaks off has done: systems move whole pages.
uint64_t HalfOf(uint64_t offset, uint64_t bytes) {
  const uint64_t end = (offset + bytes / 2) / kDiskSectorBytes * kDiskSectorBytes;
  return end - std::min(end, offset);
}

Operation WriteOf(uint64_t file, uint64_t offset, std::string_view bytes) {
  if (IsZero(bytes)) {
    return {.kind = Kind::kWriteZeros, .file = file, .offset = offset, .size = bytes.size()};
  }
  return {.kind = Kind::kWrite,
          .file = file,
          .offset = offset,
          .size = bytes.size(),
          .bytes = std::string(bytes)};
}

}  // namespace

struct SimulatedFileSystem::State {
  mutable std::mutex mutex;
  Image live;                     // what is visible
  Disk disk;                      // with all syncs that have come to their end
  std::deque<OperationRef> late;  // from the first sync on that has not
  uint64_t next_file = 1;
  bool deferred = false;
  uint64_t syncs = 0;
  uint64_t completed = 0;
  uint64_t operations = 0;
  std::optional<uint64_t> fail_at;
  uint64_t capacity = std::numeric_limits<uint64_t>::max();
  uint64_t used = 0;
  std::set<std::string> locks;
  bool tracing = false;
  Disk traced_from;
  std::vector<OperationRef> trace;

  // The same disk in another machine.
  std::shared_ptr<State> Clone() const {
    auto clone = std::make_shared<State>();
    const std::lock_guard<std::mutex> hold(mutex);
    clone->live = live;
    clone->disk = disk;
    clone->late = late;
    clone->next_file = next_file;
    clone->deferred = deferred;
    clone->syncs = syncs;
    clone->completed = completed;
    clone->operations = operations;
    clone->capacity = capacity;
    clone->used = used;
    return clone;
  }

  void Restart(Image image) {
    live = image;
    disk = Disk();
    disk.set_image(std::move(image));
    late.clear();
    completed = syncs;
    used = 0;
    for (const auto& [file, contents] : live.files) used += Blocks(contents->size());
  }

  bool IsDirectory(const std::string& path) const {
    if (path == "." || path == "/") return true;
    const auto found = live.names.find(path);
    return found != live.names.end() && found->second == 0;
  }

  uint64_t UsedBy(const std::string& path) const {
    const auto found = live.names.find(path);
    return found == live.names.end() ? 0 : Blocks(live.At(found->second).size());
  }

  bool FailsNow() {
    ++operations;
    if (!fail_at.has_value() || operations < *fail_at) return false;
    fail_at.reset();
    return true;
  }

  void Do(Operation operation) {
    const auto ref = std::make_shared<const Operation>(std::move(operation));
    live.Apply(*ref);
    if (tracing) trace.push_back(ref);
    if (ref->IsSync()) ++syncs;
    if (deferred && (ref->IsSync() || !late.empty())) {
      late.push_back(ref);
    } else {
      if (ref->IsSync()) ++completed;
      disk.Do(ref);
    }
  }

  absl::Status Sync(Operation sync, const std::string& path) {
    if (!FailsNow()) {
      Do(std::move(sync));
      return absl::OkStatus();
    }
    CompleteSyncs(syncs);
    disk.Lose(sync);
    return SystemError(EIO, "sync to disk", path);
  }

  void CompleteSyncs(uint64_t count) {
    while (!late.empty() && (completed < count || !late.front()->IsSync())) {
      if (late.front()->IsSync()) ++completed;
      disk.Do(late.front());
      late.pop_front();
    }
  }

  absl::Status ChangeName(Operation operation, const char* action) {
    if (FailsNow()) return SystemError(EIO, action, operation.path);
    const std::string& gone = operation.kind == Kind::kRename ? operation.to : operation.path;
    used -= UsedBy(gone);
    Do(std::move(operation));
    return absl::OkStatus();
  }

  absl::Status Write(uint64_t file, const std::string& path, uint64_t offset,
                     std::string_view bytes) {
    const bool broken = FailsNow();
    if (broken) bytes = bytes.substr(0, HalfOf(offset, bytes.size()));
    const uint64_t before = live.At(file).size();
    const uint64_t room = Blocks(before) + (capacity - std::min(capacity, used));
    const bool full = Blocks(offset + bytes.size()) > std::max(room, Blocks(before));
    if (full) bytes = bytes.substr(0, room / kBlockBytes * kBlockBytes - std::min(offset, room));
    if (!bytes.empty() && offset < room) {
      Do(WriteOf(file, offset, bytes));
      used += Blocks(live.At(file).size()) - Blocks(before);
    }
    if (broken) return SystemError(EIO, "write to", path);
    return full ? SystemError(ENOSPC, "write to", path) : absl::OkStatus();
  }

  absl::Status Truncate(uint64_t file, const std::string& path, uint64_t size) {
    if (FailsNow()) return SystemError(EIO, "change the length of", path);
    const uint64_t before = Blocks(live.At(file).size());
    if (Blocks(size) > before && Blocks(size) - before > capacity - std::min(capacity, used)) {
      return SystemError(ENOSPC, "change the length of", path);
    }
    Do({.kind = Kind::kTruncate, .file = file, .size = size});
    used = used - before + Blocks(size);
    return absl::OkStatus();
  }
};

class SimulatedFileSystem::OpenFile final : public File {
 public:
  OpenFile(std::shared_ptr<State> state, uint64_t file, const std::string& path, bool writable)
      : state_(std::move(state)), file_(file), path_(path), writable_(writable) {}

  const std::string& path() const override { return path_; }

  absl::StatusOr<uint64_t> Size() const override {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    return state_->live.At(file_).size();
  }

  absl::Status ReadAt(uint64_t offset, size_t bytes, char* to) const override {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    const storage::Contents& contents = state_->live.At(file_);
    if (offset + bytes > contents.size()) {
      return absl::DataLossError(absl::StrCat(path_, " ended while it was read, at byte ",
                                              std::max(offset, contents.size())));
    }
    contents.Read(offset, bytes, to);
    return absl::OkStatus();
  }

  absl::Status WriteAt(uint64_t offset, std::string_view bytes) override {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    if (!writable_) return SystemError(EBADF, "write to", path_);
    return state_->Write(file_, path_, offset, bytes);
  }

  absl::Status Truncate(uint64_t size) override {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    if (!writable_) return SystemError(EBADF, "change the length of", path_);
    return state_->Truncate(file_, path_, size);
  }

  absl::Status SyncData() override {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    return state_->Sync({.kind = Kind::kSyncData, .file = file_}, path_);
  }

  absl::Status SyncAll() override {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    return state_->Sync({.kind = Kind::kSyncAll, .file = file_}, path_);
  }

 private:
  std::shared_ptr<State> state_;
  uint64_t file_;
  std::string path_;
  bool writable_;
};

class SimulatedFileSystem::HeldLock final : public Lock {
 public:
  HeldLock(std::shared_ptr<State> state, const std::string& path)
      : state_(std::move(state)), path_(path) {}
  ~HeldLock() override {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    state_->locks.erase(path_);
  }

 private:
  std::shared_ptr<State> state_;
  std::string path_;
};

SimulatedFileSystem::SimulatedFileSystem() : state_(std::make_shared<State>()) {}
SimulatedFileSystem::SimulatedFileSystem(const SimulatedFileSystem& other)
    : state_(other.state_->Clone()) {}
SimulatedFileSystem& SimulatedFileSystem::operator=(const SimulatedFileSystem& other) {
  if (this != &other) state_ = other.state_->Clone();
  return *this;
}
SimulatedFileSystem::~SimulatedFileSystem() = default;

absl::StatusOr<std::unique_ptr<File>> SimulatedFileSystem::Open(const std::string& path,
                                                                Mode mode) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  auto found = state_->live.names.find(path);
  if (found != state_->live.names.end() && found->second == 0) {
    return SystemError(EISDIR, "open", path);
  }
  if (mode == Mode::kCreate) {
    if (!state_->IsDirectory(ParentOf(path))) return SystemError(ENOENT, "open", path);
    if (found == state_->live.names.end()) {
      const uint64_t file = state_->next_file++;
      const absl::Status made =
          state_->ChangeName({.kind = Kind::kLink, .file = file, .path = path}, "open");
      if (!made.ok()) return made;
    } else if (state_->live.At(found->second).size() > 0) {
      const absl::Status emptied = state_->Truncate(found->second, path, 0);
      if (!emptied.ok()) return emptied;
    }
    found = state_->live.names.find(path);
  }
  if (found == state_->live.names.end()) return SystemError(ENOENT, "open", path);
  return std::make_unique<OpenFile>(state_, found->second, path, mode != Mode::kRead);
}

bool SimulatedFileSystem::Exists(const std::string& path) const {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  return state_->IsDirectory(path) || state_->live.names.contains(path);
}

absl::StatusOr<std::vector<std::string>> SimulatedFileSystem::List(
    const std::string& directory) const {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  if (!state_->IsDirectory(directory)) return SystemError(ENOENT, "list", directory);
  std::vector<std::string> names;
  for (const auto& [path, file] : state_->live.names) {
    if (ParentOf(path) == directory) names.push_back(path.substr(path.rfind('/') + 1));
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status SimulatedFileSystem::MakeDirectories(const std::string& path) {
  {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    if (state_->IsDirectory(path)) return absl::OkStatus();
    if (state_->live.names.contains(path)) return SystemError(ENOTDIR, "make directory", path);
  }
  const std::string parent = ParentOf(path);
  if (absl::Status made = MakeDirectories(parent); !made.ok()) return made;
  {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    absl::Status made =
        state_->ChangeName({.kind = Kind::kMakeDirectory, .path = path}, "make directory");
    if (!made.ok()) return made;
  }
  return SyncDirectory(parent);
}

absl::Status SimulatedFileSystem::SyncDirectory(const std::string& path) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  if (!state_->IsDirectory(path)) return SystemError(ENOENT, "open", path);
  return state_->Sync({.kind = Kind::kSyncDirectory, .path = path}, path);
}

absl::Status SimulatedFileSystem::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  TM_ASSERT(ParentOf(from) == ParentOf(to));
  const std::string action = "rename to " + to + " the file";
  const auto found = state_->live.names.find(from);
  if (found == state_->live.names.end()) return SystemError(ENOENT, action, from);
  return state_->ChangeName({.kind = Kind::kRename, .file = found->second, .path = from, .to = to},
                            action.c_str());
}

absl::Status SimulatedFileSystem::Remove(const std::string& path) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  const auto found = state_->live.names.find(path);
  if (found == state_->live.names.end()) return SystemError(ENOENT, "remove", path);
  return state_->ChangeName({.kind = Kind::kUnlink, .file = found->second, .path = path}, "remove");
}

absl::StatusOr<std::unique_ptr<Lock>> SimulatedFileSystem::TakeLock(const std::string& path) {
  if (!Exists(path)) {
    absl::StatusOr<std::unique_ptr<File>> made = Open(path, Mode::kCreate);
    if (!made.ok()) return made.status();
  }
  const std::lock_guard<std::mutex> hold(state_->mutex);
  if (!state_->locks.insert(path).second) return InUse(path);
  return std::make_unique<HeldLock>(state_, path);
}

absl::StatusOr<std::unique_ptr<Lock>> SimulatedFileSystem::ShareLock(const std::string& path) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  if (state_->locks.contains(path)) return InUse(path);
  return std::make_unique<Lock>();
}

void SimulatedFileSystem::Crash(Random* random) {
  std::shared_ptr<State> next = state_->Clone();
  const int64_t happened = random->Between(0, static_cast<int64_t>(next->late.size()));
  for (int64_t i = 0; i < happened; ++i) next->disk.Do(next->late[static_cast<size_t>(i)]);
  const int64_t kept_of_four = random->Between(0, 4);
  next->Restart(next->disk.AfterCrash([&] { return random->Between(0, 3) < kept_of_four; }));
  state_ = std::move(next);
}

void SimulatedFileSystem::set_deferred(bool deferred) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  if (!deferred) state_->CompleteSyncs(state_->syncs);
  state_->deferred = deferred;
}

uint64_t SimulatedFileSystem::syncs() const {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  return state_->syncs;
}

void SimulatedFileSystem::CompleteSyncs() { CompleteSyncs(syncs()); }

void SimulatedFileSystem::CompleteSyncs(uint64_t count) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  state_->CompleteSyncs(count);
}

void SimulatedFileSystem::set_capacity(uint64_t bytes) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  state_->capacity = bytes;
}

uint64_t SimulatedFileSystem::used_bytes() const {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  return state_->used;
}

uint64_t SimulatedFileSystem::operations() const {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  return state_->operations;
}

void SimulatedFileSystem::FailAt(uint64_t n) {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  TM_ASSERT(n > 0);
  state_->fail_at = state_->operations + n;
}

void SimulatedFileSystem::StartTrace() {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  TM_ASSERT(state_->late.empty());
  state_->tracing = true;
  state_->traced_from = state_->disk;
  state_->trace.clear();
}

size_t SimulatedFileSystem::trace_size() const {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  return state_->trace.size();
}

void SimulatedFileSystem::EnumerateCrashes(Random* random, const Visit& visit,
                                           size_t stride) const {
  Disk disk = state_->traced_from;
  for (size_t point = 0; point <= state_->trace.size(); ++point) {
    if (point > 0) disk.Do(state_->trace[point - 1]);
    if (point % stride != 0) continue;
    const auto crash = [&](const Disk::Keep& keep) {
      SimulatedFileSystem after;
      after.state_->next_file = state_->next_file;
      after.state_->capacity = state_->capacity;
      after.state_->Restart(disk.AfterCrash(keep));
      visit(point, &after);
    };
    // Parts that are kept make others count: none dropped is the most there can be.
    int parts = 0;
    (void)disk.AfterCrash([&] { return ++parts, true; });
    const bool all = parts <= kMaxParts;
    const uint64_t subsets = all ? uint64_t{1} << parts : kMaxSubsets;
    for (uint64_t subset = 0; subset < subsets; ++subset) {
      uint64_t bits = all ? subset : random->Next();
      crash([&] {
        if (!all && subset < 2) return subset == 1;
        const bool keep = (bits & 1) != 0;
        bits = all ? bits >> 1 : random->Next();
        return keep;
      });
    }
  }
}

std::string SimulatedFileSystem::Contents(const std::string& path) const {
  const std::lock_guard<std::mutex> hold(state_->mutex);
  const auto found = state_->live.names.find(path);
  TM_ASSERT(found != state_->live.names.end());
  const storage::Contents& contents = state_->live.At(found->second);
  std::string bytes(contents.size(), '\0');
  contents.Read(0, bytes.size(), bytes.data());
  return bytes;
}

void SimulatedFileSystem::SetContents(const std::string& path, std::string_view bytes) {
  set_deferred(false);
  absl::StatusOr<std::unique_ptr<File>> file = Open(path, Mode::kCreate);
  TM_ASSERT(file.ok());
  TM_ASSERT((*file)->WriteAt(0, bytes).ok());
  TM_ASSERT((*file)->SyncAll().ok());
  TM_ASSERT(SyncDirectory(ParentOf(path)).ok());
}

}  // namespace tidemark::storage
