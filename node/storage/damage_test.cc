// What a crash leaves is cut, and what a disk has changed is refused: README.md's rules, one by
// one.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/storage/identity.h"
#include "node/storage/log_recovery.h"
#include "node/storage/node_storage.h"
#include "node/storage/segment.h"
#include "node/storage/storage_testing.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

constexpr size_t kSector = 512;

using Batch = std::vector<server::Record>;

std::string Flipped(std::string bytes, size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  return bytes;
}

class DamageTest : public testing::Test {
 protected:
  absl::StatusOr<FoundLog> Read() {
    return ReadLog(&node_.files, "data/n1", SimulatedNode::kIncarnation, std::nullopt);
  }

  // Each batch is synced before the next one is written. Notes where each ends in its segment.
  void Write(const std::vector<Batch>& batches) {
    auto storage = node_.Open();
    ASSERT_TRUE(storage.ok()) << storage.status();
    ends_.assign(1, Read()->end);
    for (const Batch& batch : batches) {
      storage->log->Append(batch);
      ASSERT_EQ(storage->log->Sync(), absl::OkStatus());
      ends_.push_back(Read()->end);
      records_.insert(records_.end(), batch.begin(), batch.end());
    }
    bytes_ = node_.files.Contents(log_);
  }
  void WriteAnew(const std::vector<Batch>& batches) {
    node_.files = SimulatedFileSystem();
    records_.clear();
    Write(batches);
  }

  Batch First(size_t records) const {
    return {records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(records)};
  }

  // The first segment becomes `bytes`; opened, it has the first `records` records and ends at
  // `end`. It takes one more record, too.
  void ExpectCut(const std::string& bytes, size_t records, uint64_t end) {
    node_.files.SetContents(log_, bytes);
    Batch expected = First(records);
    {
      auto storage = node_.Open();
      ASSERT_TRUE(storage.ok()) << storage.status();
      EXPECT_EQ(Remember(storage->recovered), SumOf(expected));
      EXPECT_EQ(storage->notices.empty(), bytes == Whole(end));
      EXPECT_EQ(node_.files.Contents(log_), Whole(end));
      storage->log->Append({Number(1000)});
      EXPECT_EQ(storage->log->Sync(), absl::OkStatus());
    }
    expected.push_back(Number(1000));
    auto again = node_.Open();
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(Remember(again->recovered), SumOf(expected));
    EXPECT_TRUE(again->notices.empty());
  }

  // The file becomes `bytes`; it is refused for damage at `offset`, and left alone.
  void ExpectDamage(const std::string& path, const std::string& bytes, uint64_t offset) {
    node_.files.SetContents(path, bytes);
    const absl::Status refused = node_.Open().status();
    ASSERT_TRUE(absl::IsDataLoss(refused)) << refused;
    const std::string where = path + " is damaged at byte " + std::to_string(offset) + ":";
    EXPECT_EQ(std::string(refused.message()).find(where), 0u) << refused << " not at " << offset;
    ASSERT_EQ(node_.files.Contents(path), bytes);
  }
  void ExpectDamage(const std::string& bytes, uint64_t offset) {
    ExpectDamage(log_, bytes, offset);
  }

  // The first segment with what it holds up to `end`.
  std::string Whole(uint64_t end) const {
    std::string bytes = bytes_.substr(0, end);
    bytes.resize(bytes_.size(), '\0');
    return bytes;
  }
  std::string WithZeros(uint64_t from, uint64_t to) const {
    std::string bytes = bytes_;
    for (uint64_t i = from; i < to; ++i) bytes[i] = 0;
    return bytes;
  }

  SimulatedNode node_;
  std::string log_ = SimulatedNode::SegmentPath(1);
  std::string bytes_;
  std::vector<uint64_t> ends_;  // of the header, of each batch
  Batch records_;
};

