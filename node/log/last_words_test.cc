// How a process ends that logs: what waits goes out before its last words, and nobody is waited for
// for ever.
#include "node/base/last_words.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "gtest/gtest.h"
#include "node/base/assert.h"
#include "node/log/log.h"

namespace tidemark::log {
namespace {

using Level = raft::Notice::Level;

// What a child says that logs a line and then fails an assertion.
std::string LastWords(int stderr_fd, int read_end) {
  const pid_t child = fork();
  if (child == 0) {
    dup2(stderr_fd, STDERR_FILENO);
    Log log(STDERR_FILENO, {});
    log.Tell(Time(), {Level::kInfo, "what led to it"});
    TM_ASSERT(1 == 2);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << status;
  std::array<char, 65536> text{};
  const ssize_t got = read(read_end, text.data(), text.size());
  return {text.data(), got > 0 ? static_cast<size_t>(got) : 0};
}

class LastWordsTest : public testing::Test {
 protected:
  LastWordsTest() { EXPECT_EQ(pipe2(fds_.data(), O_CLOEXEC), 0); }
  ~LastWordsTest() override {
    close(fds_[0]);
    close(fds_[1]);
  }
  std::array<int, 2> fds_{};
};

TEST_F(LastWordsTest, StandBehindWhatWasLogged) {
  const std::string said = LastWords(fds_[1], fds_[0]);
  const size_t logged = said.find("what led to it");
  const size_t last = said.find("assertion failed: 1 == 2");
  ASSERT_NE(logged, std::string::npos) << said;
  ASSERT_NE(last, std::string::npos) << said;
  EXPECT_LT(logged, last) << said;
}

TEST_F(LastWordsTest, AreNotWaitedForForEver) {
  const int bytes = fcntl(fds_[1], F_SETPIPE_SZ, 4096);
  const std::string full(static_cast<size_t>(bytes), '.');
  ASSERT_EQ(write(fds_[1], full.data(), full.size()), bytes);
  EXPECT_EQ(LastWords(fds_[1], fds_[0]), full);
}

}  // namespace
}  // namespace tidemark::log
