#include "node/inspect/check.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/concat.h"
#include "node/inspect/node_directories.h"
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
  if (log.noted_commit) {
    ConcatTo(&text, " (committed at least up to ", log.noted_commit.value(), ")");
  }
  ConcatTo(&text, " in ", log.segments.size(), log.segments.size() == 1 ? " segment" : " segments");
  if (log.remains_end > log.end) {
    ConcatTo(&text, ", ", log.remains_end - log.end,
             " bytes half written at its end, which the next start cuts");
  }
  return text;
}

std::string Describe(const server::GoneBack& gone_back) {
  if (!gone_back.lost.index) return "";
  return Concat("; it has gone back and lacks entry ", gone_back.lost.index.value(), " of term ",
                gone_back.lost.term.value(),
                ", which it had: no node starts on it, but with --force-new-cluster");
}

std::string Summary(const storage::Identity& identity, const storage::LoadedSnapshot& loaded,
                    const storage::FoundLog& log) {
  const raft::ClusterId cluster = log.result.cluster;
  const raft::Incarnation reborn = log.result.recovered.rebirth.incarnation;
  const raft::Incarnation incarnation = reborn ? reborn : identity.owner.incarnation;
  return Concat(identity.owner.id, ": incarnation ", Hex(incarnation.value(), 16), ", ",
                cluster ? Concat("cluster ", Hex(cluster.value(), 8)) : "no cluster yet", ", term ",
                log.result.recovered.hard_state.term.value(), ", ", Describe(loaded), ", ",
                Describe(log), Describe(log.result.recovered.gone_back));
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
  absl::StatusOr<storage::FoundLog> log =
      reader.Log(identity, snapshot_passed ? loaded->snapshot : std::nullopt);
  if (!Passed(log.status(), result)) return;
  const bool same = Passed(storage::CheckCluster(directory, identity, *log), result);
  if (snapshot_passed && same) result->summary = Summary(identity, *loaded, *log);
}

void NoteStrays(const storage::FileSystem& file_system, const std::string& directory,
                CheckResult* result) {
  absl::StatusOr<std::vector<std::string>> strays = storage::StrayNames(file_system, directory);
  if (!Passed(strays.status(), result)) return;
  for (const std::string& name : *strays) result->notes.push_back(StrayNote(directory, name));
}

}  // namespace

CheckResult CheckNode(storage::FileSystem* file_system, const std::string& directory) {
  CheckResult result;
  absl::StatusOr<NodeReader> reader = NodeReader::Open(file_system, directory);
  if (!Passed(reader.status(), &result)) {
    if (storage::IsInUse(reader.status())) result.verdict = Verdict::kInUse;
    return result;
  }
  NoteStrays(*file_system, directory, &result);
  absl::StatusOr<std::optional<storage::Identity>> identity = reader->Identity();
  if (!Passed(identity.status(), &result)) return result;
  if (identity->has_value()) {
    if (std::optional<std::string> note = NameNote(directory, **identity)) {
      result.notes.push_back(*std::move(note));
    }
    CheckContents(file_system, directory, **identity, *reader, &result);
  } else if (Passed(storage::CheckLeftovers(file_system, directory), &result)) {
    result.summary = Concat(directory, ": no memory, since no start came to its end here");
  }
  return result;
}

}  // namespace tidemark::inspect
