#include "node/storage/snapshot_files.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/kv/command.h"
#include "node/kv/state_machine.h"
#include "node/kv/state_part.h"
#include "node/raft/snapshot.h"
#include "node/storage/testing/simulated_file_system.h"
#include "node/wire/state_codec.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

constexpr char kDirectory[] = "data/n1";
constexpr char kTaking[] = "data/n1/snapshot.taking";
constexpr char kReceiving[] = "data/n1/snapshot.receiving";

// A snapshot as it is made, the state it is of and that state's bytes.
struct Sample {
  raft::Snapshot snapshot;
  uint64_t hash = 0;
  std::string state;
};

std::string BytesOf(kv::StateMachine* machine) {
  std::string bytes;
  std::vector<kv::StatePart> parts;
  machine->BeginCopy();
  for (bool more = true; more;) {
    parts.clear();
    more = machine->NextParts(1'000, &parts);
    for (const kv::StatePart& part : parts) wire::AppendStatePart(part, &bytes);
  }
  return bytes;
}

// Up to entry `index`: an opening and writes. The values do not shrink when they are packed.
Sample SampleUpTo(uint64_t index, size_t value_bytes = 20) {
  kv::StateMachine machine;
  Random random(index);
  machine.BeginTerm(1, 1, 0xabc);
  machine.Configure(1, 0xc1, Limits());
  machine.Apply(2, {{0, 0, 0}, kv::OpenWriter{"n1", 11, 1}});
  for (uint64_t i = 3; i <= index; ++i) {
    std::string value;
    while (value.size() < value_bytes) value += std::to_string(random.Next());
    machine.Apply(i, {{2, i, i}, kv::Write{'"' + std::to_string(i) + '"', value}});
  }
  raft::Snapshot snapshot;
  snapshot.last_included = {raft::Term(1), raft::Index(index)};
  snapshot.configuration = {raft::ClusterId(0xc1), {{"n1", raft::Incarnation(11)}}};
  return {snapshot, machine.Hash(), BytesOf(&machine)};
}

uint64_t IndexOf(const raft::Snapshot& snapshot) { return snapshot.last_included.index.value(); }

absl::Status BeginAndAdd(SnapshotStore* store, const Sample& sample) {
  absl::Status status = store->Begin(sample.snapshot);
  for (size_t at = 0; status.ok() && at < sample.state.size(); at += 700) {
    status = store->Add(std::string_view(sample.state).substr(at, 700));
  }
  return status;
}

absl::StatusOr<raft::Snapshot> Take(SnapshotStore* store, const Sample& sample) {
  const absl::Status added = BeginAndAdd(store, sample);
  if (!added.ok()) return added;
  return store->Finish();
}

// All of the file as one piece, out of a store of its own.
raft::SnapshotPiece FileOf(const Sample& sample) {
  SimulatedFileSystem files;
  EXPECT_TRUE(files.MakeDirectories(kDirectory).ok());
  absl::StatusOr<OpenedSnapshots> opened = OpenSnapshots(&files, kDirectory);
  EXPECT_TRUE(opened.ok());
  absl::StatusOr<raft::Snapshot> taken = Take(opened->store.get(), sample);
  EXPECT_TRUE(taken.ok()) << taken.status();
  absl::StatusOr<raft::SnapshotPiece> piece = opened->store->Read({*taken, 0, taken->bytes});
  EXPECT_TRUE(piece.ok()) << piece.status();
  return *piece;
}

absl::Status Receive(SnapshotStore* store, const raft::SnapshotPiece& file, size_t piece_bytes,
                     size_t from = 0) {
  for (size_t at = from; at < file.bytes.size(); at += piece_bytes) {
    absl::Status received = store->Receive({file.snapshot, at, file.bytes.substr(at, piece_bytes)});
    if (!received.ok()) return received;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<kv::StateMachine>> ReceiveAndInstall(
    SnapshotStore* store, const raft::SnapshotPiece& file) {
  const absl::Status received = Receive(store, file, 300);
  if (!received.ok()) return received;
  return store->Install(file.snapshot);
}

class SnapshotFiles : public testing::Test {
 protected:
  SnapshotFiles() {
    EXPECT_TRUE(files_.MakeDirectories(kDirectory).ok());
    Open();
  }

  // As after a restart of the process.
  void Open() {
    opened_ = {};
    absl::StatusOr<OpenedSnapshots> opened = OpenSnapshots(&files_, kDirectory);
    ASSERT_TRUE(opened.ok()) << opened.status();
    opened_ = *std::move(opened);
  }
  SnapshotStore* store() { return opened_.store.get(); }
  void Install(const Sample& sample) {
    ASSERT_TRUE(Take(store(), sample).ok());
    ASSERT_TRUE(files_.SyncDirectory(kDirectory).ok());
  }
  std::vector<std::string> Names() const { return *files_.List(kDirectory); }

  SimulatedFileSystem files_;
  OpenedSnapshots opened_;
};

// The index and the hash of what is found there; zeros: nothing.
struct Found {
  uint64_t index = 0;
  uint64_t hash = 0;
  bool operator==(const Found&) const = default;
};
Found FoundIn(FileSystem* files) {
  absl::StatusOr<OpenedSnapshots> opened = OpenSnapshots(files, kDirectory);
  EXPECT_TRUE(opened.ok()) << opened.status();
  if (!opened.ok() || !opened->snapshot) return {};
  return {IndexOf(*opened->snapshot), opened->machine->Hash()};
}
Found FoundOf(const Sample& sample) { return {IndexOf(sample.snapshot), sample.hash}; }

TEST_F(SnapshotFiles, NothingIsThereAtFirst) {
  EXPECT_EQ(opened_.snapshot, std::nullopt);
  EXPECT_EQ(opened_.machine, nullptr);
  EXPECT_TRUE(opened_.notices.empty());
}

TEST_F(SnapshotFiles, WhatWasTakenIsThereAfterAStart) {
  const Sample sample = SampleUpTo(20);
  absl::StatusOr<raft::Snapshot> taken = Take(store(), sample);
  ASSERT_TRUE(taken.ok()) << taken.status();
  Open();
  EXPECT_EQ(opened_.snapshot, *taken);
  ASSERT_NE(opened_.machine, nullptr);
  EXPECT_EQ(opened_.machine->Hash(), sample.hash);
  EXPECT_EQ(BytesOf(opened_.machine.get()), sample.state);
  EXPECT_TRUE(opened_.notices.empty());
}

TEST_F(SnapshotFiles, ALaterOneReplacesAnEarlierOne) {
  Install(SampleUpTo(20));
  Install(SampleUpTo(30));
  EXPECT_EQ(Names(), std::vector<std::string>{"snapshot-000000000000001e-0000000000000001"});
  EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(30)));
}

TEST_F(SnapshotFiles, AnEarlierOneNeverReplacesALaterOne) {
  absl::StatusOr<raft::Snapshot> later = Take(store(), SampleUpTo(30));
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(*Take(store(), SampleUpTo(20)), *later);
  const absl::StatusOr<std::shared_ptr<kv::StateMachine>> received =
      ReceiveAndInstall(store(), FileOf(SampleUpTo(25)));
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_EQ((*received)->Hash(), SampleUpTo(25).hash);
  EXPECT_EQ(Names().size(), 1u);
  EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(30)));
}

