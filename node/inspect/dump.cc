#include "node/inspect/dump.h"

#include <cstdint>
#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "node/inspect/dump_lines.h"
#include "node/inspect/node_directories.h"
#include "node/inspect/node_reader.h"
#include "node/kv/state_part.h"
#include "node/server/io.h"
#include "node/storage/node_directory.h"
#include "node/storage/snapshot_files.h"
#include "node/storage/snapshot_load.h"

namespace tidemark::inspect {
namespace {

class Dumper {
 public:
  Dumper(storage::FileSystem* file_system, const std::string& directory, const DumpOptions& options,
         const std::function<void(std::string_view)>& print)
      : file_system_(file_system), directory_(directory), options_(options), print_(print) {}

  Verdict Run() {
    absl::StatusOr<NodeReader> reader = NodeReader::Open(file_system_, directory_);
    Note(reader.status());
    if (storage::IsInUse(reader.status())) return Verdict::kInUse;
    if (reader.ok()) DumpAll(*reader);
    return verdict_;
  }

 private:
  void Note(const absl::Status& status) {
    if (status.ok()) return;
    verdict_ = Verdict::kDamaged;
    print_(ProblemLine(std::string(status.message())));
  }

  void DumpAll(const NodeReader& reader) {
    absl::StatusOr<std::optional<storage::Identity>> identity = reader.Identity();
    Note(identity.status());
    if (!identity.ok()) return;
    if (!identity->has_value()) return Note(storage::CheckLeftovers(file_system_, directory_));
    print_(IdentityLine(directory_, **identity));
    if (const auto note = NameNote(directory_, **identity)) print_(NoteLine(*note));
    absl::StatusOr<std::optional<std::string>> snapshot = reader.SnapshotPath();
    Note(snapshot.status());
    if (snapshot.ok() && snapshot->has_value()) Note(DumpSnapshot(**snapshot));
    Note(DumpLog(reader, **identity));
  }

  // All of it is verified before any of it is shown; the keys are then read once more.
  absl::Status DumpSnapshot(const std::string& path) {
    absl::StatusOr<storage::LoadedSnapshot> loaded =
        storage::ReadNewestSnapshot(file_system_, directory_);
    if (!loaded.ok()) return loaded.status();
    loaded->machine.reset();
    return storage::ReadSnapshotParts(file_system_, path,
                                      [&](const kv::StatePart& part) {
                                        Show(path, *loaded->snapshot, part);
                                        return absl::OkStatus();
                                      })
        .status();
  }

  void Show(const std::string& path, const raft::Snapshot& snapshot, const kv::StatePart& part) {
    if (const auto* head = std::get_if<kv::StateHead>(&part)) {
      print_(SnapshotLine(path, snapshot, *head));
    }
    const auto* key = std::get_if<kv::KeyPart>(&part);
    if (key != nullptr && options_.keys) print_(KeyLine(*key));
  }

  absl::Status DumpLog(const NodeReader& reader, const storage::Identity& identity) {
    return reader
        .Log(identity, std::nullopt,
             [this](const std::string& path, uint64_t offset, const server::Record& record) {
               print_(RecordLine(path, offset, record));
             })
        .status();
  }

  storage::FileSystem* file_system_;
  const std::string& directory_;
  const DumpOptions& options_;
  const std::function<void(std::string_view)>& print_;
  Verdict verdict_ = Verdict::kWell;
};

}  // namespace

Verdict DumpNode(storage::FileSystem* file_system, const std::string& directory,
                 const DumpOptions& options, const std::function<void(std::string_view)>& print) {
  return Dumper(file_system, directory, options, print).Run();
}

}  // namespace tidemark::inspect
