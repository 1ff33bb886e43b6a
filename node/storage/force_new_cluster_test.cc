#include "node/storage/force_new_cluster.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/terms.h"
#include "node/storage/testing/simulated_file_system.h"

namespace tidemark::storage {
namespace {

// Keeps what it is told.
class Notebook final : public LogStore {
 public:
  void Append(const std::vector<server::Record>& records) override {
    appended.insert(appended.end(), records.begin(), records.end());
  }
  absl::Status Sync() override {
    if (sync_status.ok()) synced = appended.size();
    return sync_status;
  }
  void NoteCommitted(raft::Index) override {}
  absl::Status WriteHint() override { return absl::OkStatus(); }
  uint64_t room() const override { return room_bytes; }
  absl::StatusOr<bool> MakeRoom() override {
    if (parts_to_prepare == 0) return false;
    room_bytes += 100;
    return --parts_to_prepare > 0;
  }
  absl::Status DropBelow(raft::Index) override { return absl::OkStatus(); }

  std::vector<server::Record> appended;
  size_t synced = 0;
  absl::Status sync_status;
  uint64_t room_bytes = 1'000'000;
  int parts_to_prepare = 0;
};

raft::EntryRef EntryAt(uint64_t index, uint64_t term, decltype(raft::Entry::body) body) {
  return std::make_shared<raft::Entry>(
      raft::Entry{{raft::Term(term), raft::Index(index)}, std::move(body)});
}

raft::Configuration ThreeNodes() {
  return {raft::ClusterId(0xc1),
          {{"n1", raft::Incarnation(11)},
           {"n2", raft::Incarnation(22)},
           {"n3", raft::Incarnation(33)}}};
}

class ForcedNewCluster : public testing::Test {
 protected:
  ForcedNewCluster() {
    storage_.incarnation = raft::Incarnation(22);
    storage_.log = std::make_unique<Notebook>();
    storage_.recovered.hard_state = {raft::Term(5), {"n3", raft::Incarnation(33)}};
  }

  void RecoverLog() {
    storage_.recovered.log = {EntryAt(1, 1, raft::ConfigurationEntry{ThreeNodes(), raft::Stamp(7)}),
                              EntryAt(2, 4, raft::TermStart{raft::Stamp(8)})};
  }
  absl::Status Force(uint32_t replaced = 0xc1) {
    return ForceNewCluster("n2", raft::ClusterId(replaced), &random_, &storage_);
  }
  Notebook& log() { return static_cast<Notebook&>(*storage_.log); }
  const raft::Entry& LastEntry() const { return *storage_.recovered.log.back(); }
  const raft::ConfigurationEntry& LastConfiguration() const {
    return std::get<raft::ConfigurationEntry>(LastEntry().body);
  }