// It was filled, and synced, before it had its name.
TEST_F(DamageTest, ALogCutShortAtAnyByteIsDamage) {
  std::vector<Batch> batches = {{Promise(1, "n1")}, {StartOf(1, 1)}};
  for (uint64_t index = 2; index < 20; ++index) {
    batches.push_back({EntryOf(index, 1, std::string(index * 37 % 900, '7'))});
  }
  Write(batches);
  ASSERT_EQ(node_.Segments().size(), 1u);
  auto file = node_.files.Open(log_, FileSystem::Mode::kReadWrite);
  ASSERT_TRUE(file.ok());
  for (uint64_t size = bytes_.size(); size-- > 0;) {
    ASSERT_EQ((*file)->Truncate(size), absl::OkStatus());
    const absl::Status refused = Read().status();
    ASSERT_TRUE(absl::IsDataLoss(refused)) << size << ": " << refused;
    const uint64_t at = size < kSegmentHeaderBytes ? 0 : size;
    const std::string where = log_ + " is damaged at byte " + std::to_string(at) + ":";
    ASSERT_EQ(std::string(refused.message()).find(where), 0u) << size << ": " << refused;
  }
  ExpectDamage(bytes_.substr(0, bytes_.size() - 1), bytes_.size() - 1);
}

TEST_F(DamageTest, ARecordThatWasNeverWrittenIsTheEnd) {
  Write({{Promise(1, "n1")}, {StartOf(1, 1)}, {EntryOf(2, 1)}, {Number(3)}});
  ExpectCut(Whole(ends_[4]), 4, ends_[4]);
  ExpectCut(Whole(ends_[3]), 3, ends_[3]);
}

TEST_F(DamageTest, HeadersAreNeverTorn) {
  Write({});
  for (uint64_t size = 0; size < kSegmentHeaderBytes; ++size) {
    ExpectDamage(bytes_.substr(0, size), 0);
  }
  node_.files.SetContents(log_, bytes_);
  const std::string path = SimulatedNode::PathOf("identity");
  const std::string identity = node_.files.Contents(path);
  for (uint64_t size = 0; size < identity.size(); ++size) {
    ExpectDamage(path, identity.substr(0, size), 0);
  }
}

TEST_F(DamageTest, EveryFlippedBitIsFound) {
  // The last record's end is alone in its sector, as far as it can be.
  const Batch small = {Promise(1, "n1"), StartOf(1, 1), EntryOf(2, 1), Number(1)};
  Write({small, {EntryOf(3, 1, std::string(1800, '7'))}, {Promise(2, "n2")}, {EntryOf(4, 1)}});
  ASSERT_EQ(node_.Open()->notices.size(), 0u);
  for (size_t bit = 0; bit < bytes_.size() * 8; ++bit) {
    node_.files.SetContents(log_, Flipped(bytes_, bit));
    const absl::Status status = Read().status();
    ASSERT_TRUE(absl::IsDataLoss(status)) << "bit " << bit << ": " << status;
  }
}

// A flip in the last record is told from a torn one wherever its sectors begin.
TEST_F(DamageTest, EveryFlippedBitOfTheLastRecordIsFoundWhereverItStands) {
  for (size_t value_bytes = 1; value_bytes <= kSector; value_bytes += 5) {
    WriteAnew({{EntryOf(1, 1, std::string(value_bytes, '7'))}, {Promise(3, "n2"), Promise(4)}});
    for (size_t bit = ends_[1] * 8; bit < ends_[2] * 8; ++bit) {
      node_.files.SetContents(log_, Flipped(bytes_, bit));
      const absl::Status status = Read().status();
      ASSERT_TRUE(absl::IsDataLoss(status)) << value_bytes << ", bit " << bit << ": " << status;
    }
  }
}

TEST_F(DamageTest, EveryFlippedBitOfAnIdentityIsFound) {
  Write({});
  const std::string path = SimulatedNode::PathOf("identity");
  const std::string identity = node_.files.Contents(path);
  for (size_t bit = 0; bit < identity.size() * 8; ++bit) {
    ExpectDamage(path, Flipped(identity, bit), 0);
    if (HasFailure()) return;
  }
}

TEST_F(DamageTest, DamageIsNamedWithTheRecordThatItIsIn) {
  Write({{Number(1)}, {Number(2)}, {Number(3)}});
  for (size_t batch = 0; batch < 3; ++batch) {
    for (const uint64_t at : {ends_[batch], ends_[batch] + 5, ends_[batch + 1] - 1}) {
      ExpectDamage(Flipped(bytes_, at * 8 + 6), ends_[batch]);
    }
  }
}