TEST_F(SnapshotFiles, WhatIsAbandonedLeavesNothing) {
  Install(SampleUpTo(20));
  ASSERT_TRUE(BeginAndAdd(store(), SampleUpTo(30)).ok());
  store()->Abandon();
  EXPECT_FALSE(files_.Exists(kTaking));
  EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(20)));
}

TEST_F(SnapshotFiles, BeginningAgainDropsWhatWasBegun) {
  ASSERT_TRUE(BeginAndAdd(store(), SampleUpTo(50)).ok());
  ASSERT_TRUE(Take(store(), SampleUpTo(20)).ok());
  EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(20)));
}

TEST_F(SnapshotFiles, LeftoversAreRemovedAtAStart) {
  Install(SampleUpTo(20));
  ASSERT_TRUE(BeginAndAdd(store(), SampleUpTo(30)).ok());
  const raft::SnapshotPiece file = FileOf(SampleUpTo(40));
  ASSERT_TRUE(store()->Receive({file.snapshot, 0, file.bytes.substr(0, 100)}).ok());
  Open();
  EXPECT_EQ(Names().size(), 1u);
  EXPECT_EQ(opened_.notices.size(), 2u);
  EXPECT_EQ(IndexOf(*opened_.snapshot), 20u);
}

TEST_F(SnapshotFiles, LookingChangesNothing) {
  Install(SampleUpTo(20));
  ASSERT_TRUE(BeginAndAdd(store(), SampleUpTo(30)).ok());
  const std::vector<std::string> before = Names();
  const uint64_t operations = files_.operations();
  absl::StatusOr<LoadedSnapshot> loaded = ReadNewestSnapshot(&files_, kDirectory);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(IndexOf(*loaded->snapshot), 20u);
  EXPECT_EQ(Names(), before);
  EXPECT_EQ(files_.operations(), operations);
}

