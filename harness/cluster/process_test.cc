#include "harness/cluster/process.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/cluster/temp_dir.h"
#include "harness/transcript/files.h"
#include "node/base/concat.h"

namespace tidemark::cluster {
namespace {

constexpr Duration kPatience = Duration::Millis(20'000);

std::unique_ptr<Process> Shell(const std::string& script, const std::string& stderr_file = "") {
  auto process = Process::Spawn({{"sh", "-c", script}, stderr_file});
  EXPECT_TRUE(process.ok()) << process.status();
  return *std::move(process);
}

// The next line, however long it takes; "(end)" at the end.
std::string NextLine(Process* process) {
  while (true) {
    if (auto line = process->NextLine()) return std::string(*line);
    if (process->output_ended()) return "(end)";
    if (!process->Await(kPatience)) return "(nothing)";
  }
}

bool IsGone(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

// Waits for the end of a process that need not be our child.
bool Ends(pid_t pid) {
  int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return errno == ESRCH;
  pollfd ended = {fd, POLLIN, 0};
  const bool got = poll(&ended, 1, 20'000) > 0;
  close(fd);
  return got;
}

TEST(Process, SpeaksInLines) {
  auto cat = Process::Spawn({{"cat"}, ""});
  ASSERT_TRUE(cat.ok());
  (*cat)->Write("one\ntwo\n");
  EXPECT_EQ(NextLine(cat->get()), "one");
  EXPECT_EQ(NextLine(cat->get()), "two");
  (*cat)->CloseStdin();
  EXPECT_EQ(NextLine(cat->get()), "(end)");
  EXPECT_EQ((*cat)->Reap(kPatience), (ExitStatus{0, 0}));
}

TEST(Process, NamesAProgramThatIsNotThere) {
  auto process = Process::Spawn({{"/no/such/node"}, ""});
  ASSERT_FALSE(process.ok());
  EXPECT_TRUE(absl::IsNotFound(process.status())) << process.status();
  EXPECT_NE(std::string(process.status().message()).find("/no/such/node"), std::string::npos);
}

TEST(Process, TellsHowItEnded) {
  EXPECT_EQ(Shell("exit 3")->Reap(kPatience), (ExitStatus{3, 0}));
  EXPECT_EQ(Shell("kill -ABRT $$")->Reap(kPatience), (ExitStatus{0, SIGABRT}));
  EXPECT_EQ((ExitStatus{3, 0}).ToString(), "exited with status 3");
  EXPECT_EQ((ExitStatus{0, SIGABRT}).ToString(), "was killed by signal 6 (Aborted)");
}

TEST(Process, KillLeavesNoZombie) {
  auto cat = Process::Spawn({{"cat"}, ""});
  ASSERT_TRUE(cat.ok());
  const pid_t pid = (*cat)->pid();
  EXPECT_EQ((*cat)->Kill(), (ExitStatus{0, SIGKILL}));
  EXPECT_TRUE(IsGone(pid));
  EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1);
}

TEST(Process, DestructionKills) {
  auto cat = Process::Spawn({{"cat"}, ""});
  ASSERT_TRUE(cat.ok());
  const pid_t pid = (*cat)->pid();
  cat->reset();
  EXPECT_TRUE(IsGone(pid));
}

TEST(Process, WhatItHasStartedGoesWithIt) {
  auto shell = Shell("cat >&2 & echo $!; wait");
  const pid_t grandchild = static_cast<pid_t>(std::atoi(NextLine(shell.get()).c_str()));
  ASSERT_GT(grandchild, 0);
  shell->Kill();
  EXPECT_TRUE(Ends(grandchild));
}

TEST(Process, DoesNotOutliveAHarnessThatIsKilled) {
  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  const pid_t harness = fork();
  if (harness == 0) {
    auto cat = Process::Spawn({{"cat"}, ""});
    const pid_t pid = cat.ok() ? (*cat)->pid() : 0;
    [[maybe_unused]] ssize_t wrote = write(pipe_fds[1], &pid, sizeof pid);
    raise(SIGKILL);
  }
  pid_t node = 0;
  ASSERT_EQ(read(pipe_fds[0], &node, sizeof node), static_cast<ssize_t>(sizeof node));
  ASSERT_GT(node, 0);
  waitpid(harness, nullptr, 0);
  EXPECT_TRUE(Ends(node));
  close(pipe_fds[0]);
  close(pipe_fds[1]);
}

TEST(Process, TenMebibytesBothWaysDoNotDeadlock) {
  auto cat = Process::Spawn({{"cat"}, ""});
  ASSERT_TRUE(cat.ok());
  constexpr size_t kLines = 10'240;
  const std::string line(1023, 'x');
  for (size_t i = 0; i < kLines; ++i) (*cat)->Write(line + "\n");
  (*cat)->CloseStdin();
  size_t came = 0;
  while (NextLine(cat->get()) == line) ++came;
  EXPECT_EQ(came, kLines);
  EXPECT_EQ((*cat)->Reap(kPatience), (ExitStatus{0, 0}));
}

TEST(Process, WritingToTheDeadIsHarmless) {
  auto shell = Shell("exit 0");
  EXPECT_EQ(NextLine(shell.get()), "(end)");
  shell->Reap(kPatience);
  shell->Write("anybody?\n");
  shell->Write("no?\n");
}

TEST(Process, ReapKillsWhatDoesNotEnd) {
  EXPECT_EQ(Shell("exec cat")->Reap(Duration{0}), (ExitStatus{0, SIGKILL}));
}

TEST(Process, ItsStderrGoesToAFile) {
  auto dir = TempDir::Create();
  ASSERT_TRUE(dir.ok());
  const std::string file = dir->path() + "/err";
  for (const char* word : {"one", "two"})
    Shell(Concat("echo ", word, " >&2"), file)->Reap(kPatience);
  EXPECT_EQ(*transcript::ReadFile(file), "one\ntwo\n");
}

TEST(Process, PausedItIsSilentAndResumedItGoesOn) {
  auto cat = Process::Spawn({{"cat"}, ""});
  ASSERT_TRUE(cat.ok());
  (*cat)->Pause();
  siginfo_t stopped = {};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>((*cat)->pid()), &stopped, WSTOPPED | WNOWAIT), 0);
  (*cat)->Write("hello\n");
  EXPECT_FALSE((*cat)->Await(Duration{0}));
  (*cat)->Resume();
  EXPECT_EQ(NextLine(cat->get()), "hello");
}

TEST(TempDir, IsGoneAtTheEndWithEverythingInIt) {
  std::string path;
  {
    auto dir = TempDir::Create();
    ASSERT_TRUE(dir.ok());
    path = dir->path();
    Shell(Concat("mkdir ", path, "/a && touch ", path, "/a/b"))->Reap(kPatience);
    EXPECT_EQ(access((path + "/a/b").c_str(), F_OK), 0);
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace tidemark::cluster
