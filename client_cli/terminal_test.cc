// The prompt, as a person at a terminal meets it: the program on a pseudo-terminal, with the real
// node. Nothing here sleeps: each step waits for what must appear.
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "harness/cluster/temp_dir.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

// The client on a terminal of its own. Its home is `home`.
class Terminal {
 public:
  explicit Terminal(const std::string& home) {
    pid_ = forkpty(&fd_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    setenv("HOME", home.c_str(), 1);
    setenv("TERM", "vt100", 1);
    unsetenv("XDG_STATE_HOME");
    unsetenv("LC_ALL");
    execl("client_cli/client_cli", "client_cli", nullptr);
    _exit(127);
  }
  ~Terminal() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      Wait();
    }
    HangUp();
  }

  pid_t pid() const { return pid_; }

  void Type(std::string_view keys) {
    ASSERT_EQ(write(fd_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }

  // Waits until `text` appears behind what was expected before.
  testing::AssertionResult Shows(std::string_view text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    size_t at;
    while ((at = screen_.find(text, seen_)) == std::string::npos) {
      if (!Read(deadline)) {
        return testing::AssertionFailure() << "did not appear: " << text << "\nbut:\n"
                                           << screen_.substr(seen_) << "\nbehind:\n"
                                           << screen_.substr(0, seen_);
      }
    }
    seen_ = at + text.size();
    return testing::AssertionSuccess();
  }

  // Anywhere so far.
  bool HasShown(std::string_view text) const { return screen_.find(text) != std::string::npos; }

  void HangUp() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  // Waits for its end; the exit status, or minus the signal.
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  bool Read(std::chrono::steady_clock::time_point deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd readable = {fd_, POLLIN, 0};
    if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) <= 0) return false;
    char bytes[4096];
    const ssize_t got = read(fd_, bytes, sizeof bytes);
    if (got > 0) screen_.append(bytes, static_cast<size_t>(got));
    return got > 0;
  }

  pid_t pid_ = -1;
  int fd_ = -1;
  std::string screen_;
  size_t seen_ = 0;
};

class TerminalTest : public testing::Test {
 protected:
  std::string History() const {
    std::stringstream text;
    text << std::ifstream(home_.path() + "/.tidemark_history").rdbuf();
    return text.str();
  }

  cluster::TempDir home_ = *cluster::TempDir::Create();
};

TEST_F(TerminalTest, ThePromptShowsTheNodeInUseAndTheIndex) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("write x new\r");
  ASSERT_TRUE(terminal.Shows("ok at index 4 "));
  ASSERT_TRUE(terminal.Shows("n1 @4> "));
  terminal.Type("use n2\rget x\r");
  ASSERT_TRUE(terminal.Shows("using n2"));
  ASSERT_TRUE(terminal.Shows("\"new\"   served by n2"));
  ASSERT_TRUE(terminal.Shows("n2 @4> "));
  terminal.Type("\x04");  // Ctrl-D
  EXPECT_EQ(terminal.Wait(), 0);
}

TEST_F(TerminalTest, CtrlCDropsTheLine) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("write x lost");
  ASSERT_TRUE(terminal.Shows("lost"));
  terminal.Type("\x03");
  ASSERT_TRUE(terminal.Shows("^C"));
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("\rsession\r");
  ASSERT_TRUE(terminal.Shows("last_write_index 0, using n1"));
}

TEST_F(TerminalTest, CtrlCStopsWaitingBeforeAnythingIsSent) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("partition n1 | n2 n3\r");
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("write x 1\r");
  ASSERT_TRUE(terminal.Shows("write x 1"));
  ASSERT_TRUE(terminal.Shows("\n"));
  terminal.Type("\x03");
  ASSERT_TRUE(terminal.Shows("stopped waiting for n1"));
  ASSERT_TRUE(terminal.Shows("nothing is written"));
  terminal.Type("heal\rwrite x 1\r");
  ASSERT_TRUE(terminal.Shows("ok at index"));
}

