#include "node/storage/force_new_cluster.h"

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/concat.h"
#include "node/raft/terms.h"

namespace tidemark::storage {
namespace {

// The configuration that counts at the end of the log, or nullptr.
const raft::Configuration* Latest(const server::Recovered& recovered) {
  for (auto entry = recovered.log.rbegin(); entry != recovered.log.rend(); ++entry) {
    const auto* body = std::get_if<raft::ConfigurationEntry>(&(*entry)->body);
    if (body != nullptr) return &body->configuration;
  }
  return recovered.snapshot ? &recovered.snapshot->configuration : nullptr;
}

raft::LogPosition LastOf(const server::Recovered& recovered) {
  return recovered.log.empty() ? recovered.log_base : recovered.log.back()->at;
}

// With all that the old one says, its limits among it: what that one took stands in the log.
raft::EntryRef NewConfiguration(raft::LogPosition at, const raft::Configuration& old,
                                const raft::LogPosition& last, const raft::Member& self,
                                Random* random) {
  raft::ConfigurationEntry body;
  body.configuration = old;
  body.configuration.cluster = raft::ClusterId(random->NextIdentity32());
  body.configuration.members = {self};
  body.stamp = raft::Stamp(random->NextIdentity32());
  body.predecessor = {old.cluster, last};
  return std::make_shared<raft::Entry>(raft::Entry{at, std::move(body)});
}

absl::Status MakeRoomFor(const raft::Entry& entry, LogStore* log) {
  absl::StatusOr<bool> more = true;
  while (log->room() < raft::RoomFor(entry) && *more) {
    more = log->MakeRoom();
    if (!more.ok()) return more.status();
  }
  if (log->room() >= raft::RoomFor(entry)) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      "no new cluster was forced: the disk has no room for its configuration. Make room there, "
      "then start the node again");
}

std::string Hex(raft::ClusterId cluster) {
  std::string text;
  AppendHex(cluster.value(), 8, &text);
  return text;
}

std::string Notice(const raft::NodeId& node_id, const raft::Configuration& old,
                   const raft::Entry& entry) {
  std::string others;
  for (const raft::Member& member : old.members) {
    if (member.id != node_id) ConcatTo(&others, others.empty() ? "" : ", ", member.id);
  }
  const auto& configuration = std::get<raft::ConfigurationEntry>(entry.body).configuration;
  return Concat(
      "forced a new cluster, ", Hex(configuration.cluster), " in place of ", Hex(old.cluster),
      ", whose only member is ", node_id, ": all that is in this node's log up to entry ",
      entry.at.index.value() - 1,
      " is committed, whatever the old cluster had beyond that is lost, and sessions of the old "
      "cluster are refused. --force-new-cluster=",
      Hex(old.cluster), " does nothing here from now on. ",
      others.empty() ? "" : Concat("Before they join, empty the directories of ", others, ". "),
      "Nodes of the old cluster that still run must be stopped");
}

}  // namespace

raft::ClusterId ClusterOf(const server::Recovered& recovered) {
  const raft::Configuration* const latest = Latest(recovered);
  return latest == nullptr ? raft::ClusterId() : latest->cluster;
}

absl::Status ForceNewCluster(const raft::NodeId& node_id, raft::ClusterId replaced, Random* random,
                             NodeStorage* storage) {
  server::Recovered& recovered = storage->recovered;
  const raft::Configuration* latest = Latest(recovered);
  if (latest == nullptr) {
    return absl::FailedPreconditionError(
        Concat("no new cluster can be forced at ", node_id,
               ": its directory has no configuration of any cluster, so there is nothing to save. "
               "Start it without --force-new-cluster, or with the directory of a node that was a "
               "member"));
  }
  const raft::Configuration old = *latest;
  if (!replaced) {
    return absl::InvalidArgumentError(
        Concat("no new cluster was forced: --force-new-cluster names the cluster that it replaces, "
               "so that it is done once, and the directory of ",
               node_id, " belongs to cluster ", Hex(old.cluster),
               ". If that is the one, give --force-new-cluster=", Hex(old.cluster)));
  }
  if (replaced != old.cluster) {
    storage->notices.push_back(
        Concat("no new cluster was forced: --force-new-cluster=", Hex(replaced),
               " is for a directory of cluster ", Hex(replaced), ", and that of ", node_id,
               " belongs to cluster ", Hex(old.cluster),
               ". It was done at an earlier start, or is meant for another node. Take it away"));
    return absl::OkStatus();
  }
  const raft::LogPosition last = LastOf(recovered);
  if (last.term >= raft::kHighestTerm) {
    return absl::FailedPreconditionError(
        Concat("no new cluster can be forced at ", node_id, ": its last entry is of term ",
               last.term.value(),
               ", and no term comes after that. Use the directory of another "
               "node, or begin with an empty one"));
  }
  const raft::Term term = last.term.Next();
  // A term that was only heard of is given up, and with it the memory of what was voted there.
  std::vector<server::Record> records;
  raft::Rebirth rebirth = recovered.rebirth;
  raft::Member self{node_id, storage->incarnation};
  if (recovered.hard_state.term >= term) {
    self.incarnation = raft::Incarnation(random->NextIdentity());
    rebirth = {self.incarnation};
    records.emplace_back(rebirth);
  }
  const raft::HardState vote{term, self};
  const raft::EntryRef entry = NewConfiguration({term, last.index.Next()}, old, last, self, random);
  if (absl::Status room = MakeRoomFor(*entry, storage->log.get()); !room.ok()) return room;
  // Whoever chose this node's state trusts it, whatever a majority had.
  records.insert(records.end(), {vote, entry, server::GoneBack(), server::Quarantine()});
  storage->log->Append(records);
  if (absl::Status synced = storage->log->Sync(); !synced.ok()) return synced;
  storage->incarnation = self.incarnation;
  recovered.rebirth = rebirth;
  recovered.hard_state = vote;
  recovered.quarantine = {};
  recovered.gone_back = {};
  recovered.log.push_back(entry);
  storage->notices.push_back(Notice(node_id, old, *entry));
  return absl::OkStatus();
}

}  // namespace tidemark::storage
