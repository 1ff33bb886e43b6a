// A disk that fills up: what was promised room has it, terms and votes always do, and service goes
// on when space comes back.
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/types.h"
#include "node/storage/node_storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

using Records = std::vector<server::Record>;

uint64_t RoomFor(const server::Record& record) {
  return raft::RoomFor(*std::get<raft::EntryRef>(record));
}

class FullDiskTest : public testing::Test {
 protected:
  void Open() {
    storage_ = {};
    absl::StatusOr<NodeStorage> opened = node_.Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }
  void MakeAllRoom() {
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more) more = storage_.log->MakeRoom();
    ASSERT_TRUE(more.ok()) << more.status();
  }
  absl::Status Store(const server::Record& record) {
    storage_.log->Append({record});
    absl::Status status = storage_.log->Sync();
    if (status.ok()) records_.push_back(record);
    return status;
  }
  server::Record NextEntry(size_t value_bytes) {
    return EntryOf(++index_, 1, std::string(value_bytes, '7'));
  }
  // Until no more is promised.
  void FillWithEntries(size_t value_bytes) {
    while (true) {
      const server::Record entry = NextEntry(value_bytes);
      if (RoomFor(entry) > storage_.log->room()) break;
      ASSERT_EQ(Store(entry), absl::OkStatus());
      ASSERT_TRUE(storage_.log->MakeRoom().ok());
    }
    --index_;
  }

  SimulatedNode node_;
  NodeStorage storage_;
  Records records_;
  uint64_t index_ = 0;
  uint64_t term_ = 1;
};

TEST_F(FullDiskTest, EntriesThatFitGoVotesAlwaysGoAndServiceComesBack) {
  for (uint64_t free = 0; free < 80u << 10; free += 4 << 10) {
    SCOPED_TRACE(free);
    node_.files = SimulatedFileSystem();
    records_.clear();
    index_ = 0;
    Open();
    const uint64_t used = node_.files.used_bytes();
    node_.files.set_capacity(used + free);
    FillWithEntries(300);
    // A spare is prepared in parts, here the whole of it.
    ASSERT_GT(index_, ((free >> 14 << 14) + (8 << 10)) / 500);
    for (int vote = 0; vote < 250; ++vote) {
      ASSERT_EQ(Store(Promise(++term_, "n2")), absl::OkStatus()) << "vote " << vote;
      ASSERT_TRUE(storage_.log->MakeRoom().ok());
    }
    ASSERT_LE(node_.files.used_bytes(), used + free);
    Open();
    ASSERT_EQ(Remember(storage_.recovered), SumOf(records_));

    node_.files.set_capacity(used + free + (256 << 10));
    MakeAllRoom();
    ASSERT_GT(storage_.log->room(), 8u << 10);
    FillWithEntries(300);
    Open();
    ASSERT_EQ(Remember(storage_.recovered), SumOf(records_));
    if (HasFatalFailure()) return;
  }
}

// Whatever the sizes, whatever the log's state, and with votes in between.
TEST_F(FullDiskTest, WhatWasPromisedRoomHasItThoughTheDiskIsFullByThen) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    node_.files = SimulatedFileSystem();
    records_.clear();
    index_ = 0;
    Open();
    node_.files.set_capacity(node_.files.used_bytes() +
                             static_cast<uint64_t>(random.Between(0, 200 << 10)));
    for (int64_t i = random.Between(0, 60); i > 0; --i) {
      const server::Record entry = NextEntry(static_cast<size_t>(random.Between(1, 900)));
      if (RoomFor(entry) > storage_.log->room()) {
        --index_;
        continue;
      }
      ASSERT_EQ(Store(entry), absl::OkStatus());
      if (random.Between(0, 2) == 0) continue;
      ASSERT_TRUE(storage_.log->MakeRoom().ok());
    }
    if (random.Between(0, 3) == 0) Open();
    if (random.Between(0, 3) > 0) MakeAllRoom();
    uint64_t room = storage_.log->room();
    node_.files.set_capacity(0);
    for (int vote = 0; vote < 8; ++vote) ASSERT_EQ(Store(Promise(++term_)), absl::OkStatus());
    Records batch;
    while (true) {
      const int64_t most = random.Between(1, 14'000);
      batch.push_back(NextEntry(static_cast<size_t>(random.Between(1, most))));
      if (RoomFor(batch.back()) > room) break;
      room -= RoomFor(batch.back());
    }
    batch.pop_back();
    storage_.log->Append(batch);
    ASSERT_EQ(storage_.log->Sync(), absl::OkStatus());
    records_.insert(records_.end(), batch.begin(), batch.end());
    Open();
    ASSERT_EQ(Remember(storage_.recovered), SumOf(records_));
  }
}

TEST_F(FullDiskTest, WhatASnapshotStandsForMakesRoomOnAFullDisk) {
  Open();
  MakeAllRoom();
  while (node_.Segments().size() < 4) ASSERT_EQ(Store(NextEntry(300)), absl::OkStatus());
  ASSERT_EQ(TakeSnapshot(storage_.snapshots.get(), {raft::Term(1), raft::Index(index_)}),
            absl::OkStatus());
  node_.files.set_capacity(node_.files.used_bytes());
  FillWithEntries(300);
  MakeAllRoom();
  const uint64_t before = storage_.log->room();
  ASSERT_EQ(storage_.log->DropBelow(raft::Index(index_ - 10)), absl::OkStatus());
  MakeAllRoom();
  EXPECT_GT(storage_.log->room(), before + (8 << 10));
  FillWithEntries(300);
  Open();
  ASSERT_EQ(storage_.recovered.log.back()->at.index.value(), index_);
}

TEST_F(FullDiskTest, AnIdleLogTakesTwoSegmentsAndAReserve) {
  Open();
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(Store(NextEntry(300)), absl::OkStatus());
      ASSERT_TRUE(storage_.log->MakeRoom().ok());
    }
    ASSERT_EQ(TakeSnapshot(storage_.snapshots.get(), {raft::Term(1), raft::Index(index_)}),
              absl::OkStatus());
    ASSERT_EQ(storage_.log->DropBelow(raft::Index(index_ + 1)), absl::OkStatus());
    MakeAllRoom();
    EXPECT_EQ(node_.Segments().size(), 1u);
    EXPECT_LE(node_.files.used_bytes(), (3u << 14) + (2u << 12));
  }
}

TEST_F(FullDiskTest, AFirstStartNeedsRoomAndCanBeTriedAgain) {
  for (uint64_t capacity = 0; capacity < 32u << 10; capacity += 4 << 10) {
    node_.files.set_capacity(capacity);
    const absl::Status refused = node_.Open().status();
    ASSERT_TRUE(absl::IsResourceExhausted(refused)) << capacity << ": " << refused;
    EXPECT_NE(std::string(refused.message()).find("Make room"), std::string::npos) << refused;
  }
  node_.files.set_capacity(64 << 10);
  Open();
  EXPECT_TRUE(storage_.fresh);
}

}  // namespace
}  // namespace tidemark::storage
