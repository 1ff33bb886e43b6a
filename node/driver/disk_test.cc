#include "node/driver/disk.h"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tidemark::driver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Closed, it holds up whoever passes.
class Gate {
 public:
  void Close() { Set(false); }
  void Open() { Set(true); }
  void Pass() {
    std::unique_lock lock(mutex_);
    ++passing_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --passing_;
  }
  // Until somebody is held up.
  void AwaitSomebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return passing_ > 0; });
  }

 private:
  void Set(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int passing_ = 0;
};

// What it has done is looked at when its worker has answered, or has ended.
class PlayedLog final : public storage::LogStore {
 public:
  void Append(const std::vector<server::Record>& records) override { appended += records.size(); }
  absl::Status Sync() override {
    gate.Pass();
    batches.push_back(std::exchange(appended, 0));
    return sync_status;
  }
  void NoteCommitted(raft::Index index) override { noted = std::max(noted, index); }
  absl::Status WriteHint() override {
    const std::lock_guard lock(mutex_);
    if (noted.value() > (hints.empty() ? 0 : hints.back())) hints.push_back(noted.value());
    changed_.notify_all();
    return absl::OkStatus();
  }
  void AwaitHint(uint64_t committed) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !hints.empty() && hints.back() == committed; });
  }
  uint64_t room() const override { return free; }
  absl::StatusOr<bool> MakeRoom() override {
    if (parts_to_make == 0) return false;
    free += 100;
    return --parts_to_make > 0;
  }
  absl::Status DropBelow(raft::Index first) override {
    dropped_below.push_back(first.value());
    return absl::OkStatus();
  }

  Gate gate;
  uint64_t free = 1'000;
  int parts_to_make = 0;
  absl::Status sync_status;
  size_t appended = 0;
  raft::Index noted;
  std::vector<uint64_t> hints;  // that were written by themselves
  std::vector<size_t> batches;  // how many records each sync made durable
  std::vector<uint64_t> dropped_below;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

// Lost when a test says so.
class PlayedLock final : public storage::Lock {
 public:
  absl::Status Check() const override {
    return lost ? absl::FailedPreconditionError("the lock is gone") : absl::OkStatus();
  }

  std::atomic<bool> lost = false;
};

class PlayedSnapshots final : public storage::SnapshotStore {
 public:
  absl::Status Begin(const raft::Snapshot& snapshot) override {
    gate.Pass();
    begun = snapshot;
    calls.push_back("begin");
    return next_status();
  }
  absl::Status Add(std::string_view state) override {
    gate.Pass();
    begun.bytes += state.size();
    calls.push_back("add");
    return next_status();
  }
  absl::StatusOr<raft::Snapshot> Finish() override {
    calls.push_back("finish");
    if (absl::Status status = next_status(); !status.ok()) return status;
    return begun;
  }
  void Abandon() override { calls.push_back("abandon"); }
  absl::StatusOr<raft::SnapshotPiece> Read(const raft::SnapshotRead& read) override {
    if (absl::Status status = next_status(); !status.ok()) return status;
    return raft::SnapshotPiece{read.snapshot, read.offset, std::string(read.bytes, 'b')};
  }
  void Keep(std::vector<raft::Snapshot> /*snapshots*/) override { calls.push_back("keep"); }
  absl::Status Receive(const raft::SnapshotPiece& /*piece*/) override {
    calls.push_back("receive");
    return next_status();
  }
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> Install(const raft::Snapshot&) override {
    calls.push_back("install");
    if (absl::Status status = next_status(); !status.ok()) return status;
    return std::make_shared<kv::StateMachine>();
  }

  absl::Status next_status() {
    const auto failure = failures.find(calls.size());
    return failure == failures.end() ? absl::OkStatus() : failure->second;
  }

  Gate gate;
  raft::Snapshot begun;
  std::vector<std::string> calls;
  std::map<size_t, absl::Status> failures;  // by how many calls there were, this one included
};