TEST_F(DamageTest, ARecordOutOfPlaceIsDamage) {
  Write({{Number(1)}, {Number(2)}, {Number(3)}});
  const uint64_t record = ends_[1] - ends_[0];
  std::string swapped = bytes_;
  swapped.replace(ends_[0], record, bytes_.substr(ends_[1], record));
  ExpectDamage(swapped, ends_[0]);
  std::string repeated = bytes_;
  repeated.replace(ends_[3], record, bytes_.substr(ends_[2], record));
  ExpectDamage(repeated, ends_[3]);
}

class BatchOverSectorsTest : public DamageTest {
 protected:
  // Entry 2 lies over the sectors from first_sector_ on; entry 3 stands whole behind it.
  void WriteLargeBatch() {
    const std::string value(3 * kSector, '7');
    Write({{EntryOf(1, 1)}, {EntryOf(2, 1, value), EntryOf(3, 1)}});
    first_sector_ = (ends_[1] / kSector + 1) * kSector;
    ASSERT_LT(first_sector_ + 2 * kSector, ends_[2]);
  }
  uint64_t first_sector_ = 0;
};

TEST_F(BatchOverSectorsTest, ASectorOfTheLastBatchThatWasNeverWrittenIsTheEnd) {
  WriteLargeBatch();
  ExpectCut(WithZeros(first_sector_, first_sector_ + kSector), 1, ends_[1]);
  ExpectCut(WithZeros(ends_[1], first_sector_), 1, ends_[1]);
}

TEST_F(BatchOverSectorsTest, ASectorOfTheLastBatchThatHoldsSomethingElseIsDamage) {
  WriteLargeBatch();
  ExpectDamage(WithZeros(first_sector_, first_sector_ + kSector - 1), ends_[1]);
}

TEST_F(BatchOverSectorsTest, AnEmptySectorThatHadBeenSyncedIsDamage) {
  WriteLargeBatch();
  const uint64_t damaged = ends_[1];
  Write({{Number(1)}});
  ExpectDamage(WithZeros(first_sector_, first_sector_ + kSector), damaged);
}

TEST_F(DamageTest, RecordsThatDoNotFollowFromEachOtherAreDamage) {
  const std::vector<std::pair<server::Record, server::Record>> cases = {
      {EntryOf(1, 1), EntryOf(3, 1)}, {EntryOf(1, 1), EntryOf(0, 1)},
      {EntryOf(1, 2), EntryOf(2, 1)}, {Promise(2, "n1"), Promise(1, "n1")},
      {Number(2), Number(1)},
  };
  for (const auto& [first, second] : cases) {
    WriteAnew({{first}});
    {
      auto storage = node_.Open();
      storage->log->Append({second});
      ASSERT_EQ(storage->log->Sync(), absl::OkStatus());
    }
    ExpectDamage(node_.files.Contents(log_), ends_[1]);
  }
}

TEST_F(DamageTest, AnotherFormatIsNotDamage) {
  Write({});
  const auto expect_refused = [&](const std::string& path, size_t checksummed) {
    const std::string was = node_.files.Contents(path);
    std::string other = was;
    other[8] = 3;  // nothing said of which cluster it was then
    const uint64_t checksum = XXH3_64bits(other.data(), checksummed);
    for (size_t i = 0; i < 8; ++i) other[checksummed + i] = static_cast<char>(checksum >> (8 * i));
    node_.files.SetContents(path, other);
    const absl::Status refused = node_.Open().status();
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
    EXPECT_NE(std::string(refused.message()).find(path), std::string::npos) << refused;
    EXPECT_NE(std::string(refused.message()).find("format 3"), std::string::npos) << refused;
    node_.files.SetContents(path, was);
  };
  expect_refused(log_, kSegmentHeaderBytes - 8);
  const std::string identity = SimulatedNode::PathOf("identity");
  expect_refused(identity, node_.files.Contents(identity).size() - 8);
}

// --- Several segments ---------------------------------------------------------------------------

class SegmentsTest : public DamageTest {
 protected:
  SegmentsTest() {
    std::vector<Batch> batches;
    for (uint64_t index = 1; index <= 40; ++index) {
      batches.push_back({EntryOf(index, 1, std::string(1000, '7'))});
    }
    Write(batches);
    EXPECT_EQ(node_.Segments(), (std::vector<uint64_t>{1, 2, 3}));
  }
};

