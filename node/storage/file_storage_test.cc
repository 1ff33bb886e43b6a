// A log that is written, closed and opened again, by nodes that do no harm to it.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "node/storage/storage.h"
#include "node/storage/storage_testing.h"

namespace tidemark::storage {
namespace {

constexpr raft::Incarnation kFirst{0x0102030405060708u};
constexpr raft::Incarnation kSecond{99};

class FileStorageTest : public testing::Test {
 protected:
  std::unique_ptr<Storage> Open(const std::string& id = "n1", raft::Incarnation fresh = kFirst) {
    absl::StatusOr<std::unique_ptr<Storage>> storage = OpenFileStorage(dir_, id, fresh);
    EXPECT_TRUE(storage.ok()) << storage.status();
    return storage.ok() ? *std::move(storage) : NewMemoryStorage(fresh);
  }
  absl::Status OpenError(const std::string& dir, const std::string& id = "n1") {
    return OpenFileStorage(dir, id, kFirst).status();
  }
  static void Store(Storage* storage, const std::vector<server::Record>& records) {
    storage->Append(records);
    ASSERT_EQ(storage->Sync(), absl::OkStatus());
  }
  static bool Says(const absl::Status& status, std::string_view what) {
    return std::string_view(std::string(status.message())).find(what) != std::string_view::npos;
  }