// --- From node to node --------------------------------------------------------------------------

TEST_F(SnapshotFiles, WhatIsReadHereIsInstalledThere) {
  const Sample sample = SampleUpTo(60);
  absl::StatusOr<raft::Snapshot> taken = Take(store(), sample);
  ASSERT_TRUE(taken.ok());
  SimulatedFileSystem there;
  ASSERT_TRUE(there.MakeDirectories(kDirectory).ok());
  absl::StatusOr<OpenedSnapshots> receiver = OpenSnapshots(&there, kDirectory);
  ASSERT_TRUE(receiver.ok());
  for (uint64_t at = 0; at < taken->bytes; at += 100) {
    absl::StatusOr<raft::SnapshotPiece> piece = store()->Read({*taken, at, 100});
    ASSERT_TRUE(piece.ok()) << piece.status();
    ASSERT_EQ(piece->bytes.size(), std::min<uint64_t>(100, taken->bytes - at));
    ASSERT_TRUE(receiver->store->Receive(*piece).ok());
  }
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> machine = receiver->store->Install(*taken);
  ASSERT_TRUE(machine.ok()) << machine.status();
  EXPECT_EQ((*machine)->Hash(), sample.hash);
  EXPECT_EQ(FoundIn(&there), FoundOf(sample));
  EXPECT_TRUE(receiver->store->Read({*taken, 0, 1}).ok());
}

TEST_F(SnapshotFiles, TheFormerOneCanBeReadOnUntilTheNext) {
  absl::StatusOr<raft::Snapshot> first = Take(store(), SampleUpTo(20));
  ASSERT_TRUE(first.ok());
  Install(SampleUpTo(30));
  EXPECT_EQ(store()->Read({*first, 0, first->bytes})->bytes, FileOf(SampleUpTo(20)).bytes);
  Install(SampleUpTo(40));
  EXPECT_TRUE(absl::IsNotFound(store()->Read({*first, 0, 1}).status()));
}

TEST_F(SnapshotFiles, OneThatIsBeingSentCanBeReadForAsLongAsItIs) {
  absl::StatusOr<raft::Snapshot> first = Take(store(), SampleUpTo(20));
  ASSERT_TRUE(first.ok());
  store()->Keep({*first});
  for (const uint64_t index : {30, 40, 50, 60}) Install(SampleUpTo(index));
  EXPECT_EQ(store()->Read({*first, 0, first->bytes})->bytes, FileOf(SampleUpTo(20)).bytes);
  EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(60))) << "a start does not see it";
  store()->Keep({});
  EXPECT_TRUE(absl::IsNotFound(store()->Read({*first, 0, 1}).status()));
}

TEST_F(SnapshotFiles, AfterAStartASendingGoesOn) {
  absl::StatusOr<raft::Snapshot> taken = Take(store(), SampleUpTo(20));
  ASSERT_TRUE(taken.ok());
  Open();
  EXPECT_TRUE(store()->Read({*taken, 50, 100}).ok());
  raft::Snapshot other = *taken;
  ++other.checksum;
  EXPECT_TRUE(absl::IsNotFound(store()->Read({other, 50, 100}).status()));
}