server::Output WithRecords(uint64_t sequence, size_t count) {
  server::Output out;
  out.sequence = sequence;
  for (size_t i = 0; i < count; ++i) out.records.emplace_back(server::WriterNumber{i + 1});
  return out;
}

raft::Snapshot At(uint64_t index, uint64_t bytes = 0) {
  return {
      .last_included = {raft::Term(1), raft::Index(index)}, .configuration = {}, .bytes = bytes};
}

server::Output WithSlice(uint64_t index, bool first, bool last) {
  server::Output out;
  out.slice = server::StateSlice{.snapshot = At(index), .first = first, .last = last};
  out.slice->parts.emplace_back(kv::KeyPart{"key", "value"});
  return out;
}

server::Output WithPiece(const raft::Snapshot& snapshot, uint64_t offset, size_t bytes) {
  server::Output out;
  out.snapshot_pieces.push_back({snapshot, offset, std::string(bytes, 'p')});
  return out;
}

// Each input in a word or two.
std::string Word(const server::Input& input) {
  if (const auto* done = std::get_if<server::Persisted>(&input)) {
    return "persisted " + std::to_string(done->sequence);
  }
  if (const auto* room = std::get_if<server::Room>(&input)) {
    return "room " + std::to_string(room->bytes) + " behind " + std::to_string(room->sequence);
  }
  if (std::holds_alternative<server::SliceTaken>(input)) return "slice taken";
  if (const auto* taken = std::get_if<server::SnapshotTaken>(&input)) {
    return taken->snapshot ? "snapshot taken" : "no room for the snapshot";
  }
  if (const auto* bytes = std::get_if<server::SnapshotBytes>(&input)) {
    return "read " + std::to_string(bytes->piece.bytes.size());
  }
  if (const auto* written = std::get_if<server::PieceWritten>(&input)) {
    return written->taken ? "written to " + std::to_string(written->end) : "no room for the piece";
  }
  const auto* installed = std::get_if<server::SnapshotInstalled>(&input);
  if (installed == nullptr) return "?";
  return installed->machine != nullptr ? "installed" : "not installed: " + installed->problem;
}

class DiskTest : public ::testing::Test {
 protected:
  void Make(Runs runs) {
    disk_ = std::make_unique<Disk>(&log_, &snapshots_, DiskOptions{runs, runs, 0, &lock_});
  }
  void Submit(server::Output out) { disk_->Submit(&out); }
  std::vector<std::string> Collect() {
    std::vector<std::string> words;
    for (const server::Input& input : disk_->Collect()) words.push_back(Word(input));
    return words;
  }
  // Collects until `last` has come.
  std::vector<std::string> CollectUntil(const std::string& last) {
    std::vector<std::string> words;
    while (words.empty() || words.back() != last) {
      Await();
      for (std::string& word : Collect()) words.push_back(std::move(word));
    }
    return words;
  }
  void Await() {
    pollfd fd{disk_->wake_fd(), POLLIN, 0};
    if (!disk_->ready()) poll(&fd, 1, -1);
  }
  void AwaitFailure() {
    while (disk_->status().ok()) {
      Await();
      Collect();
    }
  }

  PlayedLog log_;
  PlayedSnapshots snapshots_;
  PlayedLock lock_;
  std::unique_ptr<Disk> disk_;
};

const absl::Status kFull = absl::ResourceExhaustedError("full");
const absl::Status kBroken = absl::InternalError("fdatasync of x: Input/output error");

TEST_F(DiskTest, InTheCallAllIsDoneWhenSubmitReturns) {
  Make(Runs::kInCall);
  EXPECT_THAT(Collect(), ElementsAre("room 1000 behind 0"));
  log_.parts_to_make = 2;
  Submit(WithRecords(1, 3));
  EXPECT_TRUE(disk_->settling());
  EXPECT_TRUE(disk_->busy());
  EXPECT_FALSE(disk_->persisted(1));
  EXPECT_THAT(Collect(), ElementsAre("persisted 1", "room 1200 behind 1"));
  EXPECT_FALSE(disk_->settling());
  EXPECT_FALSE(disk_->busy());
  EXPECT_TRUE(disk_->persisted(1));
  EXPECT_THAT(log_.batches, ElementsAre(3));
}

