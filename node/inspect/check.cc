#include "node/inspect/check.h"

#include <optional>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/concat.h"
#include "node/inspect/node_reader.h"
#include "node/kv/state_machine.h"
#include "node/raft/types.h"
#include "node/storage/node_directory.h"
#include "node/storage/snapshot_files.h"

namespace tidemark::inspect {
namespace {

std::string Hex(uint64_t number, int digits) {
  std::string text;
  AppendHex(number, digits, &text);
  return text;
}

raft::ClusterId ClusterOf(const storage::FoundLog& log, const storage::LoadedSnapshot& loaded) {
  const auto& entries = log.result.recovered.log;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const auto* body = std::get_if<raft::ConfigurationEntry>(&(*entry)->body);
    if (body != nullptr) return body->configuration.cluster;
  }
  return loaded.snapshot ? loaded.snapshot->configuration.cluster : raft::ClusterId();
}

std::string Describe(const storage::LoadedSnapshot& loaded) {
  if (!loaded.snapshot) return "no snapshot";
  return Concat("snapshot up to entry ", loaded.snapshot->last_included.index.value(), " (",
                loaded.machine->size(), " keys, ", loaded.snapshot->bytes, " bytes)");
}

std::string Describe(const storage::FoundLog& log) {
  const server::Recovered& recovered = log.result.recovered;
  std::string text = "log ";
  if (recovered.log.empty()) {
    ConcatTo(&text, "empty behind entry ", recovered.log_base.index.value());
  } else {
    ConcatTo(&text, "of entries ", recovered.log.front()->at.index.value(), " to ",
             recovered.log.back()->at.index.value());
  }
  ConcatTo(&text, " in ", log.segments.size(), log.segments.size() == 1 ? " segment" : " segments");
  if (log.remains_end > log.end) {
    ConcatTo(&text, ", ", log.remains_end - log.end,
             " bytes half written at its end, which the next start cuts");
  }
  return text;
}

std::string Summary(const storage::Identity& identity, const storage::LoadedSnapshot& loaded,
                    const storage::FoundLog& log) {
  const raft::ClusterId cluster = ClusterOf(log, loaded);
  const raft::Incarnation reborn = log.result.recovered.rebirth.incarnation;
  const raft::Incarnation incarnation = reborn ? reborn : identity.owner.incarnation;
  return Concat(identity.owner.id, ": incarnation ", Hex(incarnation.value(), 16), ", ",
                cluster ? Concat("cluster ", Hex(cluster.value(), 8)) : "no cluster yet", ", term ",
                log.result.recovered.hard_state.term.value(), ", ", Describe(loaded), ", ",
                Describe(log));
}

// Notes what is wrong; whether all is well.
bool Passed(const absl::Status& status, CheckResult* result) {
  if (status.ok()) return true;
  result->problems.emplace_back(status.message());
  result->verdict = Verdict::kDamaged;
  return false;
}

void CheckContents(storage::FileSystem* file_system, const std::string& directory,
                   const storage::Identity& identity, const NodeReader& reader,
                   CheckResult* result) {
  absl::StatusOr<storage::LoadedSnapshot> loaded =
      storage::ReadNewestSnapshot(file_system, directory);
  const bool snapshot_passed = Passed(loaded.status(), result);
  absl::StatusOr<storage::FoundLog> log = reader.Log(identity);
  const bool log_passed = Passed(log.status(), result);
  if (snapshot_passed && log_passed) result->summary = Summary(identity, *loaded, *log);
}

}  // namespace

CheckResult CheckNode(storage::FileSystem* file_system, const std::string& directory) {
  CheckResult result;
  absl::StatusOr<NodeReader> reader = NodeReader::Open(file_system, directory);
  if (!Passed(reader.status(), &result)) {
    if (absl::IsFailedPrecondition(reader.status())) result.verdict = Verdict::kInUse;
    return result;
  }
  absl::StatusOr<std::optional<storage::Identity>> identity = reader->Identity();
  if (!Passed(identity.status(), &result)) return result;
  if (identity->has_value()) {
    CheckContents(file_system, directory, **identity, *reader, &result);
  } else if (Passed(storage::CheckLeftovers(file_system, directory), &result)) {
    result.summary = Concat(directory, ": no memory, since no start came to its end here");
  }
  return result;
}

}  // namespace tidemark::inspect
