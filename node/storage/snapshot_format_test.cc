#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/snapshot.h"
#include "node/storage/snapshot_names.h"
#include "node/storage/snapshot_reader.h"
#include "node/storage/snapshot_writer.h"
#include "node/storage/testing/simulated_file_system.h"
#include "xxhash.h"

namespace tidemark::storage {
namespace {

constexpr char kPath[] = "d/snapshot";

raft::Snapshot SnapshotOf(uint64_t index, uint64_t term) {
  raft::Snapshot snapshot;
  snapshot.last_included = {raft::Term(term), raft::Index(index)};
  snapshot.configuration.cluster = raft::ClusterId(0xc1);
  snapshot.configuration.members = {{"n1", raft::Incarnation(11)}, {"n2", raft::Incarnation(22)}};
  return snapshot;
}

std::string RandomText(size_t bytes, int64_t letters, uint64_t seed) {
  Random random(seed);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random.Between(0, letters - 1));
  return text;
}

// What a file was read as: all of it, or what is wrong with it.
struct Contents {
  raft::Snapshot snapshot;
  std::string state;
  absl::Status status;
};

Contents ReadAll(FileSystem* file_system) {
  absl::StatusOr<SnapshotReader> reader = SnapshotReader::Open(file_system, kPath);
  if (!reader.ok()) return {{}, "", reader.status()};
  Contents contents;
  while (true) {
    absl::StatusOr<std::optional<std::string_view>> part = reader->Next();
    contents.status = part.status();
    if (!part.ok()) return contents;
    if (!*part) break;
    contents.state += **part;
  }
  contents.snapshot = reader->snapshot();
  return contents;
}

size_t FirstBlockAt() { return EncodeSnapshotHeader(SnapshotOf(7, 3)).size(); }
size_t FirstBlockBytes(const std::string& file) {
  const std::string frame = file.substr(FirstBlockAt(), kBlockFrameBytes);
  return kBlockFrameBytes + DecodeBlockFrame(FirstBlockAt(), frame)->payload_bytes;
}

class SnapshotFormat : public testing::Test {
 protected:
  SnapshotFormat() { EXPECT_TRUE(files_.MakeDirectories("d").ok()); }

  raft::Snapshot Write(const raft::Snapshot& snapshot, const std::vector<std::string>& parts) {
    absl::StatusOr<SnapshotWriter> writer = SnapshotWriter::Create(&files_, kPath, snapshot);
    EXPECT_TRUE(writer.ok()) << writer.status();
    for (const std::string& part : parts) EXPECT_TRUE(writer->Add(part).ok());
    absl::StatusOr<raft::Snapshot> written = writer->Finish();
    EXPECT_TRUE(written.ok()) << written.status();
    return *written;
  }

  std::string Bytes() const { return files_.Contents(kPath); }
  Contents ReadChanged(const std::string& bytes) {
    files_.SetContents(kPath, bytes);
    return ReadAll(&files_);
  }

  SimulatedFileSystem files_;
};

TEST_F(SnapshotFormat, WhatIsWrittenIsRead) {
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{1000}, kSnapshotBlockBytes - 1, kSnapshotBlockBytes,
        kSnapshotBlockBytes + 1, 5 * kSnapshotBlockBytes}) {
    for (const int64_t letters : {4, 256}) {
      const std::string state = RandomText(size, letters, size);
      const raft::Snapshot written = Write(SnapshotOf(7, 3), {state});
      const Contents read = ReadAll(&files_);
      ASSERT_TRUE(read.status.ok()) << read.status;
      EXPECT_EQ(read.state, state);
      EXPECT_EQ(read.snapshot, written);
    }
  }
}

