#include "node/storage/snapshot_names.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "node/base/concat.h"

namespace tidemark::storage {
namespace {

constexpr std::string_view kPrefix = "snapshot-";
constexpr int kDigits = 16;

// Any other spelling is caught by the comparison in ParseSnapshotName.
uint64_t ParseHex(std::string_view digits) {
  uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return number;
}

bool Rises(const raft::LogPosition& a, const raft::LogPosition& b) {
  return a.index != b.index ? a.index < b.index : a.term < b.term;
}

}  // namespace

std::string SnapshotName(raft::LogPosition last_included) {
  std::string name(kPrefix);
  AppendHex(last_included.index.value(), kDigits, &name);
  name.push_back('-');
  AppendHex(last_included.term.value(), kDigits, &name);
  return name;
}

std::optional<raft::LogPosition> ParseSnapshotName(std::string_view name) {
  if (name.size() != kPrefix.size() + 2 * kDigits + 1) return std::nullopt;
  const raft::LogPosition position{raft::Term(ParseHex(name.substr(kPrefix.size() + kDigits + 1))),
                                   raft::Index(ParseHex(name.substr(kPrefix.size(), kDigits)))};
  if (SnapshotName(position) != name) return std::nullopt;
  return position;
}

absl::StatusOr<SnapshotNames> ListSnapshots(const FileSystem& file_system,
                                            const std::string& directory) {
  absl::StatusOr<std::vector<std::string>> names = file_system.List(directory);
  if (!names.ok()) return names.status();
  SnapshotNames found;
  for (const std::string& name : *names) {
    if (name == kTakingName || name == kReceivingName) found.drafts.push_back(name);
    if (auto position = ParseSnapshotName(name)) found.installed.push_back(*position);
  }
  std::sort(found.installed.begin(), found.installed.end(), Rises);
  return found;
}

absl::Status RemoveSnapshotsBut(raft::LogPosition kept, FileSystem* file_system,
                                const std::string& directory) {
  absl::StatusOr<SnapshotNames> names = ListSnapshots(*file_system, directory);
  if (!names.ok()) return names.status();
  bool removed_any = false;
  for (const raft::LogPosition& position : names->installed) {
    if (position == kept) continue;
    absl::Status removed = file_system->Remove(directory + "/" + SnapshotName(position));
    if (!removed.ok()) return removed;
    removed_any = true;
  }
  return removed_any ? file_system->SyncDirectory(directory) : absl::OkStatus();
}

}  // namespace tidemark::storage
