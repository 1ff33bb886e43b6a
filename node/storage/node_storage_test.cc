// A node's directory that is made, written, closed and opened again, by nodes that do no harm to
// it.
#include "node/storage/node_storage.h"

#include <sys/wait.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

constexpr raft::Incarnation kFirst{0x0102030405060708u};
constexpr raft::Incarnation kSecond{99};

class NodeStorageTest : public testing::Test {
 protected:
  static Owner OwnerOf(const std::string& id) { return {id, {"n1", "n2", "n3"}}; }

  NodeStorage Open(const std::string& id = "n1", raft::Incarnation fresh = kFirst) {
    absl::StatusOr<NodeStorage> storage =
        OpenNodeStorage(PosixFileSystem(), dir_, OwnerOf(id), fresh);
    EXPECT_TRUE(storage.ok()) << storage.status();
    return storage.ok() ? *std::move(storage) : NewMemoryStorage(fresh);
  }
  absl::Status OpenError(const std::string& dir, const Owner& owner = OwnerOf("n1")) {
    return OpenNodeStorage(PosixFileSystem(), dir, owner, kFirst).status();
  }
  static void Store(const NodeStorage& storage, const std::vector<server::Record>& records) {
    storage.log->Append(records);
    ASSERT_EQ(storage.log->Sync(), absl::OkStatus());
  }
  static bool Says(const absl::Status& status, std::string_view what) {
    return std::string_view(std::string(status.message())).find(what) != std::string_view::npos;
  }

  std::string dir_ = FreshDirectory();
};

TEST_F(NodeStorageTest, AFreshOneRemembersNothingAndIsTheGivenIncarnation) {
  const NodeStorage storage = Open();
  EXPECT_EQ(storage.incarnation, kFirst);
  EXPECT_TRUE(storage.fresh);
  EXPECT_EQ(Remember(storage.recovered), SumOf({}));
  EXPECT_EQ(storage.recovered.log_base, raft::LogPosition());
  EXPECT_TRUE(storage.notices.empty());
  EXPECT_GT(storage.log->room(), 3u << 20);
}

TEST_F(NodeStorageTest, AReopenedOneRemembersWhatWasSyncedAndWhoItIs) {
  const std::vector<server::Record> first = {Promise(1, "n1"), StartOf(1, 1), EntryOf(2, 1),
                                             Number(1)};
  const std::vector<server::Record> second = {EntryOf(3, 1), Promise(4, "n2"), EntryOf(4, 4),
                                              Number(2)};
  Store(Open(), first);
  Store(Open("n1", kSecond), second);

  std::vector<server::Record> all = first;
  all.insert(all.end(), second.begin(), second.end());
  const NodeStorage storage = Open("n1", kSecond);
  EXPECT_EQ(storage.incarnation, kFirst);
  EXPECT_FALSE(storage.fresh);
  EXPECT_EQ(Remember(storage.recovered), SumOf(all));
  EXPECT_TRUE(storage.notices.empty());
}

TEST_F(NodeStorageTest, AnEntryReplacesTheLogFromItsIndexOn) {
  Store(Open(), {EntryOf(1, 1), EntryOf(2, 1), EntryOf(3, 1), EntryOf(4, 1)});
  Store(Open(), {EntryOf(2, 2, "\"new\"")});
  EXPECT_EQ(Remember(Open().recovered), SumOf({EntryOf(1, 1), EntryOf(2, 2, "\"new\"")}));
}

TEST_F(NodeStorageTest, WhatWasNotSyncedIsNotPromised) {
  {
    const NodeStorage storage = Open();
    Store(storage, {EntryOf(1, 1)});
    storage.log->Append({EntryOf(2, 1)});
  }
  EXPECT_EQ(Remember(Open().recovered), SumOf({EntryOf(1, 1)}));
}

TEST_F(NodeStorageTest, SyncingNothingIsNothing) {
  const NodeStorage storage = Open();
  const std::string log = dir_ + "/n1/log-0000000000000001";
  const std::string before = ReadFile(log);
  EXPECT_EQ(before.size(), 4u << 20);
  EXPECT_EQ(storage.log->Sync(), absl::OkStatus());
  storage.log->Append({});
  EXPECT_EQ(storage.log->Sync(), absl::OkStatus());
  EXPECT_EQ(ReadFile(log), before);
}

TEST_F(NodeStorageTest, ALogOfManySegmentsAndLargeRecords) {
  std::vector<server::Record> records;
  for (uint64_t index = 1; index <= 20000; ++index) {
    const size_t bytes = index == 2000 ? size_t{3} << 20 : 500 + index % 700;
    records.push_back(EntryOf(index, 1 + index / 1000, std::string(bytes, '7')));
  }
  Store(Open(), records);
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/n1/log-0000000000000005"));
  EXPECT_EQ(Remember(Open().recovered), SumOf(records));
}

TEST_F(NodeStorageTest, OneThatBeganAnewIsTheOtherIncarnationWithTermsOfItsOwn) {
  const raft::Rebirth rebirth{kSecond};
  Store(Open(), {Promise(7, "n1"), rebirth, Promise(2, "n2")});
  NodeStorage storage = Open();
  EXPECT_EQ(storage.incarnation, kSecond);
  EXPECT_EQ(storage.recovered.rebirth, rebirth);
  EXPECT_EQ(storage.recovered.hard_state.term, raft::Term(2));
  EXPECT_EQ(storage.recovered.hard_state.voted_for.id, "n2");
}

