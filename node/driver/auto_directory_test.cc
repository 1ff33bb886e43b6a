#include "node/driver/auto_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/storage/file_system.h"

namespace tidemark::driver {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class AutoDirectoryTest : public ::testing::Test {
 protected:
  AutoDirectoryTest() {
    std::string name = ::testing::TempDir() + "/autoXXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    temp_ = name;
  }
  ~AutoDirectoryTest() override { fs::remove_all(temp_); }

  // The directory of another run, two days old, with a node's in it.
  fs::path OldRun(const std::string& name) {
    fs::path made = temp_ + "/tidemark-" + std::to_string(geteuid()) + "/" + name;
    fs::create_directories(made / "n1");
    fs::permissions(made.parent_path(), fs::perms::owner_all);
    std::ofstream(made / "n1" / "log") << "records";
    fs::last_write_time(made, fs::file_time_type::clock::now() - std::chrono::hours(48));
    return made;
  }

  std::string temp_;
  const ParentRun run_{"aaaa", 7, 99};
};

TEST_F(AutoDirectoryTest, ReadsTheStartTimeBehindAnyName) {
  const std::string rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21\n";
  EXPECT_EQ(*StartTimeIn("12 (java)" + rest), 4711u);
  EXPECT_EQ(*StartTimeIn("12 (a) S 1 (b)" + rest), 4711u);
  EXPECT_FALSE(StartTimeIn("12 (java) S 1 2").ok());
  EXPECT_FALSE(StartTimeIn("").ok());
}

TEST_F(AutoDirectoryTest, OneRunHasOneDirectory) {
  const auto first = MakeAutoDirectory(temp_, run_);
  const auto again = MakeAutoDirectory(temp_, run_);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(fs::is_directory(first->path));
  EXPECT_EQ(first->path, again->path);
  for (const ParentRun& other : {ParentRun{"bbbb", 7, 99}, {"aaaa", 8, 99}, {"aaaa", 7, 98}}) {
    EXPECT_NE(MakeAutoDirectory(temp_, other)->path, first->path);
  }
}

TEST_F(AutoDirectoryTest, ThisProcessHasARun) {
  const auto run = ThisRun();
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->parent, getppid());
  EXPECT_GT(run->parent_start, 0u);
  EXPECT_EQ(run->boot_id.size(), 32u);
}

TEST_F(AutoDirectoryTest, IsForThisUserAlone) {
  const auto made = MakeAutoDirectory(temp_, run_);
  ASSERT_TRUE(made.ok());
  const fs::path all_runs = fs::path(made->path).parent_path();
  EXPECT_EQ(fs::status(all_runs).permissions(), fs::perms::owner_all);
  fs::permissions(all_runs, fs::perms::all);
  EXPECT_THAT(std::string(MakeAutoDirectory(temp_, run_).status().message()),
              HasSubstr("is not a directory that only this user can write"));
  fs::remove_all(all_runs);
  fs::create_directory(temp_ + "/elsewhere");
  fs::create_directory_symlink(temp_ + "/elsewhere", all_runs);
  EXPECT_FALSE(MakeAutoDirectory(temp_, run_).ok());
}

TEST_F(AutoDirectoryTest, RunsThatAreOverAreRemovedAndThisIsSaid) {
  const fs::path other_boot = OldRun("bbbb-7-99");
  const fs::path no_such_process = OldRun("aaaa-999999999-5");
  const auto made = MakeAutoDirectory(temp_, run_);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_FALSE(fs::exists(other_boot));
  EXPECT_FALSE(fs::exists(no_such_process));
  ASSERT_EQ(made->notices.size(), 2u);
  EXPECT_THAT(made->notices[0] + made->notices[1], HasSubstr(other_boot.string()));
}

TEST_F(AutoDirectoryTest, WhatMayBeOfUseStays) {
  const auto present = ThisRun();
  ASSERT_TRUE(present.ok());
  const fs::path not_ours = OldRun("notes");
  const fs::path running = OldRun(present->boot_id + "-" + std::to_string(present->parent) + "-" +
                                  std::to_string(present->parent_start));
  const fs::path young = OldRun("bbbb-7-99");
  fs::last_write_time(young, fs::file_time_type::clock::now() - std::chrono::hours(1));
  const fs::path used = OldRun("cccc-7-99");
  const auto lock = storage::PosixFileSystem()->TakeLock((used / "n1" / "lock").string());
  ASSERT_TRUE(lock.ok()) << lock.status();
  fs::last_write_time(used, fs::file_time_type::clock::now() - std::chrono::hours(48));

  const auto made = MakeAutoDirectory(temp_, {present->boot_id, 999'999'999, 1});
  ASSERT_TRUE(made.ok()) << made.status();
  for (const fs::path& kept : {not_ours, running, young, used}) {
    EXPECT_TRUE(fs::exists(kept / "n1" / "log")) << kept;
  }
  EXPECT_TRUE(made->notices.empty());
}

}  // namespace
}  // namespace tidemark::driver
