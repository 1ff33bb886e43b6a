#include "node/storage/snapshot_load.h"

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "node/base/concat.h"
#include "node/kv/state_builder.h"
#include "node/storage/snapshot_reader.h"
#include "node/wire/state_codec.h"

namespace tidemark::storage {

absl::StatusOr<raft::Snapshot> ReadSnapshotParts(
    FileSystem* file_system, const std::string& path,
    absl::FunctionRef<absl::Status(const kv::StatePart&)> take) {
  absl::StatusOr<SnapshotReader> reader = SnapshotReader::Open(file_system, path);
  if (!reader.ok()) return reader.status();
  wire::StateReader parts(take);
  while (true) {
    absl::StatusOr<std::optional<std::string_view>> state = reader->Next();
    if (!state.ok()) return state.status();
    const absl::Status taken = *state ? parts.Feed(**state) : parts.Finish();
    if (!taken.ok()) return reader->Damaged(std::string(taken.message()));
    if (!*state) return reader->snapshot();
  }
}

absl::StatusOr<LoadedSnapshot> LoadSnapshot(FileSystem* file_system, const std::string& path) {
  kv::StateBuilder builder;
  kv::LogIndex last_applied = 0;
  absl::StatusOr<raft::Snapshot> snapshot =
      ReadSnapshotParts(file_system, path, [&](const kv::StatePart& part) {
        if (const auto* head = std::get_if<kv::StateHead>(&part)) last_applied = head->last_applied;
        return builder.Add(part);
      });
  if (!snapshot.ok()) return snapshot.status();
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> machine = builder.Finish();
  if (!machine.ok()) {
    return DamagedSnapshot(path, snapshot->bytes, std::string(machine.status().message()));
  }
  const uint64_t last_included = snapshot->last_included.index.value();
  if (last_applied > last_included) {
    return DamagedSnapshot(path, 0,
                           Concat("it is said to go up to entry ", last_included,
                                  ", and its state up to entry ", last_applied));
  }
  return LoadedSnapshot{*std::move(snapshot), *std::move(machine)};
}

}  // namespace tidemark::storage