TEST_F(SegmentsTest, EveryFlippedBitOfAFormerSegmentIsFound) {
  const std::string path = SimulatedNode::SegmentPath(2);
  const std::string bytes = node_.files.Contents(path);
  for (size_t bit = 0; bit < bytes.size() * 8; bit += bit < 2000 * 8 ? 1 : 11) {
    node_.files.SetContents(path, Flipped(bytes, bit));
    const absl::Status status = Read().status();
    ASSERT_TRUE(absl::IsDataLoss(status)) << "bit " << bit << ": " << status;
    ASSERT_EQ(std::string(status.message()).find(path), 0u) << status;
  }
}

TEST_F(SegmentsTest, AFormerSegmentIsNeverTorn) {
  const std::string path = SimulatedNode::SegmentPath(2);
  const std::string bytes = node_.files.Contents(path);
  for (const size_t size : {size_t{0}, kSegmentHeaderBytes, kSector, bytes.size() - 1}) {
    node_.files.SetContents(path, bytes.substr(0, size));
    EXPECT_TRUE(absl::IsDataLoss(Read().status())) << Read().status();
    std::string zeros = bytes.substr(0, size);
    zeros.resize(bytes.size(), '\0');
    if (size > bytes.size() - kSector) continue;  // there was nothing but zeros
    node_.files.SetContents(path, zeros);
    EXPECT_TRUE(absl::IsDataLoss(Read().status())) << Read().status();
  }
}

// It was on disk before the segment had its name.
TEST_F(SegmentsTest, TheFirstBatchOfASegmentIsNeverTorn) {
  const std::string path = SimulatedNode::SegmentPath(3);
  std::string bytes = node_.files.Contents(path);
  for (size_t i = kSegmentHeaderBytes; i < bytes.size(); ++i) bytes[i] = 0;
  ExpectDamage(path, bytes, kSegmentHeaderBytes);
}

TEST_F(SegmentsTest, AMissingSegmentIsDamage) {
  const SimulatedFileSystem whole = node_.files;
  for (const uint64_t missing : {1u, 2u, 3u}) {
    node_.files = whole;
    ASSERT_EQ(node_.files.Remove(SimulatedNode::SegmentPath(missing)), absl::OkStatus());
    const absl::Status refused = node_.Open().status();
    EXPECT_TRUE(absl::IsDataLoss(refused)) << missing << ": " << refused;
  }
  for (const uint64_t number : node_.Segments()) {
    ASSERT_EQ(node_.files.Remove(SimulatedNode::SegmentPath(number)), absl::OkStatus());
  }
  EXPECT_TRUE(absl::IsDataLoss(node_.Open().status())) << node_.Open().status();
}

TEST_F(SegmentsTest, ASegmentOfAnotherStartOrUnderAnotherNameIsDamage) {
  SimulatedNode other;
  ASSERT_TRUE(OpenNodeStorage(&other.files, "data", {"n1", {"n1"}}, raft::Incarnation(8),
                              {.segment_bytes = 0})
                  .ok());
  const std::string foreign = other.files.Contents(log_);
  ExpectDamage(foreign, 0);
  ExpectDamage(node_.files.Contents(SimulatedNode::SegmentPath(2)), 0);
}

TEST_F(SegmentsTest, AnIdentityThatIsMissingBesideRecordsIsDamage) {
  ASSERT_EQ(node_.files.Remove(SimulatedNode::PathOf("identity")), absl::OkStatus());
  const absl::Status refused = node_.Open().status();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
  EXPECT_EQ(std::string(refused.message()).find("data/n1/identity is damaged"), 0u) << refused;
}

TEST_F(DamageTest, AStartThatCameToNoEndIsMadeAnew) {
  Write({});
  ASSERT_EQ(node_.files.Remove(SimulatedNode::PathOf("identity")), absl::OkStatus());
  auto storage = node_.Open();
  ASSERT_TRUE(storage.ok()) << storage.status();
  EXPECT_TRUE(storage->fresh);
}

}  // namespace
}  // namespace tidemark::storage
