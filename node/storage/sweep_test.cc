// Every file of a directory is cut, changed, taken away and exchanged: the node refuses to start
// and says which file it is about, or nothing is lost. README.md lists what comes of each.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/kv/state_machine.h"
#include "node/raft/types.h"
#include "node/storage/node_storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

constexpr char kSnapshot[] = "snapshot-0000000000000003-0000000000000001";

// A node's directory in "data", with several segments, a snapshot, a spare and a reserve.
struct Node {
  raft::NodeId id = "n1";
  uint32_t cluster = 0xc1;  // TakeSnapshot's
  raft::Incarnation incarnation{7};
  SimulatedFileSystem files;

  absl::StatusOr<NodeStorage> Open() {
    return OpenNodeStorage(&files, "data", {id, {"n1", "n2"}}, incarnation, {.segment_bytes = 0});
  }
  std::string PathOf(const std::string& name) const { return "data/" + id + "/" + name; }

  void Make() {
    absl::StatusOr<NodeStorage> opened = Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    raft::ConfigurationEntry bootstrap{
        {raft::ClusterId(cluster), {{"n1", raft::Incarnation(11)}}}, raft::Stamp(7), {}};
    Store(&*opened, {Promise(1, "n1"), std::make_shared<raft::Entry>(raft::Entry{
                                           {raft::Term(1), raft::Index(1)}, bootstrap})});
    ASSERT_EQ(TakeSnapshot(opened->snapshots.get(), {raft::Term(1), raft::Index(1)}),
              absl::OkStatus());
    for (uint64_t index = 2; index <= 36; ++index) {
      Store(&*opened, {EntryOf(index, 1, std::string(1000, '7'))});
    }
    ASSERT_EQ(TakeSnapshot(opened->snapshots.get(), {raft::Term(1), raft::Index(3)}),
              absl::OkStatus());
    opened->log->NoteCommitted(raft::Index(36));
    ASSERT_EQ(opened->log->WriteHint(), absl::OkStatus());
  }
  static void Store(NodeStorage* storage, const std::vector<server::Record>& records) {
    storage->log->Append(records);
    ASSERT_EQ(storage->log->Sync(), absl::OkStatus());
    while (*storage->log->MakeRoom()) continue;
  }
};

// All that a start gives back.
std::string SumOf(const NodeStorage& storage) {
  const server::Recovered& recovered = storage.recovered;
  const Remembered remembered = Remember(recovered);
  std::string sum = remembered.hard_state + remembered.number;
  for (const std::string& entry : remembered.log) sum += entry;
  sum += std::to_string(storage.incarnation.value()) + "," +
         std::to_string(recovered.committed.value()) + "," +
         std::to_string(recovered.log_base.index.value());
  if (!recovered.snapshot) return sum;
  return sum + "," + std::to_string(recovered.snapshot->last_included.index.value()) + "," +
         std::to_string(recovered.machine->Hash());
}

enum class Outcome { kRefused, kHarmless };

class Sweep : public testing::Test {
 protected:
  Sweep() {
    node_.Make();
    SimulatedFileSystem whole = node_.files;
    absl::StatusOr<NodeStorage> opened = node_.Open();
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (opened.ok()) sum_ = SumOf(*opened);
    opened = absl::UnknownError("closed");
    node_.files = whole;
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names = *node_.files.List("data/n1");
    EXPECT_EQ(names, (std::vector<std::string>{"identity", "lock", SegmentName(1), SegmentName(2),
                                               SegmentName(3), "reserve", kSnapshot, "spare"}));
    return names;
  }
  static bool IsNeeded(const std::string& name) {
    return name != "lock" && name != "reserve" && name != "spare";
  }
  static Outcome IfNeeded(const std::string& name) {
    return IsNeeded(name) ? Outcome::kRefused : Outcome::kHarmless;
  }

  // What comes of a start from `files`.
  void Expect(Outcome wanted, const SimulatedFileSystem& files, const std::string& what) {
    Node node;
    node.files = files;
    const absl::StatusOr<NodeStorage> opened = node.Open();
    if (wanted == Outcome::kHarmless) {
      ASSERT_TRUE(opened.ok()) << what << ": " << opened.status();
      ASSERT_EQ(SumOf(*opened), sum_) << what;
      return;
    }
    ASSERT_FALSE(opened.ok()) << what << " is not noticed";
    const absl::Status& why = opened.status();
    ASSERT_TRUE(absl::IsDataLoss(why) || absl::IsFailedPrecondition(why)) << what << ": " << why;
    ASSERT_NE(why.message().find("data/n1"), absl::string_view::npos) << what << ": " << why;
    ASSERT_NE(why.message().find(". "), absl::string_view::npos) << why << " says not what to do";
  }
  void ExpectWith(Outcome wanted, const std::string& name, std::string_view bytes,
                  const std::string& what) {
    SimulatedFileSystem files = node_.files;
    files.SetContents(node_.PathOf(name), bytes);
    Expect(wanted, files, name + " " + what);
  }
  std::string Contents(const std::string& name) const {
    return node_.files.Contents(node_.PathOf(name));
  }
  // Of a segment not every place is tried here: damage_test does that.
  static size_t Step(const std::string& name, size_t of_segments) {
    if (name == "identity" || name == kSnapshot) return 1;
    return IsNeeded(name) ? of_segments : 4999;
  }

