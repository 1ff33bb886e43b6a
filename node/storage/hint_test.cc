// What a log says of how far it is committed.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/types.h"
#include "node/storage/log_recovery.h"
#include "node/storage/node_storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

class Hints : public testing::Test {
 protected:
  Hints() { Open(); }

  void Open() {
    storage_ = {};
    absl::StatusOr<NodeStorage> opened = node_.Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }
  void Store(const std::vector<server::Record>& records, uint64_t committed) {
    storage_.log->Append(records);
    storage_.log->NoteCommitted(raft::Index(committed));
    ASSERT_EQ(storage_.log->Sync(), absl::OkStatus());
  }
  void WriteHint(uint64_t committed) {
    storage_.log->NoteCommitted(raft::Index(committed));
    ASSERT_EQ(storage_.log->WriteHint(), absl::OkStatus());
  }
  uint64_t Committed() const { return storage_.recovered.committed.value(); }

  SimulatedNode node_;
  NodeStorage storage_;
};

TEST_F(Hints, GoWithRecordsThatAreWrittenAnyway) {
  Store({EntryOf(1, 1), EntryOf(2, 1)}, 0);
  Store({EntryOf(3, 1)}, 2);
  Open();
  EXPECT_EQ(Committed(), 2u);
  Store({}, 3);
  Open();
  EXPECT_EQ(Committed(), 2u) << "a hint is no reason to write";
}

TEST_F(Hints, ThatAreWrittenByThemselvesOutliveTheProcess) {
  Store({EntryOf(1, 1), EntryOf(2, 1)}, 0);
  const uint64_t syncs = node_.files.syncs();
  WriteHint(2);
  EXPECT_EQ(node_.files.syncs(), syncs);
  Open();
  EXPECT_EQ(Committed(), 2u);
  EXPECT_TRUE(storage_.notices.empty());
}

// Of what was not synced, any part may be there.
TEST_F(Hints, ThatAreWrittenByThemselvesMayBeTorn) {
  Store({EntryOf(1, 1), EntryOf(2, 1)}, 0);
  node_.files.StartTrace();
  WriteHint(1);
  Store({EntryOf(3, 1, std::string(700, '7'))}, 1);
  WriteHint(2);
  WriteHint(3);
  const size_t acknowledged = node_.files.trace_size();
  Store({EntryOf(4, 1, std::string(900, '7')), EntryOf(5, 1, std::string(900, '8'))}, 3);
  Random random(1);
  std::vector<uint64_t> seen(6);
  node_.files.EnumerateCrashes(&random, [&](size_t point, SimulatedFileSystem* after) {
    SimulatedNode crashed;
    crashed.files = *after;
    absl::StatusOr<NodeStorage> opened = crashed.Open();
    ASSERT_TRUE(opened.ok()) << point << ": " << opened.status();
    const uint64_t committed = opened->recovered.committed.value();
    ASSERT_LE(committed, opened->recovered.log.size());
    ASSERT_LE(committed, 3u);
    if (point >= acknowledged) {
      ASSERT_GE(opened->recovered.log.size(), 3u);
    }
    ++seen[committed];
  });
  for (const uint64_t committed : {0, 1, 2, 3}) EXPECT_GT(seen[committed], 0u) << committed;
}

TEST_F(Hints, AreRestatedWhereASegmentBegins) {
  uint64_t last = 0;
  while (node_.Segments().size() < 3) {
    ++last;
    Store({EntryOf(last, 1, std::string(900, '7'))}, last < 5 ? last - 1 : 4);
  }
  ASSERT_EQ(TakeSnapshot(storage_.snapshots.get(), {raft::Term(1), raft::Index(2)}),
            absl::OkStatus());
  ASSERT_EQ(TakeSnapshot(storage_.snapshots.get(), {raft::Term(1), raft::Index(3)}),
            absl::OkStatus());
  Open();
  EXPECT_EQ(Committed(), 4u);
  for (const uint64_t number : {1, 2}) {
    ASSERT_EQ(node_.files.Remove(SimulatedNode::SegmentPath(number)), absl::OkStatus());
  }
  const absl::StatusOr<FoundLog> found =
      ReadLog(&node_.files, "data/n1", SimulatedNode::kIncarnation,
              raft::Snapshot{{raft::Term(1), raft::Index(last)}, {}, 0, 0});
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->noted_commit, raft::Index(4));
}

// A segment that ends with a hint of its own ends behind it.
TEST_F(Hints, AreOnDiskBeforeTheNextSegmentIs) {
  uint64_t last = 0;
  while (node_.Segments().size() < 3) {
    ++last;
    Store({EntryOf(last, 1, std::string(900, '7'))}, 0);
    WriteHint(last);
  }
  Open();
  EXPECT_EQ(Committed(), last);
}

// The last batch went back to zeros: without a hint that cannot be told from a torn one.
TEST_F(Hints, BehindTheLastBatchProveThatItIsLost) {
  Store({EntryOf(1, 1)}, 0);
  const absl::StatusOr<FoundLog> before =
      ReadLog(&node_.files, "data/n1", SimulatedNode::kIncarnation, std::nullopt);
  Store({EntryOf(2, 1, std::string(1500, '7'))}, 0);
  WriteHint(2);
  storage_ = {};
  const std::string path = SimulatedNode::SegmentPath(1);
  std::string bytes = node_.files.Contents(path);
  for (uint64_t at = (before->end / 512 + 1) * 512, i = 0; i < 512; ++i) bytes[at + i] = '\0';
  node_.files.SetContents(path, bytes);
  const absl::Status refused = node_.Open().status();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
}

TEST_F(Hints, BeyondTheLogsEndAreDamage) {
  Store({EntryOf(1, 1), server::CommitHint{raft::Index(2)}}, 0);
  storage_ = {};
  const absl::Status refused = node_.Open().status();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
  EXPECT_NE(std::string(refused.message()).find("its end is lost"), std::string::npos) << refused;
}

TEST_F(Hints, AreNotFollowedByOtherEntriesInTheirPlace) {
  Store({EntryOf(1, 1), EntryOf(2, 1)}, 0);
  WriteHint(2);
  Store({EntryOf(2, 2)}, 2);
  storage_ = {};
  const absl::Status refused = node_.Open().status();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
  EXPECT_NE(std::string(refused.message()).find("was committed"), std::string::npos) << refused;
}

TEST_F(Hints, TakeNoSegmentOfTheirOwn) {
  uint64_t last = 0;
  while (node_.Segments().size() < 2) Store({EntryOf(++last, 1, std::string(100, '7'))}, 0);
  for (int i = 0; node_.Segments().size() < 3 && i < 2'000; ++i) {
    Store({EntryOf(++last, 1, "7")}, 0);
    WriteHint(last);
  }
  ASSERT_EQ(node_.Segments().size(), 3u);
  Open();
  EXPECT_GE(Committed() + 1, last);
}

}  // namespace
}  // namespace tidemark::storage