TEST_F(DiskTest, WhatNeedsNoDiskIsNotWaitedFor) {
  Make(Runs::kInCall);
  Collect();
  Submit(WithRecords(0, 0));
  EXPECT_FALSE(disk_->ready());
  EXPECT_TRUE(disk_->persisted(0));
}

TEST_F(DiskTest, RecordsThatComeDuringASyncShareTheNext) {
  Make(Runs::kInThread);
  log_.gate.Close();
  Submit(WithRecords(1, 1));
  log_.gate.AwaitSomebody();
  Submit(WithRecords(2, 2));
  Submit(WithRecords(3, 4));
  EXPECT_TRUE(disk_->busy());
  EXPECT_FALSE(disk_->settling());
  log_.gate.Open();
  while (!disk_->persisted(3)) {
    Await();
    Collect();
  }
  disk_.reset();
  EXPECT_THAT(log_.batches, ElementsAre(1, 6));
}

TEST_F(DiskTest, NothingIsPersistedBeforeItsSync) {
  Make(Runs::kInThread);
  Collect();
  log_.gate.Close();
  Submit(WithRecords(1, 1));
  log_.gate.AwaitSomebody();
  EXPECT_THAT(Collect(), Not(testing::Contains(testing::HasSubstr("persisted"))));
  EXPECT_FALSE(disk_->persisted(1));
  log_.gate.Open();
  while (!disk_->persisted(1)) {
    Await();
    Collect();
  }
}

TEST_F(DiskTest, RoomIsMadeWithoutBeingAsked) {
  log_.parts_to_make = 3;
  Make(Runs::kInThread);
  CollectUntil("room 1300 behind 0");
}

TEST_F(DiskTest, UnlimitedRoomIsNotSpokenOf) {
  log_.free = storage::kUnlimitedRoom;
  Make(Runs::kInCall);
  Submit(WithRecords(1, 1));
  EXPECT_THAT(Collect(), ElementsAre("persisted 1"));
}

TEST_F(DiskTest, EntriesThatAreNotNeededAreDroppedOnce) {
  Make(Runs::kInCall);
  for (const uint64_t first : {0, 7, 7, 9}) {
    server::Output out;
    out.log_first = raft::Index(first);
    Submit(std::move(out));
  }
  EXPECT_THAT(log_.dropped_below, ElementsAre(7, 9));
}

TEST_F(DiskTest, AFailedSyncIsFinal) {
  for (const Runs runs : {Runs::kInCall, Runs::kInThread}) {
    log_.sync_status = kBroken;
    Make(runs);
    Submit(WithRecords(1, 1));
    AwaitFailure();
    EXPECT_EQ(disk_->status(), kBroken);
    log_.sync_status = absl::OkStatus();
    Submit(WithRecords(2, 1));
    EXPECT_THAT(Collect(), Not(testing::Contains(testing::HasSubstr("persisted"))));
    EXPECT_FALSE(disk_->persisted(1));
    disk_.reset();
    EXPECT_THAT(log_.batches, ElementsAre(1));
    log_.batches.clear();
  }
}

server::Output Committed(uint64_t index, uint64_t sequence = 0, size_t records = 0) {
  server::Output out = WithRecords(sequence, records);
  out.committed = raft::Index(index);
  return out;
}

TEST_F(DiskTest, WhatIsCommittedIsNotedWithTheRecords) {
  for (const Runs runs : {Runs::kInCall, Runs::kInThread}) {
    Make(runs);
    Submit(Committed(7, 1, 1));
    CollectUntil("room 1000 behind 1");
    disk_.reset();
    EXPECT_EQ(log_.noted, raft::Index(7));
    log_.noted = {};
  }
}

TEST_F(DiskTest, WhatStaysCommittedIsWrittenByItself) {
  Make(Runs::kInThread);
  Submit(Committed(7));
  Submit(Committed(8));
  log_.AwaitHint(8);
  Submit(Committed(9));
  log_.AwaitHint(9);
}

