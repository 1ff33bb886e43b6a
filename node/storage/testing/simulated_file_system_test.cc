#include "node/storage/testing/simulated_file_system.h"

#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/storage/file_system.h"

namespace tidemark::storage {
namespace {

using Mode = FileSystem::Mode;
constexpr size_t kSector = 512;

class SimulatedFileSystemTest : public testing::Test {
 protected:
  SimulatedFileSystemTest() { EXPECT_EQ(fs_.MakeDirectories("d"), absl::OkStatus()); }

  std::unique_ptr<File> Make(const std::string& path, const std::string& bytes) {
    auto file = fs_.Open(path, Mode::kCreate);
    EXPECT_TRUE(file.ok()) << file.status();
    EXPECT_EQ((*file)->WriteAt(0, bytes), absl::OkStatus());
    return *std::move(file);
  }
  std::unique_ptr<File> MakeSynced(const std::string& path, const std::string& bytes) {
    auto file = Make(path, bytes);
    EXPECT_EQ(file->SyncAll(), absl::OkStatus());
    EXPECT_EQ(fs_.SyncDirectory("d"), absl::OkStatus());
    return file;
  }
  // All that a crash now may leave of the file; "-": no such name.
  std::set<std::string> AfterCrash(const std::string& path) {
    std::set<std::string> seen;
    for (uint64_t seed = 0; seed < 300; ++seed) {
      SimulatedFileSystem copy = fs_;
      Random random(seed);
      copy.Crash(&random);
      seen.insert(copy.Exists(path) ? copy.Contents(path) : "-");
    }
    return seen;
  }

