// What a crash leaves is cut, and what a disk has changed is refused: README.md's rules, one by
// one.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/storage/storage.h"
#include "node/storage/storage_testing.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

constexpr raft::Incarnation kIncarnation{7};
constexpr size_t kSector = 512;

using Batch = std::vector<server::Record>;

class DamageTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Storage>> Open() {
    return OpenFileStorage(dir_, "n1", kIncarnation);
  }

  // Each batch is synced before the next one is written. Notes where each batch ends.
  void Write(const std::vector<Batch>& batches) {
    auto storage = Open();
    ASSERT_TRUE(storage.ok()) << storage.status();
    ends_.assign(1, std::filesystem::file_size(log_));
    for (const Batch& batch : batches) {
      (*storage)->Append(batch);
      ASSERT_EQ((*storage)->Sync(), absl::OkStatus());
      ends_.push_back(std::filesystem::file_size(log_));
      records_.insert(records_.end(), batch.begin(), batch.end());
    }
    storage->reset();
    bytes_ = ReadFile(log_);
  }

  // The log becomes `bytes`; opened, it has the first `records` records and ends at `end`. It takes
  // one more record, too.
  void ExpectCut(const std::string& bytes, size_t records, uint64_t end) {
    WriteFile(log_, bytes);
    Batch expected(records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(records));
    {
      auto storage = Open();
      ASSERT_TRUE(storage.ok()) << storage.status();
      EXPECT_EQ(Remember((*storage)->TakeRecovered()), SumOf(expected));
      EXPECT_EQ((*storage)->TakeNotices().size(), bytes.size() == end ? 0u : 1u);
      EXPECT_EQ(ReadFile(log_), bytes_.substr(0, end));
      (*storage)->Append({Number(1000)});
      EXPECT_EQ((*storage)->Sync(), absl::OkStatus());
    }
    expected.push_back(Number(1000));
    auto again = Open();
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(Remember((*again)->TakeRecovered()), SumOf(expected));
  }

  // The log becomes `bytes`; it is refused for damage at `offset`, and left alone.
  void ExpectDamage(const std::string& bytes, uint64_t offset) {
    WriteFile(log_, bytes);
    const absl::Status refused = Open().status();
    ASSERT_TRUE(absl::IsDataLoss(refused)) << refused;
    const std::string where = log_ + " is damaged at byte " + std::to_string(offset) + ":";
    EXPECT_EQ(std::string(refused.message()).find(where), 0u) << refused;
    ASSERT_EQ(ReadFile(log_), bytes);
  }

  std::string WithZeros(uint64_t from, uint64_t to) const {
    std::string bytes = bytes_;
    for (uint64_t i = from; i < to; ++i) bytes[i] = 0;
    return bytes;
  }

  std::string dir_ = FreshDirectory();
  std::string log_ = dir_ + "/n1/log";
  std::string bytes_;
  std::vector<uint64_t> ends_;  // of the header, of each batch
  Batch records_;
};

TEST_F(DamageTest, ALogCutShortAtAnyByteHasItsWholeRecords) {
  Write({{Promise(1, "n1")}, {StartOf(1, 1)}, {EntryOf(2, 1)}, {Number(3)}});
  for (uint64_t size = ends_[0]; size <= bytes_.size(); ++size) {
    SCOPED_TRACE("cut to " + std::to_string(size));
    size_t whole = 0;
    while (whole + 1 < ends_.size() && ends_[whole + 1] <= size) ++whole;
    ExpectCut(bytes_.substr(0, size), whole, ends_[whole]);
    if (HasFailure()) return;
  }
}

TEST_F(DamageTest, ABatchCutShortAtAnyByteHasItsWholeRecords) {
  Write({{Number(1)}, {Number(2)}});
  const uint64_t record = ends_[1] - ends_[0];
  std::filesystem::remove(log_);
  records_.clear();
  Write({{Number(1), Number(2), Number(3)}});
  for (uint64_t size = ends_[0]; size <= bytes_.size(); ++size) {
    const uint64_t whole = (size - ends_[0]) / record;
    ExpectCut(bytes_.substr(0, size), whole, ends_[0] + whole * record);
    if (HasFailure()) return;
  }
}

TEST_F(DamageTest, AHeaderIsNeverTorn) {
  Write({});
  for (uint64_t size = 0; size < bytes_.size(); ++size) ExpectDamage(bytes_.substr(0, size), 0);
}

TEST_F(DamageTest, EveryFlippedBitIsFound) {
  Write({{Promise(1, "n1")}, {StartOf(1, 1)}, {EntryOf(2, 1), Number(1)}, {Number(3)}});
  ASSERT_LT(bytes_.size(), kSector) << "or some record may have a sector with nothing but zeros";
  for (size_t bit = 0; bit < bytes_.size() * 8; ++bit) {
    SCOPED_TRACE("bit " + std::to_string(bit));
    std::string flipped = bytes_;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    WriteFile(log_, flipped);
    ASSERT_TRUE(absl::IsDataLoss(Open().status())) << Open().status();
    ASSERT_EQ(ReadFile(log_), flipped);
  }
}

TEST_F(DamageTest, DamageIsNamedWithTheRecordThatItIsIn) {
  Write({{Number(1)}, {Number(2)}, {Number(3)}});
  for (size_t batch = 0; batch < 3; ++batch) {
    for (const uint64_t at : {ends_[batch], ends_[batch] + 5, ends_[batch + 1] - 1}) {
      std::string flipped = bytes_;
      flipped[at] = static_cast<char>(flipped[at] ^ 0x40);
      ExpectDamage(flipped, ends_[batch]);
    }
  }
}

TEST_F(DamageTest, ARecordOutOfPlaceIsDamage) {
  Write({{Number(1)}, {Number(2)}, {Number(3)}});
  const uint64_t record = ends_[1] - ends_[0];
  std::string swapped = bytes_;
  swapped.replace(ends_[0], record, bytes_.substr(ends_[1], record));
  ExpectDamage(swapped, ends_[0]);
  std::string repeated = bytes_ + bytes_.substr(ends_[2], record);
  ExpectDamage(repeated, ends_[3]);
}

TEST_F(DamageTest, AFileThatGrewBeforeItsContentsCameIsCut) {
  Write({{Number(1)}, {Number(2)}});
  for (const size_t zeros : {1u, 23u, 24u, 25u, 600u, 5000u}) {
    ExpectCut(bytes_ + std::string(zeros, '\0'), 2, ends_[2]);
  }
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
    std::filesystem::remove(log_);
    Write({{first}, {second}});
    ExpectDamage(bytes_, ends_[1]);
  }
}

TEST_F(DamageTest, AnotherFormatIsNotDamage) {
  Write({});
  std::string other = bytes_.substr(0, bytes_.size() - 8);
  other[8] = 2;
  const uint64_t checksum = XXH3_64bits(other.data(), other.size());
  for (int i = 0; i < 8; ++i) other += static_cast<char>(checksum >> (8 * i));
  WriteFile(log_, other);
  const absl::Status refused = Open().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_NE(std::string(refused.message()).find("format 2"), std::string::npos) << refused;
}

}  // namespace
}  // namespace tidemark::storage