TEST_F(SnapshotFormat, SaysWhichFileItIs) {
  raft::Snapshot written = Write(SnapshotOf(7, 3), {RandomText(100'000, 256, 1)});
  const std::string bytes = Bytes();
  EXPECT_EQ(written.bytes, bytes.size());
  EXPECT_EQ(written.checksum, XXH3_64bits(bytes.data(), bytes.size()));
  written.bytes = written.checksum = 0;
  EXPECT_EQ(written, SnapshotOf(7, 3));
}

TEST_F(SnapshotFormat, WhatCanBeSmallerIs) {
  Write(SnapshotOf(7, 3), {std::string(1'000'000, 'x')});
  EXPECT_LT(Bytes().size(), 10'000u);
}

TEST_F(SnapshotFormat, EqualStatesGiveEqualFilesHoweverTheyAreCut) {
  const std::string state = RandomText(700'000, 9, 1);
  Write(SnapshotOf(7, 3), {state});
  const std::string whole = Bytes();
  std::vector<std::string> parts;
  Random random(1);
  for (size_t at = 0; at < state.size(); at += parts.back().size()) {
    parts.push_back(state.substr(at, static_cast<size_t>(random.Between(1, 100'000))));
  }
  Write(SnapshotOf(7, 3), parts);
  EXPECT_EQ(Bytes(), whole);
}

TEST_F(SnapshotFormat, EveryFlippedBitIsFound) {
  Write(SnapshotOf(7, 3), {RandomText(3'500, 256, 1)});
  const std::string bytes = Bytes();
  ASSERT_GT(bytes.size(), 3'500u);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const Contents read = ReadChanged(changed);
    ASSERT_TRUE(absl::IsDataLoss(read.status)) << "bit " << bit << ": " << read.status;
    ASSERT_EQ(read.state.size() % 3'500, 0u);
  }
}

TEST_F(SnapshotFormat, EveryCutIsFound) {
  Write(SnapshotOf(7, 3), {RandomText(kSnapshotBlockBytes + 2'000, 2, 1)});
  const std::string bytes = Bytes();
  for (size_t size = 0; size < bytes.size();
       size += size < 500 || size + 3'000 > bytes.size() ? 1 : 97) {
    const Contents read = ReadChanged(bytes.substr(0, size));
    ASSERT_TRUE(absl::IsDataLoss(read.status)) << size << " bytes: " << read.status;
  }
}

TEST_F(SnapshotFormat, WhatFollowsTheEndIsFound) {
  Write(SnapshotOf(7, 3), {"state"});
  EXPECT_TRUE(absl::IsDataLoss(ReadChanged(Bytes() + std::string(1, '\0')).status));
}

TEST_F(SnapshotFormat, DamageIsNamedByFileAndOffset) {
  Write(SnapshotOf(7, 3), {RandomText(2 * kSnapshotBlockBytes, 256, 1)});
  std::string bytes = Bytes();
  const size_t second_block = FirstBlockAt() + FirstBlockBytes(bytes);
  bytes[second_block + 1'000] ^= 1;
  const Contents read = ReadChanged(bytes);
  EXPECT_NE(
      read.status.message().find("d/snapshot is damaged at byte " + std::to_string(second_block)),
      std::string::npos)
      << read.status;
  EXPECT_EQ(read.state.size(), kSnapshotBlockBytes);
}

// A disk that lost the write of a block shows what another snapshot left there.
TEST_F(SnapshotFormat, ABlockOfAnotherSnapshotIsFound) {
  Write(SnapshotOf(7, 3), {RandomText(kSnapshotBlockBytes, 256, 1), std::string(9, 'a')});
  const std::string one = Bytes();
  Write(SnapshotOf(8, 3), {RandomText(kSnapshotBlockBytes, 256, 2), std::string(9, 'a')});
  std::string other = Bytes();
  ASSERT_EQ(one.size(), other.size());
  ASSERT_EQ(FirstBlockBytes(one), FirstBlockBytes(other));
  other.replace(FirstBlockAt(), FirstBlockBytes(one), one, FirstBlockAt(), FirstBlockBytes(one));
  EXPECT_TRUE(absl::IsDataLoss(ReadChanged(other).status));
}

TEST_F(SnapshotFormat, AnotherFormatIsNoDamage) {
  Write(SnapshotOf(7, 3), {"state"});
  std::string bytes = Bytes();
  const size_t checked = EncodeSnapshotHeader(SnapshotOf(7, 3)).size() - 8;
  bytes[8] = 1;  // openings had no bits then
  const uint64_t checksum = XXH3_64bits(bytes.data(), checked);
  for (size_t i = 0; i < 8; ++i) bytes[checked + i] = static_cast<char>(checksum >> (8 * i));
  const Contents read = ReadChanged(bytes);
  EXPECT_TRUE(absl::IsFailedPrecondition(read.status)) << read.status;
  EXPECT_NE(read.status.message().find("format 1"), std::string::npos) << read.status;
}

TEST_F(SnapshotFormat, AFullDiskIsSaidToBeFull) {
  files_.set_capacity(files_.used_bytes() + 100'000);
  absl::StatusOr<SnapshotWriter> writer = SnapshotWriter::Create(&files_, kPath, SnapshotOf(7, 3));
  ASSERT_TRUE(writer.ok());
  EXPECT_TRUE(absl::IsResourceExhausted(writer->Add(RandomText(300'000, 256, 1))));
}

TEST(SnapshotNames, GoThereAndBack) {
  const raft::LogPosition position{raft::Term(0xab), raft::Index(0x1234567890)};
  EXPECT_EQ(SnapshotName(position), "snapshot-0000001234567890-00000000000000ab");
  EXPECT_EQ(ParseSnapshotName(SnapshotName(position)), position);
  for (const char* other :
       {"snapshot.taking", "snapshot-1-2", "snapshot-000000123456789G-00000000000000ab",
        "snapshot-000000123456789A-00000000000000ab", "snapshot-0000001234567890_00000000000000ab",
        "snapshot-0000001234567890-00000000000000ab~", ""}) {
    EXPECT_EQ(ParseSnapshotName(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace tidemark::storage