TEST_F(SnapshotFiles, AfterAStartAReceivingBeginsAnew) {
  const raft::SnapshotPiece file = FileOf(SampleUpTo(40));
  ASSERT_TRUE(store()->Receive({file.snapshot, 0, file.bytes.substr(0, 100)}).ok());
  Open();
  EXPECT_TRUE(ReceiveAndInstall(store(), file).ok());
  EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(40)));
}

TEST_F(SnapshotFiles, ThePiecesOfAnotherOneDropTheFirst) {
  const raft::SnapshotPiece one = FileOf(SampleUpTo(60));
  ASSERT_TRUE(store()->Receive({one.snapshot, 0, one.bytes.substr(0, 900)}).ok());
  EXPECT_TRUE(ReceiveAndInstall(store(), FileOf(SampleUpTo(20))).ok());
  EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(20)));
}

TEST(SnapshotFilesOfTheSystem, AreTakenReadAndFoundAgain) {
  const std::string directory = std::string(testing::TempDir()) + "/snapshots";
  std::filesystem::remove_all(directory);
  FileSystem* files = PosixFileSystem();
  ASSERT_TRUE(files->MakeDirectories(directory).ok());
  absl::StatusOr<OpenedSnapshots> opened = OpenSnapshots(files, directory);
  ASSERT_TRUE(opened.ok()) << opened.status();
  absl::StatusOr<raft::Snapshot> first = Take(opened->store.get(), SampleUpTo(20));
  ASSERT_TRUE(first.ok()) << first.status();
  const Sample sample = SampleUpTo(30);
  ASSERT_TRUE(ReceiveAndInstall(opened->store.get(), FileOf(sample)).ok());
  EXPECT_EQ(opened->store->Read({*first, 0, first->bytes})->bytes, FileOf(SampleUpTo(20)).bytes);
  EXPECT_EQ(files->List(directory)->size(), 1u);
  opened = OpenSnapshots(files, directory);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->machine->Hash(), sample.hash);
}

// --- What was sent is not what it says ----------------------------------------------------------

class BadSnapshot : public SnapshotFiles {
 protected:
  BadSnapshot() { Install(SampleUpTo(20)); }

  // It is refused, and the right one can be sent thereafter.
  void ExpectRefused(raft::SnapshotPiece file) {
    const absl::Status refused = ReceiveAndInstall(store(), file).status();
    EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
    EXPECT_FALSE(files_.Exists(kReceiving));
    EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(20)));
    EXPECT_TRUE(ReceiveAndInstall(store(), FileOf(SampleUpTo(40))).ok());
    EXPECT_EQ(FoundIn(&files_), FoundOf(SampleUpTo(40)));
  }
  // The sender is wrong about its own file: it says so with the right checksum.
  void ExpectRefusedWithChecksum(raft::SnapshotPiece file) {
    file.snapshot.bytes = file.bytes.size();
    file.snapshot.checksum = XXH3_64bits(file.bytes.data(), file.bytes.size());
    ExpectRefused(file);
  }
};

TEST_F(BadSnapshot, WithAnotherChecksum) {
  raft::SnapshotPiece file = FileOf(SampleUpTo(30));
  ++file.snapshot.checksum;
  ExpectRefused(file);
}

TEST_F(BadSnapshot, WithAChangedByte) {
  raft::SnapshotPiece file = FileOf(SampleUpTo(30));
  file.bytes[200] ^= 1;
  ExpectRefused(file);
}

TEST_F(BadSnapshot, OfAnotherLength) {
  raft::SnapshotPiece file = FileOf(SampleUpTo(30));
  file.bytes.pop_back();
  ExpectRefused(file);
}

TEST_F(BadSnapshot, OfAnotherPlace) {
  raft::SnapshotPiece file = FileOf(SampleUpTo(30));
  file.snapshot.last_included.index = raft::Index(31);
  ExpectRefused(file);
}

TEST_F(BadSnapshot, OfAnotherConfiguration) {
  raft::SnapshotPiece file = FileOf(SampleUpTo(30));
  file.snapshot.configuration.cluster = raft::ClusterId(0xc2);
  ExpectRefused(file);
}

