// Records to store, directories to store them in, and a look at what came back.
#ifndef TIDEMARK_NODE_STORAGE_STORAGE_TESTING_H_
#define TIDEMARK_NODE_STORAGE_STORAGE_TESTING_H_

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"
#include "node/raft/types.h"
#include "node/server/io.h"
#include "node/server/peer_messages.h"
#include "node/storage/log_recovery.h"
#include "node/storage/node_storage.h"
#include "node/storage/testing/simulated_file_system.h"
#include "node/wire/binary.h"
#include "node/wire/state_codec.h"

namespace tidemark::storage {

inline server::Record Promise(uint64_t term, const std::string& voted_for = "") {
  const raft::Incarnation incarnation(voted_for.empty() ? 0 : 0x1122334455667788u);
  return raft::HardState{raft::Term(term), raft::Member{voted_for, incarnation}};
}

inline server::Record Number(uint64_t number) { return server::WriterNumber{number}; }

inline server::Record EntryOf(uint64_t index, uint64_t term, kv::Command command) {
  auto entry = std::make_shared<raft::Entry>();
  entry->at = {raft::Term(term), raft::Index(index)};
  entry->body = std::make_shared<server::LogCommand>(std::move(command));
  return raft::EntryRef(std::move(entry));
}

inline server::Record EntryOf(uint64_t index, uint64_t term, const std::string& value = "1") {
  return EntryOf(index, term, kv::Command{{1, index, index}, kv::Write{"\"k\"", value}});
}

inline server::Record StartOf(uint64_t index, uint64_t term) {
  auto entry = std::make_shared<raft::Entry>();
  entry->at = {raft::Term(term), raft::Index(index)};
  entry->body = raft::TermStart{raft::Stamp(0xabcd)};
  return raft::EntryRef(std::move(entry));
}

inline std::string Encoded(const server::Record& record) {
  std::string bytes;
  wire::AppendRecord(record, &bytes);
  return bytes;
}

// What a node remembers, as texts that compare.
struct Remembered {
  std::string hard_state;
  std::string number;
  std::vector<std::string> log;
  bool operator==(const Remembered&) const = default;
};

inline Remembered Remember(const server::Recovered& recovered) {
  Remembered remembered{Encoded(recovered.hard_state), Encoded(recovered.writer_number), {}};
  for (const raft::EntryRef& entry : recovered.log) remembered.log.push_back(Encoded(entry));
  return remembered;
}

// Worked out in the plainest way; of records without a log base.
inline Remembered SumOf(const std::vector<server::Record>& records) {
  Remembered sum = Remember({});
  for (const server::Record& record : records) {
    if (std::holds_alternative<raft::HardState>(record)) sum.hard_state = Encoded(record);
    if (std::holds_alternative<server::WriterNumber>(record)) sum.number = Encoded(record);
    if (const auto* entry = std::get_if<raft::EntryRef>(&record)) {
      sum.log.resize((*entry)->at.index.value() - 1);
      sum.log.push_back(Encoded(record));
    }
  }
  return sum;
}

// An empty directory of this test's own.
inline std::string FreshDirectory() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  std::string path =
      std::string(testing::TempDir()) + "/" + test.test_suite_name() + "." + test.name();
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  ASSERT_TRUE(file.flush().good()) << path;
}

// A snapshot of some state up to `at`, on disk when it returns.
inline absl::Status TakeSnapshot(SnapshotStore* store, const raft::LogPosition& at) {
  kv::StateMachine machine;
  machine.BeginTerm(1, at.term.value(), 0xabc);
  machine.Configure(1, 0xc1, Limits());
  if (at.index > raft::Index(1)) {
    machine.Apply(at.index.value(), {{0, 0, 0}, kv::OpenWriter{"n1", 11, 1}});
  }
  raft::Snapshot snapshot;
  snapshot.last_included = at;
  snapshot.configuration = {raft::ClusterId(0xc1), {{"n1", raft::Incarnation(11)}}};
  absl::Status status = store->Begin(snapshot);
  std::vector<kv::StatePart> parts;
  machine.BeginCopy();
  for (bool more = true; more && status.ok();) {
    more = machine.NextParts(1000, &parts);
    std::string bytes;
    for (const kv::StatePart& part : parts) wire::AppendStatePart(part, &bytes);
    status = store->Add(bytes);
  }
  return status.ok() ? store->Finish().status() : status;
}

// A node's directory on a disk in memory.
struct SimulatedNode {
  static constexpr raft::Incarnation kIncarnation{7};

  absl::StatusOr<NodeStorage> Open() {
    return OpenNodeStorage(&files, "data", {"n1", {"n1"}}, kIncarnation,
                           {.segment_bytes = segment_bytes});
  }
  static std::string PathOf(const std::string& name) { return "data/n1/" + name; }
  static std::string SegmentPath(uint64_t number) { return PathOf(SegmentName(number)); }
  std::vector<uint64_t> Segments() { return *ListSegments(&files, "data/n1"); }

  SimulatedFileSystem files;
  uint64_t segment_bytes = 0;  // as small as may be
};

}  // namespace tidemark::storage

#endif  // TIDEMARK_NODE_STORAGE_STORAGE_TESTING_H_
