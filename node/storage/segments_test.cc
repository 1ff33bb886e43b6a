// What segments of the log still say once those before them are gone, and what a start makes of
// them.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/types.h"
#include "node/storage/node_storage.h"
#include "node/storage/segment.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

class Segments : public testing::Test {
 protected:
  Segments() { Open(); }

  void Open() {
    storage_ = {};
    absl::StatusOr<NodeStorage> opened = node_.Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }
  void Store(const server::Record& record) {
    storage_.log->Append({record});
    ASSERT_EQ(storage_.log->Sync(), absl::OkStatus());
  }
  // Entries of term 1, until there are so many segments.
  void Fill(size_t segments) {
    while (node_.Segments().size() < segments) Store(EntryOf(++last_, 1, std::string(300, '7')));
  }
  void Snapshot(uint64_t term, uint64_t index) {
    const raft::LogPosition at{raft::Term(term), raft::Index(index)};
    ASSERT_EQ(TakeSnapshot(storage_.snapshots.get(), at), absl::OkStatus());
  }
  void DropBelow(uint64_t first) {
    ASSERT_EQ(storage_.log->DropBelow(raft::Index(first)), absl::OkStatus());
  }

  SimulatedNode node_;
  NodeStorage storage_;
  uint64_t last_ = 0;
};

TEST_F(Segments, RestateAQuarantineSoThatTheFirstCanGo) {
  Store(server::Quarantine{raft::Index(3)});
  Fill(3);
  Snapshot(1, last_);
  DropBelow(last_);
  ASSERT_GT(node_.Segments().front(), 1u) << "the segment with the record is gone";
  Open();
  EXPECT_EQ(storage_.recovered.quarantine.index, raft::Index(3));
}

TEST_F(Segments, RestateAMarkSoThatTheFirstCanGo) {
  const server::GoneBack mark{{raft::Term(2), raft::Index(3)}};
  Store(mark);
  Fill(3);
  Snapshot(1, last_);
  DropBelow(last_);
  ASSERT_GT(node_.Segments().front(), 1u) << "the segment with the record is gone";
  Open();
  EXPECT_EQ(storage_.recovered.gone_back, mark);
}

// Its last entry is needed as long as it is not below what is asked for.
TEST_F(Segments, AreKeptForTheirLastEntry) {
  Fill(2);
  const uint64_t greatest = last_ - 1;  // the last one has begun the second segment
  Snapshot(1, greatest);
  DropBelow(greatest);
  EXPECT_EQ(node_.Segments(), (std::vector<uint64_t>{1, 2}));
  DropBelow(greatest + 1);
  EXPECT_EQ(node_.Segments(), std::vector<uint64_t>{2});
}

// A crash came between an installed snapshot and the log that goes with it.
TEST_F(Segments, OfALogThatDisagreesWithTheSnapshotSayNothing) {
  for (uint64_t index = 1; index <= 8; ++index) Store(EntryOf(index, 1));
  Snapshot(2, 5);
  Open();
  EXPECT_TRUE(storage_.recovered.log.empty());
  const raft::LogPosition base{raft::Term(2), raft::Index(5)};
  EXPECT_EQ(storage_.recovered.log_base, base);
  // It is so on disk, too.
  Store(EntryOf(6, 2));
  Open();
  ASSERT_EQ(storage_.recovered.log.size(), 1u);
  EXPECT_EQ(storage_.recovered.log[0]->at.term, raft::Term(2));
}

// The newest one is what an operator deletes, and what a copy lacks that was made too early.
TEST_F(Segments, SayThatAnotherFollowsBeforeItIsUsed) {
  Fill(3);
  for (const uint64_t missing : {3u, 2u}) {
    ASSERT_EQ(node_.files.Remove(SimulatedNode::SegmentPath(missing)), absl::OkStatus());
    storage_ = {};
    const absl::Status refused = node_.Open().status();
    ASSERT_TRUE(absl::IsDataLoss(refused)) << refused;
    const std::string where = SimulatedNode::SegmentPath(missing) + " is damaged at byte 0: it is ";
    EXPECT_EQ(std::string(refused.message()).find(where + "missing"), 0u) << refused;
  }
}

// It is said once the name is sure to be there; a crash in between has acknowledged nothing.
TEST_F(Segments, MayFollowWithoutBeingAnnouncedAfterACrash) {
  Fill(1);
  node_.files.StartTrace();
  Fill(2);
  size_t announced = 0;
  size_t unannounced = 0;
  Random random(1);
  node_.files.EnumerateCrashes(&random, [&](size_t, SimulatedFileSystem* after) {
    SimulatedNode crashed;
    crashed.files = *after;
    const size_t segments = crashed.Segments().size();
    const std::string first = crashed.files.Contents(SimulatedNode::SegmentPath(1));
    const bool says = first.find_last_not_of('\0') >= first.size() - kSegmentTrailerBytes;
    if (segments == 2) ++(says ? announced : unannounced);
    absl::StatusOr<NodeStorage> opened = crashed.Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    opened->log->Append({Promise(9)});
    ASSERT_EQ(opened->log->Sync(), absl::OkStatus());
  });
  EXPECT_GT(announced, 0u);
  EXPECT_GT(unannounced, 0u);
}

TEST_F(Segments, ThatIsShorterThanItsHeaderSaysIsDamage) {
  Fill(2);
  storage_ = {};
  const std::string path = SimulatedNode::SegmentPath(2);
  const std::string bytes = node_.files.Contents(path);
  node_.files.SetContents(path, bytes.substr(0, bytes.size() - 1));
  const absl::Status refused = node_.Open().status();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
}

}  // namespace
}  // namespace tidemark::storage