TEST_F(BadSnapshot, DamagedAtTheSender) {
  raft::SnapshotPiece file = FileOf(SampleUpTo(30));
  file.bytes[200] ^= 1;
  ExpectRefusedWithChecksum(file);
}

TEST_F(BadSnapshot, OfAnotherFormat) {
  raft::SnapshotPiece file = FileOf(SampleUpTo(30));
  file.bytes = "something else altogether, and long enough to be a header";
  ExpectRefusedWithChecksum(file);
}

TEST_F(BadSnapshot, WithAStateThatIsNone) {
  Sample sample = SampleUpTo(30);
  sample.state.resize(sample.state.size() / 2);
  ExpectRefused(FileOf(sample));
}

TEST_F(BadSnapshot, WhoseStateGoesFurtherThanItSays) {
  Sample sample = SampleUpTo(30);
  sample.snapshot.last_included.index = raft::Index(29);
  ExpectRefused(FileOf(sample));
}

// --- Damage on this node's disk -----------------------------------------------------------------

class DamagedSnapshotFile : public SnapshotFiles {
 protected:
  DamagedSnapshotFile() {
    Install(SampleUpTo(30));
    path_ = std::string(kDirectory) + "/" + Names()[0];
    bytes_ = files_.Contents(path_);
  }

  void ExpectDamage(const std::string& bytes, const std::string& what) {
    files_.SetContents(path_, bytes);
    const absl::Status status = OpenSnapshots(&files_, kDirectory).status();
    ASSERT_TRUE(absl::IsDataLoss(status)) << what << ": " << status;
    const std::string named = path_ + " is damaged at byte ";
    ASSERT_EQ(std::string(status.message()).substr(0, named.size()), named) << what;
    ASSERT_EQ(files_.Contents(path_), bytes) << what;
  }

  std::string path_;
  std::string bytes_;
};

TEST_F(DamagedSnapshotFile, EveryFlippedBitKeepsTheNodeFromStarting) {
  ASSERT_LE(bytes_.size(), 4096u);
  for (size_t bit = 0; bit < bytes_.size() * 8; ++bit) {
    std::string changed = bytes_;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    ExpectDamage(changed, "bit " + std::to_string(bit));
    if (HasFatalFailure()) return;
  }
}

TEST_F(DamagedSnapshotFile, EveryCutKeepsTheNodeFromStarting) {
  for (size_t size = 0; size < bytes_.size(); ++size) {
    ExpectDamage(bytes_.substr(0, size), std::to_string(size) + " bytes");
    if (HasFatalFailure()) return;
  }
}

TEST_F(DamagedSnapshotFile, AnEarlierOneIsNotTakenInItsPlace) {
  const std::string earlier = "data/n1/snapshot-0000000000000014-0000000000000001";
  files_.SetContents(earlier, FileOf(SampleUpTo(20)).bytes);
  ExpectDamage(bytes_.substr(0, 100), "cut");
  EXPECT_TRUE(files_.Exists(earlier));
}

TEST_F(DamagedSnapshotFile, ARenamedOneIsNotWhatItsNameSays) {
  const std::string renamed = "data/n1/snapshot-000000000000001f-0000000000000001";
  files_.SetContents(renamed, bytes_);
  const absl::Status status = OpenSnapshots(&files_, kDirectory).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.message().find(renamed), std::string::npos) << status;
}

// --- Crashes and failures -----------------------------------------------------------------------

// Whatever a crash leaves is the earlier one, whole, or the later one, whole; once the later one
// was said to be installed, it is that.
class CrashedSnapshot : public SnapshotFiles {
 protected:
  CrashedSnapshot() {
    Install(earlier_);
    files_.StartTrace();
  }

  void ExpectOneOfThem() {
    Random random(1);
    const size_t done = files_.trace_size();
    ASSERT_GT(done, 5u);
    size_t crashes = 0;
    files_.EnumerateCrashes(&random, [&](size_t point, SimulatedFileSystem* after) {
      ++crashes;
      const Found found = FoundIn(after);
      const bool expected =
          found == FoundOf(later_) || (found == FoundOf(earlier_) && point < done);
      EXPECT_TRUE(expected) << "crash after operation " << point << ": found " << found.index;
      // Once it has started on one of them it will not find the other at its next start.
      after->Crash(&random);
      EXPECT_EQ(FoundIn(after), found) << "second crash, after operation " << point;
    });
    EXPECT_GT(crashes, done);
  }