  std::string dir_ = FreshDirectory();
};

TEST_F(FileStorageTest, AFreshOneRemembersNothingAndIsTheGivenIncarnation) {
  const auto storage = Open();
  EXPECT_EQ(storage->incarnation(), kFirst);
  EXPECT_EQ(Remember(storage->TakeRecovered()), SumOf({}));
  EXPECT_TRUE(storage->TakeNotices().empty());
}

TEST_F(FileStorageTest, AReopenedOneRemembersWhatWasSyncedAndWhoItIs) {
  const std::vector<server::Record> first = {Promise(1, "n1"), StartOf(1, 1), EntryOf(2, 1),
                                             Number(1)};
  const std::vector<server::Record> second = {EntryOf(3, 1), Promise(4, "n2"), EntryOf(4, 4),
                                              Number(2)};
  Store(Open().get(), first);
  Store(Open("n1", kSecond).get(), second);

  std::vector<server::Record> all = first;
  all.insert(all.end(), second.begin(), second.end());
  const auto storage = Open("n1", kSecond);
  EXPECT_EQ(storage->incarnation(), kFirst);
  EXPECT_EQ(Remember(storage->TakeRecovered()), SumOf(all));
  EXPECT_EQ(Remember(storage->TakeRecovered()), SumOf({})) << "handed over once";
  EXPECT_TRUE(storage->TakeNotices().empty());
}

TEST_F(FileStorageTest, AnEntryReplacesTheLogFromItsIndexOn) {
  Store(Open().get(), {EntryOf(1, 1), EntryOf(2, 1), EntryOf(3, 1), EntryOf(4, 1)});
  Store(Open().get(), {EntryOf(2, 2, "\"new\"")});
  EXPECT_EQ(Remember(Open()->TakeRecovered()), SumOf({EntryOf(1, 1), EntryOf(2, 2, "\"new\"")}));
}

TEST_F(FileStorageTest, WhatWasNotSyncedIsNotPromised) {
  {
    const auto storage = Open();
    Store(storage.get(), {EntryOf(1, 1)});
    storage->Append({EntryOf(2, 1)});
  }
  EXPECT_EQ(Remember(Open()->TakeRecovered()), SumOf({EntryOf(1, 1)}));
}

TEST_F(FileStorageTest, SyncingNothingIsNothing) {
  const auto storage = Open();
  const std::string before = ReadFile(dir_ + "/n1/log");
  EXPECT_EQ(storage->Sync(), absl::OkStatus());
  storage->Append({});
  EXPECT_EQ(storage->Sync(), absl::OkStatus());
  EXPECT_EQ(ReadFile(dir_ + "/n1/log"), before);
}

TEST_F(FileStorageTest, ALogOfManyChunksAndARecordLargerThanOne) {
  std::vector<server::Record> records;
  for (uint64_t index = 1; index <= 4000; ++index) {
    const size_t bytes = index == 2000 ? size_t{3} << 20 : 500 + index % 700;
    records.push_back(EntryOf(index, 1 + index / 1000, std::string(bytes, '7')));
  }
  Store(Open().get(), records);
  EXPECT_EQ(Remember(Open()->TakeRecovered()), SumOf(records));
}

TEST_F(FileStorageTest, DirectoriesThatAreMissingAreMade) {
  dir_ += "/a/b/c";
  Store(Open().get(), {EntryOf(1, 1)});
  EXPECT_EQ(Remember(Open()->TakeRecovered()), SumOf({EntryOf(1, 1)}));
}

TEST_F(FileStorageTest, NodesLiveBesideEachOtherWhateverTheyAreCalled) {
  const std::string ids[] = {"n1", "n2", ".", "..", "../n1", "%2E", "N 1", "\xc3\xa9", "a_b-c"};
  uint64_t number = 0;
  for (const std::string& id : ids) Store(Open(id).get(), {Number(++number)});
  number = 0;
  for (const std::string& id : ids) {
    EXPECT_EQ(Remember(Open(id)->TakeRecovered()), SumOf({Number(++number)})) << id;
  }
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/a_b-c/log"));
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/%2E%2E%2Fn1/log"));
  EXPECT_TRUE(absl::IsInvalidArgument(OpenError(dir_, "")));
}

TEST_F(FileStorageTest, ACrashWhileTheFileIsMadeLeavesNone) {
  std::filesystem::create_directories(dir_ + "/n1");
  WriteFile(dir_ + "/n1/log.new", "TIDEM");
  const auto storage = Open();
  EXPECT_EQ(storage->incarnation(), kFirst);
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/n1/log.new"));
}

TEST_F(FileStorageTest, TwoCannotHaveIt) {
  {
    const auto storage = Open();
    const absl::Status refused = OpenError(dir_);
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
    EXPECT_TRUE(Says(refused, dir_ + "/n1 is in use by another process")) << refused;
    EXPECT_TRUE(Says(refused, "Stop that process")) << refused;
    Open("n2");
  }
  Open();
}

TEST_F(FileStorageTest, AnotherProcessCannotHaveItEither) {
  const auto storage = Open();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(absl::IsFailedPrecondition(OpenError(dir_)) ? 0 : 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(FileStorageTest, TheMemoryOfAnotherNodeIsRefused) {
  Open("n1").reset();
  std::filesystem::rename(dir_ + "/n1", dir_ + "/n2");
  const absl::Status refused = OpenError(dir_, "n2");
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_TRUE(Says(refused, dir_ + "/n2/log is the memory of node n1, and this is node n2"));
}

TEST_F(FileStorageTest, ADirectoryThatCannotBeMadeIsNamed) {
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

// Files may not grow past a limit while this lives; the write that would gets EFBIG.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(uint64_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

TEST_F(FileStorageTest, AFailedWriteIsTheEndOfIt) {
  const auto storage = Open();
  Store(storage.get(), {EntryOf(1, 1)});
  {
    const FileSizeLimit limit(std::filesystem::file_size(dir_ + "/n1/log") + 30);
    storage->Append({EntryOf(2, 1)});
    const absl::Status failed = storage->Sync();
    EXPECT_TRUE(Says(failed, "cannot write to " + dir_ + "/n1/log: File too large")) << failed;
    EXPECT_TRUE(Says(failed, "ulimit")) << failed;
  }
  const std::string after = ReadFile(dir_ + "/n1/log");
  EXPECT_FALSE(storage->Sync().ok()) << "though there is room now";
  storage->Append({EntryOf(2, 1)});
  EXPECT_TRUE(Says(storage->Sync(), "File too large"));
  EXPECT_EQ(ReadFile(dir_ + "/n1/log"), after);
}

TEST_F(FileStorageTest, WhatAFailedWriteLeftIsCutAtTheNextStart) {
  {
    const auto storage = Open();
    Store(storage.get(), {EntryOf(1, 1)});
    const FileSizeLimit limit(std::filesystem::file_size(dir_ + "/n1/log") + 30);
    storage->Append({EntryOf(2, 1)});
    EXPECT_FALSE(storage->Sync().ok());
  }
  const auto storage = Open();
  EXPECT_EQ(Remember(storage->TakeRecovered()), SumOf({EntryOf(1, 1)}));
  const std::vector<std::string> notices = storage->TakeNotices();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].find("cut 30 bytes from the end of " + dir_ + "/n1/log"), 0u) << notices[0];
  EXPECT_TRUE(storage->TakeNotices().empty()) << "told once";
}

TEST(MemoryStorageTest, ForgetsEverythingButWhoItIs) {
  const auto storage = NewMemoryStorage(kSecond);
  EXPECT_EQ(storage->incarnation(), kSecond);
  storage->Append({EntryOf(1, 1)});
  EXPECT_EQ(storage->Sync(), absl::OkStatus());
  EXPECT_EQ(Remember(storage->TakeRecovered()), SumOf({}));
  EXPECT_TRUE(storage->TakeNotices().empty());
}

}  // namespace
}  // namespace tidemark::storage
