// How long it takes to write a snapshot and to start from one: a million 16-byte keys with 64-byte
// values, on the disk under the directory that is given (default: here).
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/assert.h"
#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"
#include "node/kv/state_part.h"
#include "node/storage/file_system.h"
#include "node/storage/snapshot_files.h"
#include "node/wire/state_codec.h"

namespace tidemark::storage {
namespace {

constexpr uint64_t kKeys = 1'000'000;
constexpr size_t kSliceBytes = size_t{256} << 10;

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

// `bytes` bytes with their quotes; half of them differ from text to text.
std::string Text(uint64_t number, size_t bytes) {
  Random random(number);
  std::string text(bytes, 'v');
  text.front() = text.back() = '"';
  for (size_t i = 1; i < bytes / 2; ++i) text[i] = static_cast<char>(random.Between('a', 'z'));
  return text;
}

std::unique_ptr<kv::StateMachine> FilledMachine() {
  auto machine = std::make_unique<kv::StateMachine>();
  machine->BeginTerm(1, 1, 0xabc);
  machine->Configure(1, 0xc1, Limits());
  machine->Apply(2, {{0, 0, 0}, kv::OpenWriter{"n1", 11, 1}});
  for (uint64_t i = 0; i < kKeys; ++i) {
    std::string key = std::to_string(10'000'000'000'000 + i);
    machine->Apply(3 + i, {{2, i + 1, i + 1}, kv::Write{'"' + key + '"', Text(i, 64)}});
  }
  return machine;
}

raft::Snapshot Take(kv::StateMachine* machine, SnapshotStore* store) {
  raft::Snapshot snapshot;
  snapshot.last_included = {raft::Term(1), raft::Index(kKeys + 2)};
  snapshot.configuration = {raft::ClusterId(0xc1), {{"n1", raft::Incarnation(11)}}};
  TM_ASSERT(store->Begin(snapshot).ok());
  std::vector<kv::StatePart> parts;
  std::string bytes;
  machine->BeginCopy();
  for (bool more = true; more;) {
    parts.clear();
    bytes.clear();
    more = machine->NextParts(kSliceBytes, &parts);
    for (const kv::StatePart& part : parts) wire::AppendStatePart(part, &bytes);
    TM_ASSERT(store->Add(bytes).ok());
  }
  absl::StatusOr<raft::Snapshot> taken = store->Finish();
  TM_ASSERT(taken.ok());
  return *taken;
}

void Run(const std::string& directory) {
  FileSystem* file_system = PosixFileSystem();
  TM_ASSERT(file_system->MakeDirectories(directory).ok());
  const std::unique_ptr<kv::StateMachine> machine = FilledMachine();
  auto began = std::chrono::steady_clock::now();
  absl::StatusOr<OpenedSnapshots> opened = OpenSnapshots(file_system, directory);
  TM_ASSERT(opened.ok() && !opened->snapshot);
  const raft::Snapshot taken = Take(machine.get(), opened->store.get());
  std::printf("taken: %.2f s, %.1f MB on disk\n", Seconds(began),
              static_cast<double>(taken.bytes) / 1e6);
  began = std::chrono::steady_clock::now();
  opened = OpenSnapshots(file_system, directory);
  TM_ASSERT(opened.ok() && opened->machine->Hash() == machine->Hash());
  std::printf("loaded: %.2f s\n", Seconds(began));
}

}  // namespace
}  // namespace tidemark::storage

int main(int argc, char** argv) {
  const std::string directory = std::string(argc > 1 ? argv[1] : ".") + "/snapshot_benchmark";
  tidemark::storage::Run(directory);
  std::filesystem::remove_all(directory);
  return 0;
}