TEST_F(DiskTest, WhatIsCommittedIsWrittenAtTheEnd) {
  for (const Runs runs : {Runs::kInCall, Runs::kInThread}) {
    log_.hints.clear();
    Make(runs);
    Submit(Committed(runs == Runs::kInCall ? 7 : 8));
    disk_.reset();
    EXPECT_THAT(log_.hints, ElementsAre(runs == Runs::kInCall ? 7 : 8));
  }
}

// What it speaks of may be among what is dropped.
TEST_F(DiskTest, WhatIsCommittedIsNotNotedBeforeItsRecords) {
  Make(Runs::kInThread);
  log_.gate.Close();
  Submit(WithRecords(1, 1));
  log_.gate.AwaitSomebody();
  Submit(Committed(9, 2, 1));
  log_.sync_status = kBroken;
  log_.gate.Open();
  AwaitFailure();
  disk_.reset();
  EXPECT_EQ(log_.noted, raft::Index());
  EXPECT_THAT(log_.hints, IsEmpty());
}

TEST_F(DiskTest, ALostLockIsAFailureOfTheLog) {
  for (const Runs runs : {Runs::kInCall, Runs::kInThread}) {
    lock_.lost = false;
    log_.batches.clear();
    Make(runs);
    lock_.lost = true;
    Submit(WithRecords(1, 1));
    AwaitFailure();
    EXPECT_TRUE(absl::IsFailedPrecondition(disk_->status())) << disk_->status();
    EXPECT_FALSE(disk_->persisted(1));
    disk_.reset();
    EXPECT_THAT(log_.batches, IsEmpty());
  }
}

TEST_F(DiskTest, ALockThatIsLostUnderASyncIsNoticedBeforeItIsAnswered) {
  Make(Runs::kInThread);
  Collect();
  log_.gate.Close();
  Submit(WithRecords(1, 1));
  log_.gate.AwaitSomebody();
  lock_.lost = true;
  log_.gate.Open();
  AwaitFailure();
  EXPECT_FALSE(disk_->persisted(1));
}

TEST_F(DiskTest, ALostLockIsNoticedWhereNothingIsWritten) {
  Make(Runs::kInThread);
  lock_.lost = true;
  AwaitFailure();
  EXPECT_TRUE(absl::IsFailedPrecondition(disk_->status())) << disk_->status();
}

TEST_F(DiskTest, ASnapshotIsTakenSliceBySlice) {
  Make(Runs::kInCall);
  Collect();
  Submit(WithSlice(5, true, false));
  EXPECT_TRUE(disk_->settling());
  EXPECT_THAT(Collect(), ElementsAre("slice taken"));
  Submit(WithSlice(5, false, true));
  EXPECT_THAT(Collect(), ElementsAre("slice taken", "snapshot taken"));
  EXPECT_THAT(snapshots_.calls, ElementsAre("begin", "add", "add", "finish"));
  EXPECT_GT(snapshots_.begun.bytes, 0u);
}

TEST_F(DiskTest, SlicesWaitWhileTheDiskIsBehind) {
  Make(Runs::kInThread);
  Collect();
  snapshots_.gate.Close();
  Submit(WithSlice(5, true, false));
  EXPECT_THAT(Collect(), testing::Contains("slice taken"));
  snapshots_.gate.AwaitSomebody();  // it has left the queue
  for (size_t i = 1; i < SnapshotWorker::kMaxSlices; ++i) {
    Submit(WithSlice(5, false, false));
    EXPECT_THAT(Collect(), ElementsAre("slice taken"));
  }
  Submit(WithSlice(5, false, false));
  EXPECT_THAT(Collect(), IsEmpty());
  snapshots_.gate.Open();
  CollectUntil("slice taken");
}