  // Each file of `other` in the place of this node's, where it has one of that name.
  void ExpectExchanged(const Node& other, const std::vector<std::string>& harmless) {
    for (const std::string& name : Names()) {
      if (!other.files.Exists(other.PathOf(name))) continue;
      const bool is = std::find(harmless.begin(), harmless.end(), name) != harmless.end();
      ExpectWith(is ? Outcome::kHarmless : IfNeeded(name), name,
                 other.files.Contents(other.PathOf(name)), "is another one's");
    }
  }

  Node node_;
  std::string sum_;
};

TEST_F(Sweep, OfFilesThatAreCutShort) {
  for (const std::string& name : Names()) {
    const std::string bytes = Contents(name);
    for (size_t size = 0; size < bytes.size(); size += Step(name, 11)) {
      ExpectWith(IfNeeded(name), name, bytes.substr(0, size), "cut to " + std::to_string(size));
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(Sweep, OfFilesThatAreLonger) {
  for (const std::string& name : Names()) {
    // What lies behind a segment's size is none of it.
    const bool refused = name == "identity" || name == kSnapshot;
    ExpectWith(refused ? Outcome::kRefused : Outcome::kHarmless, name, Contents(name) + "more",
               "with something behind it");
  }
}

TEST_F(Sweep, OfFlippedBits) {
  for (const std::string& name : Names()) {
    std::string bytes = Contents(name);
    for (size_t bit = 0; bit < bytes.size() * 8; bit += Step(name, 61)) {
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
      ExpectWith(IfNeeded(name), name, bytes, "with bit " + std::to_string(bit) + " flipped");
      if (HasFatalFailure()) return;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    }
  }
}

TEST_F(Sweep, OfFilesThatAreMissing) {
  for (const std::string& name : Names()) {
    SimulatedFileSystem files = node_.files;
    ASSERT_EQ(files.Remove(node_.PathOf(name)), absl::OkStatus());
    // The log goes back to its first entry here, and needs no snapshot.
    const bool harmless = name == kSnapshot;
    if (!harmless) Expect(IfNeeded(name), files, name + " is missing");
  }
}

TEST_F(Sweep, OfASnapshotThatTheLogNeeds) {
  absl::StatusOr<NodeStorage> opened = node_.Open();
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(TakeSnapshot(opened->snapshots.get(), {raft::Term(1), raft::Index(20)}),
            absl::OkStatus());
  ASSERT_EQ(opened->log->DropBelow(raft::Index(20)), absl::OkStatus());
  opened = absl::UnknownError("closed");
  SimulatedFileSystem files = node_.files;
  ASSERT_EQ(files.Remove(node_.PathOf("snapshot-0000000000000014-0000000000000001")),
            absl::OkStatus());
  Expect(Outcome::kRefused, files, "the snapshot is missing");
}

TEST_F(Sweep, OfFilesOfAnotherNodeOfTheCluster) {
  Node other{.id = "n2", .incarnation = raft::Incarnation(8)};
  other.Make();
  // Snapshots have nothing in them that is a node's own: this one is the very same.
  ExpectExchanged(other, {kSnapshot});
}

TEST_F(Sweep, OfFilesOfANodeOfAnotherCluster) {
  // TakeSnapshot's is of cluster c1 wherever it is taken.
  Node other{.cluster = 0xc2, .incarnation = raft::Incarnation(8)};
  absl::StatusOr<NodeStorage> opened = other.Open();
  ASSERT_TRUE(opened.ok()) << opened.status();
  raft::ConfigurationEntry bootstrap{
      {raft::ClusterId(0xc2), {{"n1", raft::Incarnation(11)}}}, raft::Stamp(7), {}};
  Node::Store(
      &*opened,
      {std::make_shared<raft::Entry>(raft::Entry{{raft::Term(1), raft::Index(1)}, bootstrap}),
       EntryOf(2, 1), EntryOf(3, 1)});
  opened = absl::UnknownError("closed");
  ExpectExchanged(other, {});
  // And ours in its place.
  SimulatedFileSystem files = other.files;
  files.SetContents(node_.PathOf(kSnapshot), Contents(kSnapshot));
  Expect(Outcome::kRefused, files, "a snapshot of another cluster");
}

// One file is put back to what it was when there were two segments less.
TEST_F(Sweep, OfFilesOfThisNodeFromBefore) {
  Node before;
  absl::StatusOr<NodeStorage> opened = before.Open();
  ASSERT_TRUE(opened.ok()) << opened.status();
  const std::string identity = before.files.Contents(before.PathOf("identity"));
  const std::string segment = before.files.Contents(before.PathOf(SegmentName(1)));
  ExpectWith(Outcome::kHarmless, "identity", identity, "does not know its cluster yet");
  ExpectWith(Outcome::kRefused, SegmentName(1), segment, "is as it was at first");
}

}  // namespace
}  // namespace tidemark::storage
