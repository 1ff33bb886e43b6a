#include "node/storage/node_storage.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/cord.h"
#include "node/base/concat.h"
#include "node/storage/identity.h"
#include "node/storage/log_recovery.h"
#include "node/storage/node_directory.h"
#include "node/storage/segmented_log.h"
#include "node/storage/snapshot_files.h"

namespace tidemark::storage {
namespace {

constexpr char kOtherCluster[] = "tidemark/other-cluster";

absl::Status CheckName(const std::string& dir, const raft::NodeId& node_id) {
  if (!node_id.empty() && node_id.size() <= kMaxNodeIdBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(Concat("a node that keeps its memory in ", dir,
                                           " needs a name of 1 to ", kMaxNodeIdBytes,
                                           " bytes; this one's has ", node_id.size()));
}

std::string Joined(const std::vector<raft::NodeId>& ids) {
  std::string joined;
  for (const raft::NodeId& id : ids) ConcatTo(&joined, joined.empty() ? "" : ", ", id);
  return joined;
}

absl::Status CheckOwner(const std::string& node_dir, const Identity& identity, const Owner& owner) {
  if (identity.owner.id != owner.node_id) {
    return absl::FailedPreconditionError(
        Concat(node_dir, " is the memory of node ", identity.owner.id, ", and this is node ",
               owner.node_id, ". Start this node with a directory of its own"));
  }
  if (identity.node_ids == owner.node_ids) return absl::OkStatus();
  absl::Status other = absl::FailedPreconditionError(Concat(
      node_dir, " is the memory of a node that was started in the cluster of ",
      Joined(identity.node_ids), ", and now it is to be in the cluster of ", Joined(owner.node_ids),
      ". Start it with the names it was first started with, or with another directory"));
  other.SetPayload(kOtherCluster, absl::Cord());
  return other;
}

absl::Status MakeNode(FileSystem* file_system, const LogPlace& place) {
  if (absl::Status empty = CheckLeftovers(file_system, place.node_dir); !empty.ok()) return empty;
  if (absl::Status made = MakeLog(file_system, place); !made.ok()) return made;
  return WriteIdentity(file_system, place.node_dir, place.identity);
}

void Append(std::vector<std::string> more, std::vector<std::string>* notices) {
  std::move(more.begin(), more.end(), std::back_inserter(*notices));
}

absl::Status OpenStores(FileSystem* file_system, const LogPlace& place, NodeStorage* storage) {
  absl::StatusOr<OpenedSnapshots> snapshots = OpenSnapshots(file_system, place.node_dir);
  if (!snapshots.ok()) return snapshots.status();
  absl::StatusOr<FoundLog> found =
      ReadLog(file_system, place.node_dir, place.identity.owner.incarnation, snapshots->snapshot);
  if (!found.ok()) return found.status();
  absl::Status same = CheckCluster(place.node_dir, place.identity, *found);
  if (!same.ok()) return same;
  Append(std::move(snapshots->notices), &storage->notices);
  absl::StatusOr<std::unique_ptr<LogStore>> log =
      OpenLog(file_system, place, *found, &storage->notices);
  if (!log.ok()) return log.status();
  storage->recovered = std::move(found->result.recovered);
  const raft::Rebirth& rebirth = storage->recovered.rebirth;
  if (rebirth.incarnation) storage->incarnation = rebirth.incarnation;
  storage->recovered.machine = std::move(snapshots->machine);
  storage->log = *std::move(log);
  storage->snapshots = std::move(snapshots->store);
  return absl::OkStatus();
}

}  // namespace

bool IsOtherCluster(const absl::Status& status) {
  return status.GetPayload(kOtherCluster).has_value();
}

absl::StatusOr<NodeStorage> OpenNodeStorage(FileSystem* file_system, const std::string& dir,
                                            const Owner& owner, raft::Incarnation fresh_incarnation,
                                            const Options& options) {
  if (absl::Status named = CheckName(dir, owner.node_id); !named.ok()) return named;
  const std::string node_dir = dir + "/" + DirectoryName(owner.node_id);
  if (absl::Status made = file_system->MakeDirectories(node_dir); !made.ok()) return made;
  absl::StatusOr<std::unique_ptr<Lock>> lock = file_system->TakeLock(node_dir + "/lock");
  if (!lock.ok()) return lock.status();
  absl::StatusOr<std::optional<Identity>> identity = ReadIdentity(file_system, node_dir);
  if (!identity.ok()) return identity.status();

  NodeStorage storage;
  storage.fresh = !identity->has_value();
  const Identity fresh{{owner.node_id, fresh_incarnation}, owner.node_ids, raft::ClusterId()};
  const LogPlace place = {node_dir, identity->value_or(fresh), options.segment_bytes};
  if (storage.fresh) {
    if (absl::Status made = MakeNode(file_system, place); !made.ok()) return made;
  }
  if (absl::Status ours = CheckOwner(node_dir, place.identity, owner); !ours.ok()) return ours;
  storage.incarnation = place.identity.owner.incarnation;
  if (absl::Status opened = OpenStores(file_system, place, &storage); !opened.ok()) return opened;
  // An earlier start may have died before the directory's own name was on disk.
  if (absl::Status synced = file_system->SyncDirectory(dir); !synced.ok()) return synced;
  storage.lock = *std::move(lock);
  if (const raft::Index since = storage.recovered.quarantine.index) {
    storage.notices.push_back(Concat(
        owner.node_id, " is under quarantine: at index ", since.value(),
        " others had another state than it, or another entry than it had committed. It serves "
        "nothing and never leads. Keep a copy of ",
        node_dir, " to find out why, and let the node join again with an empty directory"));
  }
  return storage;
}

}  // namespace tidemark::storage
