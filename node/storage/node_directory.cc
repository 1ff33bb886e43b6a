#include "node/storage/node_directory.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "node/base/concat.h"
#include "node/storage/identity.h"
#include "node/storage/log_recovery.h"
#include "node/storage/segment.h"
#include "node/storage/snapshot_names.h"

namespace tidemark::storage {
namespace {

constexpr std::string_view kNames[] = {"identity", "identity.new", "lock",        "reserve",
                                       "spare",    kTakingName,    kReceivingName};

}  // namespace

absl::Status CheckLeftovers(FileSystem* file_system, const std::string& node_dir) {
  if (file_system->Exists(node_dir + "/log")) {
    return absl::FailedPreconditionError(
        Concat(node_dir,
               "/log was written by a program that had one file for its log (format 1), "
               "which this one does not read. Start the program that wrote it"));
  }
  const auto lost = [&](const std::string& because_of) {
    return Damaged(IdentityPath(node_dir), 0, Concat("it is missing, and there is ", because_of));
  };
  absl::StatusOr<std::vector<std::string>> names = file_system->List(node_dir);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (name.rfind("snapshot-", 0) == 0) return lost(name);
    const std::optional<uint64_t> number = SegmentNumber(name);
    if (!number) continue;
    absl::StatusOr<bool> used = HasRecords(file_system, node_dir + "/" + name);
    if (!used.ok()) return used.status();
    if (*number > 1 || *used) return lost(name);
  }
  return absl::OkStatus();
}

absl::Status CheckCluster(const std::string& node_dir, const Identity& identity,
                          const FoundLog& found) {
  const std::vector<raft::ClusterId>& replaced = found.result.predecessors;
  const bool same = !identity.cluster || identity.cluster == found.result.cluster ||
                    std::find(replaced.begin(), replaced.end(), identity.cluster) != replaced.end();
  if (same) return absl::OkStatus();
  const auto name = [](raft::ClusterId cluster) {
    std::string text;
    AppendHex(cluster.value(), 8, &text);
    return text;
  };
  return Damaged(
      IdentityPath(node_dir), 0,
      Concat("it is of cluster ", name(identity.cluster), ", and the log beside it ",
             found.result.cluster
                 ? Concat("of cluster ", name(found.result.cluster))
                 : std::string("has no entry of any cluster: its entries are lost"),
             found.result.cluster ? ": one of the two was put here from elsewhere" : ""));
}

absl::StatusOr<std::vector<std::string>> StrayNames(const FileSystem& file_system,
                                                    const std::string& node_dir) {
  absl::StatusOr<std::vector<std::string>> names = file_system.List(node_dir);
  if (!names.ok()) return names.status();
  std::erase_if(*names, [](const std::string& name) {
    const bool named = std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
    return named || SegmentNumber(name).has_value() || ParseSnapshotName(name).has_value();
  });
  return names;
}

}  // namespace tidemark::storage