  Random random_{1};
  NodeStorage storage_;
};

TEST_F(ForcedNewCluster, IsOfThisNodeAlone) {
  RecoverLog();
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(LastEntry().at, (raft::LogPosition{raft::Term(5), raft::Index(3)}));
  const raft::Member self{"n2", storage_.incarnation};
  const raft::ConfigurationEntry& entry = LastConfiguration();
  EXPECT_EQ(entry.configuration.members, std::vector<raft::Member>{self});
  EXPECT_TRUE(entry.configuration.cluster);
  EXPECT_NE(entry.configuration.cluster, raft::ClusterId(0xc1));
  EXPECT_TRUE(entry.stamp);
  EXPECT_EQ(storage_.recovered.hard_state, (raft::HardState{raft::Term(5), self}));
}

// What the former one took stands in its log and its state.
TEST_F(ForcedNewCluster, RepeatsTheLimits) {
  RecoverLog();
  raft::ConfigurationEntry bootstrap{ThreeNodes(), raft::Stamp(7)};
  bootstrap.configuration.limits = {500, 600, 700, 800};
  storage_.recovered.log[0] = EntryAt(1, 1, bootstrap);
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(LastConfiguration().configuration.limits, bootstrap.configuration.limits);
}

TEST_F(ForcedNewCluster, NamesWhatItTakesThePlaceOf) {
  RecoverLog();
  ASSERT_TRUE(Force().ok());
  ASSERT_TRUE(LastConfiguration().predecessor.has_value());
  EXPECT_EQ(*LastConfiguration().predecessor,
            (raft::Predecessor{raft::ClusterId(0xc1), {raft::Term(4), raft::Index(2)}}));
}

// A flag that was left in a unit file.
TEST_F(ForcedNewCluster, IsForcedOnce) {
  RecoverLog();
  ASSERT_TRUE(Force().ok());
  const size_t appended = log().appended.size();
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(log().appended.size(), appended);
  EXPECT_EQ(storage_.recovered.log.size(), 3u);
  ASSERT_EQ(storage_.notices.size(), 2u);
  EXPECT_NE(storage_.notices[1].find("no new cluster was forced"), std::string::npos);
}

TEST_F(ForcedNewCluster, ReplacesNoOtherThanItNames) {
  RecoverLog();
  ASSERT_TRUE(Force(0xc2).ok());
  EXPECT_TRUE(log().appended.empty());
  EXPECT_EQ(storage_.notices.size(), 1u);
}

TEST_F(ForcedNewCluster, IsRefusedWithoutAnIdAndSaysWhichToGive) {
  RecoverLog();
  const absl::Status refused = Force(0);
  EXPECT_TRUE(absl::IsInvalidArgument(refused)) << refused;
  EXPECT_NE(refused.message().find("--force-new-cluster=000000c1"), absl::string_view::npos);
  EXPECT_TRUE(log().appended.empty());
}

TEST_F(ForcedNewCluster, IsOnDiskBeforeAnythingIsSaid) {
  RecoverLog();
  ASSERT_TRUE(Force().ok());
  ASSERT_EQ(log().synced, 5u);
  EXPECT_EQ(std::get<raft::Rebirth>(log().appended[0]), storage_.recovered.rebirth);
  EXPECT_EQ(std::get<raft::HardState>(log().appended[1]), storage_.recovered.hard_state);
  EXPECT_EQ(std::get<raft::EntryRef>(log().appended[2]), storage_.recovered.log.back());
}

TEST_F(ForcedNewCluster, TrustsTheStateItIsMadeOf) {
  RecoverLog();
  storage_.recovered.quarantine = {raft::Index(2)};
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(storage_.recovered.quarantine, server::Quarantine());
  EXPECT_EQ(std::get<server::Quarantine>(log().appended.back()), server::Quarantine());
}

TEST_F(ForcedNewCluster, TakesAMemoryThatHasGoneBack) {
  RecoverLog();
  storage_.recovered.gone_back = {{raft::Term(4), raft::Index(9)}};
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(storage_.recovered.gone_back, server::GoneBack());
  EXPECT_EQ(std::get<server::GoneBack>(log().appended[3]), server::GoneBack());
}

TEST_F(ForcedNewCluster, TellsWhatToDoNext) {
  RecoverLog();
  ASSERT_TRUE(Force().ok());
  ASSERT_EQ(storage_.notices.size(), 1u);
  const std::string& notice = storage_.notices[0];
  for (const char* said : {"in place of 000000c1", "up to entry 2",
                           "--force-new-cluster=000000c1 does nothing here from now on",
                           "empty the directories of n1, n3"}) {
    EXPECT_NE(notice.find(said), std::string::npos) << said << " is missing in: " << notice;
  }
}

TEST_F(ForcedNewCluster, GoesOnBehindASnapshot) {
  storage_.recovered.snapshot =
      raft::Snapshot{{raft::Term(4), raft::Index(100)}, ThreeNodes(), 1, 1};
  storage_.recovered.log_base = {raft::Term(4), raft::Index(100)};
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(LastEntry().at, (raft::LogPosition{raft::Term(5), raft::Index(101)}));
}

TEST_F(ForcedNewCluster, IsOfALaterTermThanTheLogsLastEntry) {
  RecoverLog();
  storage_.recovered.log.push_back(EntryAt(3, 9, raft::TermStart{raft::Stamp(9)}));
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(LastEntry().at.term, raft::Term(10));
}

TEST_F(ForcedNewCluster, NeedsAClusterThatWas) {
  EXPECT_TRUE(absl::IsFailedPrecondition(Force()));
  storage_.recovered.log = {EntryAt(1, 1, raft::TermStart{raft::Stamp(7)})};
  EXPECT_TRUE(absl::IsFailedPrecondition(Force()));
  EXPECT_TRUE(log().appended.empty());
}

TEST_F(ForcedNewCluster, PreparesTheRoomThatItNeeds) {
  RecoverLog();
  log().room_bytes = 0;
  log().parts_to_prepare = 1'000;
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(log().synced, 5u);
}

TEST_F(ForcedNewCluster, DoesNothingOnAFullDisk) {
  RecoverLog();
  log().room_bytes = 0;
  EXPECT_TRUE(absl::IsResourceExhausted(Force()));
  EXPECT_TRUE(log().appended.empty());
  EXPECT_EQ(storage_.recovered.log.size(), 2u);
}

TEST_F(ForcedNewCluster, IsNotSaidToBeWhatTheDiskRefused) {
  RecoverLog();
  log().sync_status = absl::UnknownError("cannot sync");
  EXPECT_EQ(Force(), log().sync_status);
  EXPECT_TRUE(storage_.notices.empty());
  EXPECT_EQ(storage_.recovered.hard_state.voted_for.id, "n3");
  EXPECT_EQ(storage_.incarnation, raft::Incarnation(22));
}

// What it has voted in terms that are not in its log is forgotten with them.
TEST_F(ForcedNewCluster, IsAnotherIncarnationWhereItsTermGoesBack) {
  RecoverLog();
  storage_.recovered.hard_state.term = raft::Term(uint64_t{1} << 60);
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(LastEntry().at.term, raft::Term(5));
  EXPECT_NE(storage_.incarnation, raft::Incarnation(22));
  EXPECT_EQ(storage_.recovered.rebirth, raft::Rebirth{storage_.incarnation});
}

TEST_F(ForcedNewCluster, IsTheSameIncarnationElsewhere) {
  RecoverLog();
  storage_.recovered.hard_state = {raft::Term(4), {}};
  ASSERT_TRUE(Force().ok());
  EXPECT_EQ(LastEntry().at.term, raft::Term(5));
  EXPECT_EQ(storage_.incarnation, raft::Incarnation(22));
  EXPECT_EQ(storage_.recovered.rebirth, raft::Rebirth());
}

TEST_F(ForcedNewCluster, NeedsATermBehindItsLastEntrys) {
  RecoverLog();
  storage_.recovered.log.push_back(
      EntryAt(3, raft::kHighestTerm.value(), raft::TermStart{raft::Stamp(9)}));
  EXPECT_TRUE(absl::IsFailedPrecondition(Force()));
  EXPECT_TRUE(log().appended.empty());
}

// On a disk, as a driver does it.
TEST(ForcedNewClusterOnDisk, IsThereAfterACrash) {
  SimulatedFileSystem files;
  const auto open = [&] {
    absl::StatusOr<NodeStorage> storage =
        OpenNodeStorage(&files, "data", {"n2", {"n1", "n2", "n3"}}, raft::Incarnation(22),
                        {.segment_bytes = 16'384});
    EXPECT_TRUE(storage.ok()) << storage.status();
    return *std::move(storage);
  };
  Random random(1);
  {
    NodeStorage survivor = open();
    EXPECT_TRUE(absl::IsFailedPrecondition(
        ForceNewCluster("n2", raft::ClusterId(0xc1), &random, &survivor)));
    survivor.log->Append({raft::HardState{raft::Term(5), {"n3", raft::Incarnation(33)}},
                          EntryAt(1, 1, raft::ConfigurationEntry{ThreeNodes(), raft::Stamp(7)}),
                          EntryAt(2, 4, raft::TermStart{raft::Stamp(8)})});
    ASSERT_TRUE(survivor.log->Sync().ok());
  }
  server::Recovered said;
  {
    NodeStorage forced = open();
    ASSERT_TRUE(ForceNewCluster("n2", raft::ClusterId(0xc1), &random, &forced).ok());
    said = std::move(forced.recovered);
  }
  files.Crash(&random);
  const NodeStorage again = open();
  EXPECT_EQ(again.recovered.hard_state, said.hard_state);
  EXPECT_EQ(again.recovered.rebirth, said.rebirth);
  EXPECT_EQ(again.incarnation, said.hard_state.voted_for.incarnation);
  ASSERT_EQ(again.recovered.log.size(), 3u);
  EXPECT_EQ(std::get<raft::ConfigurationEntry>(again.recovered.log.back()->body),
            std::get<raft::ConfigurationEntry>(said.log.back()->body));
  EXPECT_EQ(again.recovered.log.back()->at, said.log.back()->at);
}

}  // namespace
}  // namespace tidemark::storage