  SimulatedFileSystem fs_;
};

using Set = std::set<std::string>;

TEST_F(SimulatedFileSystemTest, WhatIsWrittenCanBeReadAtOnce) {
  auto file = Make("d/a", "hello");
  EXPECT_EQ(file->WriteAt(4, "XY"), absl::OkStatus());
  EXPECT_EQ(fs_.Contents("d/a"), "hellXY");
  EXPECT_EQ(file->Truncate(2), absl::OkStatus());
  EXPECT_EQ(file->Truncate(4), absl::OkStatus());
  EXPECT_EQ(fs_.Contents("d/a"), std::string("he\0\0", 4));
  char two[2];
  EXPECT_TRUE(absl::IsDataLoss(file->ReadAt(3, 2, two)));
  EXPECT_EQ(*fs_.List("d"), std::vector<std::string>{"a"});
  EXPECT_EQ(fs_.Rename("d/a", "d/b"), absl::OkStatus());
  EXPECT_EQ(*fs_.List("d"), std::vector<std::string>{"b"});
  EXPECT_TRUE(absl::IsNotFound(fs_.Open("d/a", Mode::kRead).status()));
  EXPECT_EQ(fs_.Remove("d/b"), absl::OkStatus());
  EXPECT_FALSE(fs_.Exists("d/b"));
}

TEST_F(SimulatedFileSystemTest, WhatIsSyncedStays) {
  auto file = MakeSynced("d/a", "old");
  EXPECT_EQ(AfterCrash("d/a"), Set{"old"});
  EXPECT_EQ(file->WriteAt(0, "new"), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/a"), (Set{"old", "new"}));
  EXPECT_EQ(file->SyncData(), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/a"), Set{"new"});
}

TEST_F(SimulatedFileSystemTest, ANameIsSyncedByItsDirectory) {
  auto file = Make("d/a", "x");
  EXPECT_EQ(file->SyncAll(), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/a"), (Set{"-", "x"}));
  EXPECT_EQ(fs_.SyncDirectory("d"), absl::OkStatus());
  EXPECT_EQ(fs_.Rename("d/a", "d/b"), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/b"), (Set{"-", "x"}));
  EXPECT_EQ(AfterCrash("d/a"), (Set{"-", "x"}));
  EXPECT_EQ(fs_.SyncDirectory("d"), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/b"), Set{"x"});
  EXPECT_EQ(fs_.Remove("d/b"), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/b"), (Set{"-", "x"}));
}

TEST_F(SimulatedFileSystemTest, AWriteIsTornAtSectors) {
  const std::string a(kSector, 'a'), b(kSector, 'b'), none(kSector, '\0');
  auto file = MakeSynced("d/a", a + a);
  EXPECT_EQ(file->WriteAt(0, b + b), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/a"), (Set{a + a, a + b, b + a, b + b}));
  MakeSynced("d/n", "");
  auto grows = Make("d/n", b + b);
  EXPECT_EQ(AfterCrash("d/n"), (Set{"", none + none, none + b, b + none, b + b}));
}

TEST_F(SimulatedFileSystemTest, ASectorIsAsItWasAfterSomeWrite) {
  auto file = MakeSynced("d/a", "00");
  EXPECT_EQ(file->WriteAt(0, "1"), absl::OkStatus());
  EXPECT_EQ(file->WriteAt(1, "1"), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/a"), (Set{"00", "10", "11"}));
}

TEST_F(SimulatedFileSystemTest, ACutNeedsAFullSync) {
  auto file = MakeSynced("d/a", "xyz");
  EXPECT_EQ(file->Truncate(1), absl::OkStatus());
  EXPECT_EQ(file->SyncData(), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/a"), (Set{"x", "xyz"}));
  EXPECT_EQ(file->SyncAll(), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/a"), Set{"x"});
}

TEST_F(SimulatedFileSystemTest, BehindASyncThatIsUnderWayNothingHasHappened) {
  auto one = MakeSynced("d/1", "0");
  auto two = MakeSynced("d/2", "0");
  fs_.set_deferred(true);
  EXPECT_EQ(one->WriteAt(0, "1"), absl::OkStatus());
  EXPECT_EQ(one->SyncData(), absl::OkStatus());
  const uint64_t first = fs_.syncs();
  EXPECT_EQ(two->WriteAt(0, "1"), absl::OkStatus());
  EXPECT_EQ(two->SyncData(), absl::OkStatus());
  Set seen;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SimulatedFileSystem copy = fs_;
    Random random(seed);
    copy.Crash(&random);
    seen.insert(copy.Contents("d/1") + copy.Contents("d/2"));
  }
  EXPECT_EQ(seen, (Set{"00", "10", "11"}));
  fs_.CompleteSyncs(first);
  EXPECT_EQ(AfterCrash("d/1"), Set{"1"});
  EXPECT_EQ(AfterCrash("d/2"), (Set{"0", "1"}));
  fs_.CompleteSyncs();
  EXPECT_EQ(AfterCrash("d/2"), Set{"1"});
}

TEST_F(SimulatedFileSystemTest, ACrashFreesLocksAndOldHandlesWriteNowhere) {
  auto lock = fs_.TakeLock("d/lock");
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_TRUE(absl::IsFailedPrecondition(fs_.TakeLock("d/lock").status()));
  auto file = MakeSynced("d/a", "x");
  Random random(1);
  fs_.Crash(&random);
  EXPECT_TRUE(fs_.TakeLock("d/lock").ok());
  EXPECT_EQ(file->WriteAt(0, "y"), absl::OkStatus());
  EXPECT_EQ(fs_.Contents("d/a"), "x");
}

TEST_F(SimulatedFileSystemTest, ACopyIsADiskOfItsOwn) {
  auto file = MakeSynced("d/a", std::string(9000, 'x'));
  SimulatedFileSystem copy = fs_;
  EXPECT_EQ(file->WriteAt(5000, "y"), absl::OkStatus());
  EXPECT_EQ(copy.Contents("d/a"), std::string(9000, 'x'));
  EXPECT_NE(fs_.Contents("d/a"), copy.Contents("d/a"));
}

TEST_F(SimulatedFileSystemTest, AFullDiskTakesWhatFits) {
  fs_.set_capacity(8192);
  auto file = Make("d/a", std::string(5000, 'x'));
  EXPECT_EQ(fs_.used_bytes(), 8192u);
  EXPECT_EQ(file->WriteAt(5000, "more of it"), absl::OkStatus()) << "in its last block";
  EXPECT_TRUE(absl::IsResourceExhausted(file->WriteAt(8190, "0123")));
  EXPECT_EQ(*file->Size(), 8192u);
  auto other = fs_.Open("d/b", Mode::kCreate);
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE(absl::IsResourceExhausted((*other)->WriteAt(0, "x")));
  EXPECT_EQ(file->WriteAt(0, "old blocks"), absl::OkStatus());
  EXPECT_EQ(fs_.Remove("d/a"), absl::OkStatus());
  EXPECT_EQ((*other)->WriteAt(0, "x"), absl::OkStatus());
  EXPECT_EQ(fs_.used_bytes(), 4096u);
}

TEST_F(SimulatedFileSystemTest, TheOperationThatIsToFailFailsOnce) {
  auto file = MakeSynced("d/a", "0000");
  fs_.FailAt(2);
  EXPECT_EQ(file->WriteAt(0, "1111"), absl::OkStatus());
  EXPECT_FALSE(file->SyncData().ok());
  EXPECT_EQ(file->SyncData(), absl::OkStatus());
  EXPECT_EQ(AfterCrash("d/a"), Set{"0000"}) << "what a failed sync was about is lost";
  fs_.FailNext();
  EXPECT_FALSE(file->WriteAt(0, "2222").ok());
}

TEST_F(SimulatedFileSystemTest, EveryCrashOfATraceIsVisited) {
  auto file = MakeSynced("d/a", "0");
  fs_.StartTrace();
  EXPECT_EQ(file->WriteAt(0, "1"), absl::OkStatus());
  EXPECT_EQ(file->SyncData(), absl::OkStatus());
  EXPECT_EQ(file->WriteAt(0, "2"), absl::OkStatus());
  Set seen;
  Random random(1);
  fs_.EnumerateCrashes(&random, [&](size_t point, SimulatedFileSystem* after) {
    seen.insert(std::to_string(point) + ":" + after->Contents("d/a"));
  });
  EXPECT_EQ(seen, (Set{"0:0", "1:0", "1:1", "2:1", "3:1", "3:2"}));
}

}  // namespace
}  // namespace tidemark::storage
