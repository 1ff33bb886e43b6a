// What a node is told of the pieces of a snapshot that it is sent, also where its disk has no room.
#include "node/storage/snapshot_work.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "node/kv/state_machine.h"

namespace tidemark::storage {
namespace {

raft::Snapshot SnapshotOf(uint64_t bytes) {
  raft::Snapshot snapshot;
  snapshot.last_included = {raft::Term(3), raft::Index(40)};
  snapshot.bytes = bytes;
  return snapshot;
}

// Has room for so many pieces, and for installing or not.
class LittleStore final : public SnapshotStore {
 public:
  absl::Status Begin(const raft::Snapshot& /*snapshot*/) override { return absl::OkStatus(); }
  absl::Status Add(std::string_view /*state*/) override { return absl::OkStatus(); }
  absl::StatusOr<raft::Snapshot> Finish() override { return SnapshotOf(1); }
  void Abandon() override {}
  absl::StatusOr<raft::SnapshotPiece> Read(const raft::SnapshotRead& /*read*/) override {
    return absl::NotFoundError("");
  }
  void Keep(std::vector<raft::Snapshot> /*snapshots*/) override {}
  absl::Status Receive(const raft::SnapshotPiece& /*piece*/) override {
    if (room_for_pieces == 0) return absl::ResourceExhaustedError("full");
    --room_for_pieces;
    return absl::OkStatus();
  }
  absl::StatusOr<std::shared_ptr<kv::StateMachine>> Install(const raft::Snapshot&) override {
    if (!room_to_install) return absl::ResourceExhaustedError("full");
    return std::make_shared<kv::StateMachine>();
  }

  int room_for_pieces = 0;
  bool room_to_install = true;
};

class SnapshotPieces : public testing::Test {
 protected:
  // The piece at `offset`, ten bytes of thirty.
  std::vector<server::Input> Receive(uint64_t offset) {
    std::vector<server::Input> news;
    const raft::SnapshotPiece piece{SnapshotOf(30), offset, std::string(10, 'x')};
    EXPECT_TRUE(work_.Do(piece, &news).ok());
    return news;
  }
  static bool Refuses(const server::Input& news) {
    const auto* written = std::get_if<server::PieceWritten>(&news);
    return written != nullptr && !written->taken;
  }

  LittleStore store_;
  SnapshotWork work_{&store_};
};

TEST_F(SnapshotPieces, ThatFindNoRoomAreRefusedAndSoIsEachBehindThem) {
  store_.room_for_pieces = 1;
  EXPECT_FALSE(Refuses(Receive(0).at(0)));
  for (const uint64_t offset : {10, 20}) {
    const std::vector<server::Input> news = Receive(offset);
    ASSERT_EQ(news.size(), 1u) << "nobody answers for the piece at " << offset;
    EXPECT_TRUE(Refuses(news[0]));
  }
}

TEST_F(SnapshotPieces, AreNotWrittenBehindOneThatWasRefusedThoughThereIsRoomAgain) {
  EXPECT_TRUE(Refuses(Receive(0).at(0)));
  store_.room_for_pieces = 3;
  EXPECT_TRUE(Refuses(Receive(10).at(0)));
  EXPECT_EQ(store_.room_for_pieces, 3);
}

TEST_F(SnapshotPieces, AreTakenAgainOnceTheSnapshotBeginsAnew) {
  EXPECT_TRUE(Refuses(Receive(0).at(0)));
  store_.room_for_pieces = 3;
  EXPECT_FALSE(Refuses(Receive(0).at(0)));
  EXPECT_FALSE(Refuses(Receive(10).at(0)));
  const std::vector<server::Input> last = Receive(20);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_NE(std::get<server::SnapshotInstalled>(last[1]).machine, nullptr);
}

TEST_F(SnapshotPieces, ThatAreWrittenAndFindNoRoomToBeInstalledAreRefusedBehindTheLast) {
  store_.room_for_pieces = 3;
  store_.room_to_install = false;
  Receive(0);
  Receive(10);
  const std::vector<server::Input> last = Receive(20);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_FALSE(Refuses(last[0]));
  EXPECT_TRUE(Refuses(last[1]));
}

}  // namespace
}  // namespace tidemark::storage
