#include "node/driver/seen_ids.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace tidemark::driver {
namespace {

class SeenIdsTest : public ::testing::Test {
 protected:
  SeenIdsTest() {
    std::string name = ::testing::TempDir() + "/seenXXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  ~SeenIdsTest() override { std::filesystem::remove_all(directory_); }

  // A process of the node, as far as its ids go.
  std::unique_ptr<SeenIds> Start() {
    auto opened = SeenIds::Open(directory_ + "/n1.ids");
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }

  std::string directory_;
};

TEST_F(SeenIdsTest, ARestartBelongsToItsTest) {
  auto node = Start();
  EXPECT_EQ(node->TestOf(1, 3), 1u);
  node->Saw(700);
  node->Saw(650);  // they overtake each other
  node = Start();
  EXPECT_EQ(node->TestOf(701, 3), 1u);
  node = Start();
  EXPECT_EQ(node->TestOf(702, 3), 1u) << "read no more than its init";
}

TEST_F(SeenIdsTest, TheNextTestCountsAnew) {
  auto node = Start();
  EXPECT_EQ(node->TestOf(2, 3), 1u);
  node->Saw(700);
  node = Start();
  EXPECT_EQ(node->TestOf(2, 3), 2u);
  // What the former test had read is nothing to this one's restarts.
  node->Saw(90);
  node = Start();
  EXPECT_EQ(node->TestOf(120, 3), 2u);
}

TEST_F(SeenIdsTest, ATestThatEndedEarlyHadReadNextToNothing) {
  auto node = Start();
  EXPECT_EQ(node->TestOf(0, 3), 1u);
  node = Start();
  EXPECT_EQ(node->TestOf(5, 3), 2u) << "below 2 x nodes";
}

TEST_F(SeenIdsTest, AnInitThatIsNotBeyondWhatWasReadIsAnotherTests) {
  auto node = Start();
  EXPECT_EQ(node->TestOf(1, 3), 1u);
  node->Saw(50);
  node = Start();
  EXPECT_EQ(node->TestOf(50, 3), 2u);
  node = Start();
  EXPECT_EQ(node->TestOf(51, 3), 2u);
}

TEST_F(SeenIdsTest, SurviveAKill) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto node = Start();
    (void)node->TestOf(1, 3);
    node->Saw(4711);
    (void)kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(Start()->TestOf(4712, 3), 1u);
  EXPECT_EQ(Start()->TestOf(4700, 3), 2u);
}

TEST_F(SeenIdsTest, AFileThatCannotBeMadeIsAnError) {
  EXPECT_FALSE(SeenIds::Open(directory_ + "/missing/n1.ids").ok());
}

}  // namespace
}  // namespace tidemark::driver