  const Sample earlier_ = SampleUpTo(20);
  const Sample later_ = SampleUpTo(60, 60);
};

TEST_F(CrashedSnapshot, WhileItWasTaken) {
  ASSERT_TRUE(Take(store(), later_).ok());
  ExpectOneOfThem();
}

TEST_F(CrashedSnapshot, WhileItWasReceived) {
  ASSERT_TRUE(ReceiveAndInstall(store(), FileOf(later_)).ok());
  ExpectOneOfThem();
}

TEST_F(SnapshotFiles, ABrokenDiskIsNeverSaidToHaveOne) {
  const Sample earlier = SampleUpTo(20);
  const Sample later = SampleUpTo(60, 60);
  const raft::SnapshotPiece file = FileOf(later);
  Install(earlier);
  const SimulatedFileSystem before = files_;
  for (const bool receive : {false, true}) {
    for (uint64_t n = 1;; ++n) {
      files_ = before;
      Open();
      files_.FailAt(n);
      const absl::Status status =
          receive ? ReceiveAndInstall(store(), file).status() : Take(store(), later).status();
      if (status.ok()) {
        files_.FailAt(1'000'000);
        break;
      }
      EXPECT_FALSE(absl::IsResourceExhausted(status) || absl::IsDataLoss(status)) << status;
      opened_ = {};
      Random random(n);
      files_.Crash(&random);
      const Found found = FoundIn(&files_);
      EXPECT_TRUE(found == FoundOf(earlier) || found == FoundOf(later)) << "operation " << n;
    }
    EXPECT_EQ(FoundIn(&files_), FoundOf(later));
  }
}

TEST_F(SnapshotFiles, AFullDiskKeepsTheEarlierOneAndLetsTheLaterBeBegunAgain) {
  const Sample earlier = SampleUpTo(20);
  const Sample later = SampleUpTo(400, 100);
  const raft::SnapshotPiece file = FileOf(later);
  ASSERT_GT(file.bytes.size(), 20'000u);
  for (const bool receive : {false, true}) {
    files_ = SimulatedFileSystem();
    ASSERT_TRUE(files_.MakeDirectories(kDirectory).ok());
    Open();
    Install(earlier);
    const uint64_t used = files_.used_bytes();
    const auto try_it = [&] {
      return receive ? ReceiveAndInstall(store(), file).status() : Take(store(), later).status();
    };
    for (const uint64_t more : {0, 4'096, 16'384}) {
      files_.set_capacity(used + more);
      EXPECT_TRUE(absl::IsResourceExhausted(try_it())) << more;
      EXPECT_EQ(files_.used_bytes(), used);
      EXPECT_EQ(Names().size(), 1u);
    }
    EXPECT_EQ(FoundIn(&files_), FoundOf(earlier));
    files_.set_capacity(used + 1'000'000);
    EXPECT_TRUE(try_it().ok());
    EXPECT_EQ(FoundIn(&files_), FoundOf(later));
  }
}

TEST_F(SnapshotFiles, WhatIsUnderWayWhenTheDiskIsFullIsRefusedToo) {
  const Sample sample = SampleUpTo(400, 100);
  const raft::SnapshotPiece file = FileOf(sample);
  files_.set_capacity(files_.used_bytes());
  ASSERT_TRUE(store()->Begin(sample.snapshot).ok() == false);
  EXPECT_TRUE(absl::IsResourceExhausted(store()->Add("more")));
  EXPECT_TRUE(absl::IsResourceExhausted(store()->Finish().status()));
  ASSERT_FALSE(store()->Receive({file.snapshot, 0, file.bytes.substr(0, 300)}).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(
      store()->Receive({file.snapshot, 300, file.bytes.substr(300, 300)})));
}

}  // namespace
}  // namespace tidemark::storage
