// Identity, log and snapshot are of one cluster, or of one and those that it has replaced.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/types.h"
#include "node/storage/force_new_cluster.h"
#include "node/storage/identity.h"
#include "node/storage/node_storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

// That of TakeSnapshot.
constexpr uint32_t kOurs = 0xc1;

server::Record BootstrapOf(uint32_t cluster) {
  raft::ConfigurationEntry body{
      {raft::ClusterId(cluster), {{"n1", raft::Incarnation(11)}}}, raft::Stamp(7), {}};
  return std::make_shared<raft::Entry>(
      raft::Entry{{raft::Term(1), raft::Index(1)}, std::move(body)});
}

class Clusters : public testing::Test {
 protected:
  void Open(SimulatedNode* node) {
    storage_ = {};
    absl::StatusOr<NodeStorage> opened = node->Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }
  void Store(const std::vector<server::Record>& records) {
    storage_.log->Append(records);
    ASSERT_EQ(storage_.log->Sync(), absl::OkStatus());
    while (*storage_.log->MakeRoom()) continue;
  }
  // With a snapshot of it up to entry 3.
  void Found(SimulatedNode* node, uint32_t cluster) {
    Open(node);
    Store({BootstrapOf(cluster), EntryOf(2, 1), EntryOf(3, 1), EntryOf(4, 1)});
    storage_ = {};
  }
  void Snapshot(SimulatedNode* node) {
    Open(node);
    ASSERT_EQ(TakeSnapshot(storage_.snapshots.get(), {raft::Term(1), raft::Index(3)}),
              absl::OkStatus());
    storage_ = {};
  }
  void Force(SimulatedNode* node) {
    ASSERT_NO_FATAL_FAILURE(Open(node));
    ASSERT_EQ(ForceNewCluster("n1", raft::ClusterId(kOurs), &random_, &storage_), absl::OkStatus());
    forced_ = LatestCluster();
    while (*storage_.log->MakeRoom()) continue;
    storage_ = {};
  }
  raft::ClusterId LatestCluster() const {
    const auto& body = std::get<raft::ConfigurationEntry>(storage_.recovered.log.back()->body);
    return body.configuration.cluster;
  }
  static raft::ClusterId IdentityOf(SimulatedNode* node) {
    return (*ReadIdentity(&node->files, "data/n1"))->cluster;
  }
  static void Copy(const std::string& name, const SimulatedNode& from, SimulatedNode* to) {
    const std::string path = SimulatedNode::PathOf(name);
    to->files.SetContents(path, from.files.Contents(path));
  }
  static void ExpectRefused(SimulatedNode* node, const std::string& why) {
    const absl::Status refused = node->Open().status();
    EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
    EXPECT_NE(std::string(refused.message()).find(why), std::string::npos) << refused;
  }

  static constexpr char kSnapshot[] = "snapshot-0000000000000003-0000000000000001";

  Random random_{1};
  NodeStorage storage_;
  SimulatedNode node_;
  SimulatedNode other_;
  raft::ClusterId forced_;
};

TEST_F(Clusters, AreNamedInTheIdentityOnceTheirFirstEntryIsOnDisk) {
  Open(&node_);
  EXPECT_EQ(IdentityOf(&node_), raft::ClusterId());
  Store({BootstrapOf(kOurs)});
  EXPECT_EQ(IdentityOf(&node_), raft::ClusterId(kOurs));
  Open(&node_);
}

TEST_F(Clusters, AreNeverNamedBeforeThat) {
  Open(&node_);
  node_.files.StartTrace();
  Store({BootstrapOf(kOurs)});
  storage_ = {};
  size_t named = 0;
  node_.files.EnumerateCrashes(&random_, [&](size_t, SimulatedFileSystem* after) {
    SimulatedNode crashed;
    crashed.files = *after;
    named += IdentityOf(&crashed) == raft::ClusterId(kOurs);
    const absl::Status opened = crashed.Open().status();
    ASSERT_TRUE(opened.ok()) << opened;
  });
  EXPECT_GT(named, 0u);
}

TEST_F(Clusters, OfASnapshotThatComesFromElsewhereAreRefused) {
  Found(&node_, 0xc2);
  Found(&other_, kOurs);
  Snapshot(&other_);
  Copy(kSnapshot, other_, &node_);
  ExpectRefused(&node_,
                "belongs to cluster 000000c2 at entry 3, and the snapshot up to there to "
                "cluster 000000c1");
}