TEST_F(DiskTest, AFullDiskEndsASnapshotAndTheNextOneBeginsAnew) {
  Make(Runs::kInCall);
  Collect();
  snapshots_.failures[2] = kFull;
  Submit(WithSlice(5, true, false));
  Submit(WithSlice(5, false, false));
  EXPECT_THAT(Collect(), ElementsAre("slice taken", "slice taken"));
  Submit(WithSlice(5, false, true));
  EXPECT_THAT(Collect(), ElementsAre("slice taken", "no room for the snapshot"));
  Submit(WithSlice(6, true, true));
  EXPECT_THAT(Collect(), ElementsAre("slice taken", "snapshot taken"));
  EXPECT_THAT(snapshots_.calls, ElementsAre("begin", "add", "begin", "add", "finish"));
  EXPECT_TRUE(disk_->status().ok());
}

TEST_F(DiskTest, AnAbandonedSnapshotIsNotAnswered) {
  Make(Runs::kInCall);
  Collect();
  server::Output out;
  out.slice = server::StateSlice{.abandoned = true};
  Submit(std::move(out));
  EXPECT_THAT(Collect(), IsEmpty());
  EXPECT_THAT(snapshots_.calls, ElementsAre("abandon"));
}

TEST_F(DiskTest, ABrokenDiskUnderASnapshotStopsTheNode) {
  for (const Runs runs : {Runs::kInCall, Runs::kInThread}) {
    snapshots_.calls.clear();
    snapshots_.failures[1] = kBroken;
    Make(runs);
    Submit(WithSlice(5, true, true));
    AwaitFailure();
    EXPECT_EQ(disk_->status(), kBroken);
  }
}

TEST_F(DiskTest, TheLastPieceInstalls) {
  Make(Runs::kInCall);
  Collect();
  const raft::Snapshot snapshot = At(5, 30);
  Submit(WithPiece(snapshot, 0, 20));
  EXPECT_THAT(Collect(), ElementsAre("written to 20"));
  Submit(WithPiece(snapshot, 20, 10));
  EXPECT_THAT(Collect(), ElementsAre("written to 30", "installed"));
}

// Each is answered: a node begins anew once it knows of all that it gave to the disk.
TEST_F(DiskTest, PiecesBehindOneThatHadNoRoomAreRefusedToo) {
  Make(Runs::kInCall);
  Collect();
  snapshots_.failures[1] = kFull;
  const raft::Snapshot snapshot = At(5, 30);
  Submit(WithPiece(snapshot, 0, 10));
  EXPECT_THAT(Collect(), ElementsAre("no room for the piece"));
  Submit(WithPiece(snapshot, 10, 20));
  EXPECT_THAT(Collect(), ElementsAre("no room for the piece"));
  Submit(WithPiece(snapshot, 0, 10));
  EXPECT_THAT(Collect(), ElementsAre("written to 10"));
  EXPECT_THAT(snapshots_.calls, ElementsAre("receive", "receive"));
}

TEST_F(DiskTest, ADamagedSnapshotIsNotInstalled) {
  Make(Runs::kInCall);
  Collect();
  snapshots_.failures[2] = absl::DataLossError("it is cut");
  Submit(WithPiece(At(5, 10), 0, 10));
  EXPECT_THAT(Collect(), ElementsAre("written to 10", "not installed: it is cut"));
  EXPECT_TRUE(disk_->status().ok());
}

TEST_F(DiskTest, SnapshotsAreRead) {
  Make(Runs::kInCall);
  Collect();
  server::Output out;
  out.snapshot_reads.push_back({At(5, 30), 10, 8});
  Submit(out);
  EXPECT_THAT(Collect(), ElementsAre("read 8"));
  snapshots_.failures[0] = absl::NotFoundError("gone");
  Submit(out);
  EXPECT_THAT(Collect(), ElementsAre("read 0"));
}

TEST_F(DiskTest, EndsWhileWorkIsWaiting) {
  Make(Runs::kInThread);
  snapshots_.gate.Close();
  Submit(WithSlice(5, true, false));
  snapshots_.gate.AwaitSomebody();
  Submit(WithSlice(5, false, false));
  Submit(WithRecords(1, 1));
  snapshots_.gate.Open();
  disk_.reset();
}

}  // namespace
}  // namespace tidemark::driver