// Each segment restates who the node is, and takes no promise back by that.
TEST_F(NodeStorageTest, OneThatBeganAnewIsSoInEachSegment) {
  {
    const NodeStorage storage = Open();
    Store(storage, {Promise(7, "n1"), raft::Rebirth{kSecond}, Promise(2, "n2"), StartOf(1, 1)});
    for (uint64_t i = 2; i < 20; ++i) Store(storage, {EntryOf(i, 1, std::string(1 << 20, '7'))});
  }
  const NodeStorage storage = Open();
  EXPECT_EQ(storage.incarnation, kSecond);
  EXPECT_EQ(storage.recovered.hard_state.term, raft::Term(2));
  EXPECT_EQ(storage.recovered.log.size(), 19u);
}

TEST_F(NodeStorageTest, DirectoriesThatAreMissingAreMade) {
  dir_ += "/a/b/c";
  Store(Open(), {EntryOf(1, 1)});
  EXPECT_EQ(Remember(Open().recovered), SumOf({EntryOf(1, 1)}));
}

TEST_F(NodeStorageTest, NodesLiveBesideEachOtherWhateverTheyAreCalled) {
  const std::string ids[] = {"n1", "n2", ".", "..", "../n1", "%2E", "N 1", "\xc3\xa9", "a_b-c"};
  uint64_t number = 0;
  for (const std::string& id : ids) Store(Open(id), {Number(++number)});
  number = 0;
  for (const std::string& id : ids) {
    EXPECT_EQ(Remember(Open(id).recovered), SumOf({Number(++number)})) << id;
  }
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/a_b-c/identity"));
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/%2E%2E%2Fn1/identity"));
  EXPECT_TRUE(absl::IsInvalidArgument(OpenError(dir_, OwnerOf(""))));
}

TEST_F(NodeStorageTest, TwoCannotHaveIt) {
  {
    const NodeStorage storage = Open();
    const absl::Status refused = OpenError(dir_);
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
    EXPECT_FALSE(IsOtherCluster(refused));
    EXPECT_TRUE(Says(refused, dir_ + "/n1 is in use by another process")) << refused;
    EXPECT_TRUE(Says(refused, "Stop that process")) << refused;
    Open("n2");
  }
  Open();
}

TEST_F(NodeStorageTest, AnotherProcessCannotHaveItEither) {
  const NodeStorage storage = Open();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(absl::IsFailedPrecondition(OpenError(dir_)) ? 0 : 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(NodeStorageTest, TheMemoryOfAnotherNodeIsRefused) {
  Open("n1");
  std::filesystem::rename(dir_ + "/n1", dir_ + "/n2");
  const absl::Status refused = OpenError(dir_, OwnerOf("n2"));
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_FALSE(IsOtherCluster(refused));
  EXPECT_TRUE(Says(refused, dir_ + "/n2 is the memory of node n1, and this is node n2"));
}

TEST_F(NodeStorageTest, AnotherClusterIsRefusedAndToldApart) {
  Open("n1");
  const absl::Status refused = OpenError(dir_, {"n1", {"n1", "n2"}});
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_TRUE(IsOtherCluster(refused));
  EXPECT_TRUE(Says(refused, "started in the cluster of n1, n2, n3")) << refused;
}

TEST_F(NodeStorageTest, ADirectoryThatCannotBeMadeIsNamed) {
  WriteFile(dir_ + "/file", "");
  const absl::Status below_file = OpenError(dir_ + "/file");
  EXPECT_TRUE(Says(below_file, dir_ + "/file/n1: Not a directory")) << below_file;
  EXPECT_TRUE(Says(below_file, "choose another directory")) << below_file;

  WriteFile(dir_ + "/n1", "");
  const absl::Status is_file = OpenError(dir_);
  EXPECT_TRUE(Says(is_file, dir_ + "/n1/lock: Not a directory")) << is_file;

  const absl::Status in_proc = OpenError("/proc/tidemark");
  EXPECT_TRUE(Says(in_proc, "cannot make directory /proc/tidemark")) << in_proc;
}

TEST_F(NodeStorageTest, TheFormatBeforeThisOneIsNamed) {
  std::filesystem::create_directories(dir_ + "/n1");
  WriteFile(dir_ + "/n1/log", "TIDEMARK");
  const absl::Status refused = OpenError(dir_);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_TRUE(Says(refused, "format 1")) << refused;
}

TEST(MemoryStorageTest, ForgetsEverythingButWhoItIs) {
  const NodeStorage storage = NewMemoryStorage(kSecond);
  EXPECT_EQ(storage.incarnation, kSecond);
  EXPECT_TRUE(storage.fresh);
  storage.log->Append({EntryOf(1, 1)});
  EXPECT_EQ(storage.log->Sync(), absl::OkStatus());
  EXPECT_EQ(storage.log->room(), std::numeric_limits<uint64_t>::max());
  EXPECT_FALSE(*storage.log->MakeRoom());
  EXPECT_EQ(Remember(storage.recovered), SumOf({}));
  EXPECT_NE(storage.snapshots, nullptr);
}

}  // namespace
}  // namespace tidemark::storage