TEST_F(Clusters, OfAnIdentityThatComesFromElsewhereAreRefused) {
  Found(&node_, kOurs);
  Found(&other_, 0xc2);
  Copy("identity", other_, &node_);
  ExpectRefused(&node_,
                "data/n1/identity is damaged at byte 0: it is of cluster 000000c2, and the "
                "log beside it of cluster 000000c1");
}

TEST_F(Clusters, AreNotNamedBesideALogThatHasLostItsEntries) {
  Found(&node_, kOurs);
  Open(&other_);
  storage_ = {};
  Copy("identity", node_, &other_);
  ExpectRefused(&other_, "its entries are lost");
}

// The log's first entry is gone by then: segments say it, too.
TEST_F(Clusters, AreKnownWhenTheFirstEntryIsDropped) {
  Found(&node_, kOurs);
  Snapshot(&node_);
  Open(&node_);
  for (uint64_t index = 5; node_.Segments().size() < 3; ++index) {
    Store({EntryOf(index, 1, std::string(900, '7'))});
  }
  ASSERT_EQ(storage_.log->DropBelow(raft::Index(3)), absl::OkStatus());
  Open(&node_);
  storage_ = {};
  Found(&other_, 0xc2);
  Copy("identity", other_, &node_);
  ExpectRefused(&node_, "it is of cluster 000000c2");
}

TEST_F(Clusters, ThatAreForcedNameTheirPredecessor) {
  Found(&node_, kOurs);
  const SimulatedFileSystem before = node_.files;
  Snapshot(&node_);
  ASSERT_NO_FATAL_FAILURE(Force(&node_));
  EXPECT_EQ(IdentityOf(&node_), forced_);
  Open(&node_);
  storage_ = {};
  // The snapshot is from before. So may the identity be: a crash came before it was written anew.
  other_.files = before;
  Copy("identity", other_, &node_);
  ASSERT_NO_FATAL_FAILURE(Open(&node_));
  while (*storage_.log->MakeRoom()) continue;
  EXPECT_EQ(IdentityOf(&node_), forced_);
}

TEST_F(Clusters, ThatAreForcedAreNotNamedBeforeTheirEntryIsOnDisk) {
  Found(&node_, kOurs);
  Open(&node_);
  node_.files.StartTrace();
  ASSERT_EQ(ForceNewCluster("n1", raft::ClusterId(kOurs), &random_, &storage_), absl::OkStatus());
  while (*storage_.log->MakeRoom()) continue;
  storage_ = {};
  node_.files.EnumerateCrashes(&random_, [&](size_t, SimulatedFileSystem* after) {
    SimulatedNode crashed;
    crashed.files = *after;
    const absl::Status opened = crashed.Open().status();
    ASSERT_TRUE(opened.ok()) << opened;
  });
}

// A predecessor is no passport for what the cluster did later.
TEST_F(Clusters, ThatWereReplacedAreRefusedBehindTheEntryThatReplacedThem) {
  Found(&other_, kOurs);
  Force(&other_);
  Open(&other_);
  Store({EntryOf(6, 2)});
  ASSERT_EQ(TakeSnapshot(storage_.snapshots.get(), {raft::Term(2), raft::Index(6)}),
            absl::OkStatus());
  storage_ = {};
  ExpectRefused(&other_, "the snapshot up to there to cluster 000000c1");
}

TEST_F(Clusters, ThatAreForcedStandBehindWhatTheyReplace) {
  Found(&node_, kOurs);
  Open(&node_);
  raft::ConfigurationEntry body{
      {raft::ClusterId(0xc3), {{"n1", raft::Incarnation(11)}}},
      raft::Stamp(7),
      raft::Predecessor{raft::ClusterId(0xc2), {raft::Term(1), raft::Index(4)}}};
  Store({std::make_shared<raft::Entry>(
      raft::Entry{{raft::Term(2), raft::Index(5)}, std::move(body)})});
  storage_ = {};
  ExpectRefused(&node_, "takes the place of cluster 000000c2");
}

}  // namespace
}  // namespace tidemark::storage
