#include "harness/cluster/temp_dir.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace tidemark::cluster {
namespace {

namespace fs = std::filesystem;

// The path of a directory whose owner is killed before it can remove it.
std::string LeftByTheKilled() {
  int told[2];
  EXPECT_EQ(pipe(told), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    TempDir dir = *TempDir::Create();
    std::ofstream(dir.path() + "/file") << "x";
    [[maybe_unused]] const ssize_t wrote = write(told[1], dir.path().data(), dir.path().size());
    raise(SIGKILL);
  }
  waitpid(pid, nullptr, 0);
  std::string path(4096, '\0');
  const ssize_t got = read(told[0], path.data(), path.size());
  path.resize(got > 0 ? static_cast<size_t>(got) : 0);
  close(told[0]);
  close(told[1]);
  return path;
}

TEST(TempDir, IsGoneAtTheEnd) {
  std::string path;
  {
    TempDir dir = *TempDir::Create();
    path = dir.path();
    std::ofstream(path + "/file") << "x";
    TempDir moved = std::move(dir);
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TempDir, WhatTheKilledHaveLeftIsRemovedByTheNext) {
  const std::string left = LeftByTheKilled();
  ASSERT_TRUE(fs::exists(left)) << "there is nothing to remove: " << left;
  TempDir next = *TempDir::Create();
  EXPECT_FALSE(fs::exists(left));
}

TEST(TempDir, WhatIsInUseStays) {
  const TempDir dir = *TempDir::Create();
  const TempDir next = *TempDir::Create();
  EXPECT_TRUE(fs::exists(dir.path()));
}

TEST(TempDir, AForkKeepsItInUseAndDoesNotRemoveIt) {
  TempDir* dir = new TempDir(*TempDir::Create());
  const std::string path = dir->path();
  int hold[2];
  ASSERT_EQ(pipe(hold), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    close(hold[1]);
    char byte = 0;
    [[maybe_unused]] const ssize_t got = read(hold[0], &byte, 1);  // until we are told to end
    delete dir;
    _exit(fs::exists(path) ? 0 : 1);
  }
  { const TempDir next = *TempDir::Create(); }
  EXPECT_TRUE(fs::exists(path));
  close(hold[1]);
  close(hold[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0) << "the fork removed it";
  delete dir;
  EXPECT_FALSE(fs::exists(path));
}

// Its name says nothing of a lock: it may be anybody's.
TEST(TempDir, OtherDirectoriesAreNoneOfOurBusiness) {
  const TempDir dir = *TempDir::Create();
  const std::string other = fs::path(dir.path()).parent_path() / "tidemark-somebody-elses";
  fs::create_directory(other);
  { const TempDir next = *TempDir::Create(); }
  EXPECT_TRUE(fs::exists(other));
  fs::remove(other);
}

}  // namespace
}  // namespace tidemark::cluster