TEST_F(TerminalTest, TheClusterIsThereWhenThePromptIs) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("kill n3\rwrite x 1\r");
  ASSERT_TRUE(terminal.Shows("killed n3"));
  ASSERT_TRUE(terminal.Shows("ok at index 4 (n1, "));
  EXPECT_FALSE(terminal.HasShown("has not answered"));
}

TEST_F(TerminalTest, AWaitSaysWhatItWaitsFor) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("kill n2\rkill n3\rread x\r");
  ASSERT_TRUE(terminal.Shows("n1 has not answered for a second: it "));
  ASSERT_TRUE(
      terminal.Shows("; n2 is not running; n3 is not running; still waiting (Ctrl-C stops"));
  terminal.Type("\x03");
  ASSERT_TRUE(terminal.Shows("stopped waiting for n1"));
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
}

// A session whose last write, `write x 1`, nobody waits for any more: n1 is cut off with it.
void LeaveAWriteOpen(Terminal* terminal) {
  ASSERT_TRUE(terminal->Shows("n1 @0> "));
  terminal->Type("write x 0\r");
  ASSERT_TRUE(terminal->Shows("n1 @4> "));
  terminal->Type("partition n1 | n2 n3\r");
  ASSERT_TRUE(terminal->Shows("n1 @4> "));
  terminal->Type("write x 1\r");
  ASSERT_TRUE(terminal->Shows("write x 1"));
  ASSERT_TRUE(terminal->Shows("\n"));
  terminal->Type("\x03");
  ASSERT_TRUE(terminal->Shows("stopped waiting for n1"));
  ASSERT_TRUE(terminal->Shows("whether it happens is unknown: `fate 3 2` tells"));
}

TEST_F(TerminalTest, CtrlCStopsWaitingAndTheAnswerIsToldAfterAll) {
  Terminal terminal(home_.path());
  LeaveAWriteOpen(&terminal);
  terminal.Type("heal\r");
  ASSERT_TRUE(terminal.Shows("answered after all: write x 1: ok at index"));
  ASSERT_TRUE(terminal.Shows("n1 @"));
}

TEST_F(TerminalTest, WhatWasLeftOpenIsSettledByItsFate) {
  Terminal terminal(home_.path());
  LeaveAWriteOpen(&terminal);
  terminal.Type("use n2\rfate 3 2\r");
  ASSERT_TRUE(terminal.Shows("it did not happen and will not (cancelled): safe to do again (n2"));
  terminal.Type("heal\ruse n1\rread x\r");
  ASSERT_TRUE(terminal.Shows("0   linearizable"));
  EXPECT_FALSE(terminal.HasShown("answered after all"));
}

TEST_F(TerminalTest, ASessionIsTakenOverByItsToken) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("session 9f3a1c20:12:2:5be1c09a\r");
  ASSERT_TRUE(terminal.Shows("cluster 9f3a1c20 up to index 12, term 2"));
  ASSERT_TRUE(terminal.Shows("n1 @12> "));
  terminal.Type("get x\r");
  ASSERT_TRUE(terminal.Shows("error 22: the session is of cluster 9f3a1c20, which this is not"));
  ASSERT_TRUE(terminal.Shows("n1 @12> "));
  terminal.Type("sess\tr\t\r");
  ASSERT_TRUE(terminal.Shows("no token yet"));
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
}

// The news come while a line is typed, and the line stays: the world moves on at the prompt.
// The child of `parent` that has the lowest pid, which is n1: nodes are started in their order.
pid_t FirstChildOf(pid_t parent) {
  pid_t first = -1;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string name;
    std::string state;
    pid_t pid = 0;
    pid_t its_parent = 0;
    if (!(stat >> pid >> name >> state >> its_parent) || its_parent != parent) continue;
    if (first < 0 || pid < first) first = pid;
  }
  return first;
}

TEST_F(TerminalTest, ADeadNodeIsToldOfWhileOneTypes) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("write x");
  ASSERT_TRUE(terminal.Shows("write x"));
  const pid_t first = FirstChildOf(terminal.pid());
  ASSERT_GT(first, 0);
  ASSERT_EQ(kill(first, SIGKILL), 0);
  ASSERT_TRUE(terminal.Shows("n1 was killed by signal 9 (Killed)"));
  ASSERT_TRUE(terminal.Shows("using n2 now"));
  ASSERT_TRUE(terminal.Shows("n2 @0> write x"));
  terminal.Type("\x03restart n1\rwrite x 1\r");
  ASSERT_TRUE(terminal.Shows("ok at index"));
}

// It stands still, so that it has the write in its hands when it dies.
TEST_F(TerminalTest, AWriteOutlivesTheNodeThatWasAsked) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("write x 1\r");
  ASSERT_TRUE(terminal.Shows("n1 @4> "));
  const pid_t first = FirstChildOf(terminal.pid());
  ASSERT_EQ(kill(first, SIGSTOP), 0);
  terminal.Type("write x 2\r");
  ASSERT_TRUE(terminal.Shows("write x 2"));
  ASSERT_TRUE(terminal.Shows("\n"));
  ASSERT_EQ(kill(first, SIGKILL), 0);
  ASSERT_TRUE(terminal.Shows("ok at index"));
  ASSERT_TRUE(terminal.Shows("(n2, "));
  ASSERT_TRUE(terminal.Shows("n1 was killed by signal 9 (Killed)"));
  ASSERT_TRUE(terminal.Shows("using n2 now"));
  terminal.Type("get x\r");
  ASSERT_TRUE(terminal.Shows("2   served by n"));
}

TEST_F(TerminalTest, AfterAPauseTheLineIsThereAgain) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("session");
  ASSERT_TRUE(terminal.Shows("session"));
  ASSERT_EQ(kill(terminal.pid(), SIGSTOP), 0);
  ASSERT_EQ(kill(terminal.pid(), SIGCONT), 0);
  ASSERT_TRUE(terminal.Shows("n1 @0> session"));
  terminal.Type("\r");
  ASSERT_TRUE(terminal.Shows("last_write_index 0, using n1"));
}

TEST_F(TerminalTest, TabCompletes) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("sess\t5\r");
  ASSERT_TRUE(terminal.Shows("last_write_index 5, using n1"));
  terminal.Type("us\tn\t\t");
  ASSERT_TRUE(terminal.Shows("n1  n2  n3"));
  ASSERT_TRUE(terminal.Shows("use n"));
  terminal.Type("3\r");
  ASSERT_TRUE(terminal.Shows("using n3"));
}

TEST_F(TerminalTest, KeepsAHistory) {
  {
    Terminal terminal(home_.path());
    ASSERT_TRUE(terminal.Shows("n1 @0> "));
    terminal.Type("session 5\rquit\r");
    EXPECT_EQ(terminal.Wait(), 0);
  }
  EXPECT_NE(History().find("session"), std::string::npos) << History();
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("\x1b[A\x1b[A\r");  // up, up
  ASSERT_TRUE(terminal.Shows("last_write_index 5, using n1"));
}

TEST_F(TerminalTest, TakesUtf8) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.Type("write ключ grün\r");
  ASSERT_TRUE(terminal.Shows("ok at index"));
  terminal.Type("get ключ\r");
  ASSERT_TRUE(terminal.Shows("\"grün\"   served by n1"));
}

TEST_F(TerminalTest, EndsWithItsTerminal) {
  Terminal terminal(home_.path());
  ASSERT_TRUE(terminal.Shows("n1 @0> "));
  terminal.HangUp();
  EXPECT_EQ(terminal.Wait(), 128 + SIGHUP);
}

}  // namespace
}  // namespace tidemark::client
