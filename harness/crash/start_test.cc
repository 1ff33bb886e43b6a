// How a real node starts on a data directory, and how it ends.
#include <sys/stat.h>
#include <sys/types.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/cluster/process.h"
#include "harness/cluster/real_world.h"
#include "harness/cluster/temp_dir.h"
#include "harness/crash/dialogue.h"
#include "harness/node_program.h"
#include "node/wire/json.h"

namespace tidemark::crash {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr Duration kPatience = Duration::Millis(30'000);

std::string Init(const std::string& ids) {
  return absl::StrCat(R"({"src": "c0", "dest": "n1", "body": {"type": "init", "msg_id": 1, )",
                      R"("node_id": "n1", "node_ids": [)", ids, "]}}\n");
}
std::string Message(int msg_id, const std::string& body) {
  return absl::StrCat(R"({"src": "c1", "dest": "n1", "body": {"msg_id": )", msg_id, ", ", body,
                      "}}\n");
}
std::string WriteOf(int msg_id, int value) {
  return Message(msg_id, absl::StrCat(R"("type": "write", "key": "x", "value": )", value));
}
std::string ReadOf(int msg_id) { return Message(msg_id, R"("type": "read", "key": "x")"); }

std::vector<wire::Json::Member> RywRead(const std::string& key) {
  return {{"type", wire::Json::String("ryw_read")},
          {"key", wire::Json::String(key)},
          {"last_write_index", wire::Json::Number(int64_t{0})}};
}

// The record that says up to where the log is committed, as node/wire writes it.
std::string HintOf(int64_t index) {
  std::string bytes = "\7";
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(index >> shift);
  return bytes;
}

std::string NewestSegment(const std::string& directory) {
  std::string newest;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    const std::string path = file.path().string();
    if (path.find("/log-") != std::string::npos) newest = std::max(newest, path);
  }
  std::ifstream file(newest, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

struct Ended {
  std::vector<std::string> lines;
  cluster::ExitStatus status;
  std::string errors;
};

class StartTest : public ::testing::Test {
 protected:
  StartTest() : dir_(*cluster::TempDir::Create()), program_(*FindNodeProgram("")) {}

  std::string data_dir() const { return dir_.path() + "/data"; }

  std::unique_ptr<cluster::Process> Start(std::vector<std::string> args = {}) {
    const bool elsewhere = !args.empty() && args[0] == "--data-dir";
    if (!elsewhere) args.insert(args.begin(), {"--data-dir", data_dir()});
    args.insert(args.begin(), program_);
    auto process = cluster::Process::Spawn({args, dir_.path() + "/stderr"});
    EXPECT_TRUE(process.ok()) << process.status();
    return *std::move(process);
  }
  // All that it says to this input.
  Ended Run(const std::string& input, const std::vector<std::string>& args = {}) {
    return Hear(Start(args), input);
  }
  Ended RunProgram(const std::string& input, const std::vector<std::string>& command) {
    auto process = cluster::Process::Spawn({command, dir_.path() + "/stderr"});
    EXPECT_TRUE(process.ok()) << process.status();
    return Hear(*std::move(process), input);
  }
  Ended Hear(std::unique_ptr<cluster::Process> process, const std::string& input) {
    process->Write(input);
    process->CloseStdin();
    Ended ended;
    while (!process->output_ended() && process->Await(kPatience)) {
      while (const auto line = process->NextLine()) ended.lines.emplace_back(*line);
    }
    ended.status = process->Reap(kPatience);
    ended.errors = Errors();
    return ended;
  }
  std::string Errors() const {
    std::ifstream errors(dir_.path() + "/stderr");
    return std::string(std::istreambuf_iterator<char>(errors), {});
  }
  std::string NextLine(cluster::Process* process) {
    while (!process->output_ended()) {
      if (const auto line = process->NextLine()) return std::string(*line);
      if (!process->Await(kPatience)) break;
    }
    return "";
  }

  cluster::TempDir dir_;
  std::string program_;
  std::string forced_;  // the cluster's id
};

TEST_F(StartTest, ANodeThatIsAloneAnswersAPipedFileInItsOrder) {
  std::string input = Init("\"n1\"");
  std::vector<::testing::Matcher<std::string>> expected = {HasSubstr("init_ok")};
  for (int i = 1; i <= 100; ++i) {
    absl::StrAppend(&input, WriteOf(2 * i, i), ReadOf(2 * i + 1));
    expected.push_back(HasSubstr("write_ok"));
    expected.push_back(HasSubstr(absl::StrCat("\"value\": ", i, "}")));
  }
  const Ended ended = Run(input);
  EXPECT_EQ(ended.status, cluster::ExitStatus{});
  EXPECT_THAT(ended.lines, ::testing::ElementsAreArray(expected));
}

TEST_F(StartTest, WhatWasAcknowledgedIsThereAtTheNextStart) {
  Run(Init("\"n1\"") + WriteOf(2, 7));
  EXPECT_THAT(Run(Init("\"n1\"") + ReadOf(2)).lines,
              ElementsAre(HasSubstr("init_ok"), HasSubstr("\"value\": 7}")));
}

TEST_F(StartTest, AnotherClustersInitIsRefusedAndTheRightOneIsTakenAfterIt) {
  Run(Init("\"n1\"") + WriteOf(2, 7));
  const Ended ended = Run(Init("\"n1\", \"n2\"") + ReadOf(2) + Init("\"n1\"") + ReadOf(3));
  EXPECT_EQ(ended.status, cluster::ExitStatus{});
  EXPECT_THAT(ended.lines, ElementsAre(HasSubstr("\"code\": 12"), HasSubstr("not_initialized"),
                                       HasSubstr("init_ok"), HasSubstr("\"value\": 7}")));
}

TEST_F(StartTest, TwoNodesDoNotShareADirectory) {
  const auto first = Start();
  first->Write(Init("\"n1\""));
  EXPECT_THAT(NextLine(first.get()), HasSubstr("init_ok"));
  const Ended second = Run(Init("\"n1\""));
  EXPECT_EQ(second.status, (cluster::ExitStatus{3, 0}));
  EXPECT_THAT(second.lines, IsEmpty());
  EXPECT_THAT(second.errors, HasSubstr(data_dir()));
}

TEST_F(StartTest, ADamagedDirectoryIsNotStartedFrom) {
  Run(Init("\"n1\"") + WriteOf(2, 7));
  std::fstream log(data_dir() + "/n1/log-0000000000000001");
  log.seekp(200).put('!');
  ASSERT_TRUE(log.flush().good());
  const Ended ended = Run(Init("\"n1\"") + ReadOf(2));
  EXPECT_EQ(ended.status, (cluster::ExitStatus{3, 0}));
  EXPECT_THAT(ended.lines, IsEmpty());
  EXPECT_THAT(ended.errors, HasSubstr("log-0000000000000001"));
}

TEST_F(StartTest, ANodeKeepsToTheLimitsOfItsClusterAndSaysSo) {
  Run(Init("\"n1\"") + WriteOf(2, 7), {"--max-line-bytes", "300"});
  const std::string long_one =
      Message(2, absl::StrCat(R"("type": "echo", "echo": ")", std::string(300, 'x'), "\""));
  const Ended ended = Run(Init("\"n1\"") + ReadOf(3) + long_one);
  // A refusal waits for nothing, a read for what is committed.
  EXPECT_THAT(ended.lines,
              UnorderedElementsAre(HasSubstr("init_ok"), HasSubstr("\"value\": 7}"),
                                   HasSubstr(R"("limit": "max_line_bytes", "limit_bytes": 300})")));
  EXPECT_THAT(ended.errors, HasSubstr("n1 was started with max_line_bytes 1048576, "));
}

TEST_F(StartTest, ANodeWhoseLogCannotHoldWhatItsClusterTakesDoesNotStart) {
  Run(Init("\"n1\"") + WriteOf(2, 7), {"--max-line-bytes", "4194304"});
  const Ended ended = Run(Init("\"n1\"") + ReadOf(2));
  EXPECT_EQ(ended.status, (cluster::ExitStatus{3, 0}));
  EXPECT_THAT(ended.lines, IsEmpty());
  EXPECT_THAT(ended.errors, HasSubstr("Start it with --segment-bytes 16777216"));
  EXPECT_THAT(Run(Init("\"n1\"") + ReadOf(2), {"--segment-bytes", "16777216"}).lines,
              ElementsAre(HasSubstr("init_ok"), HasSubstr("\"value\": 7}")));
}

TEST_F(StartTest, AutoIsOneDirectoryForAllThatThisProcessStarts) {
  setenv("TMPDIR", dir_.path().c_str(), 1);
  Run(Init("\"n1\"") + WriteOf(2, 7), {"--data-dir", "auto"});
  EXPECT_THAT(Run(Init("\"n1\"") + ReadOf(2), {"--data-dir", "auto"}).lines,
              ElementsAre(HasSubstr("init_ok"), HasSubstr("\"value\": 7}")));
}

// Whoever starts another process there finds no lock.
TEST_F(StartTest, ANodeWhoseDirectoryIsTakenAwayStops) {
  for (const std::string what : {"/n1", "/n1/lock"}) {
    SCOPED_TRACE(what);
    const auto process = Start();
    process->Write(Init("\"n1\""));
    EXPECT_THAT(NextLine(process.get()), HasSubstr("init_ok"));
    std::filesystem::rename(data_dir() + what, dir_.path() + "/elsewhere");
    EXPECT_EQ(NextLine(process.get()), "");
    EXPECT_EQ(process->Reap(kPatience), (cluster::ExitStatus{4, 0}));
    EXPECT_THAT(Errors(), HasSubstr("n1 stops: " + data_dir() + "/n1/lock is no longer there"));
    std::filesystem::remove_all(dir_.path() + "/elsewhere");
  }
}

TEST_F(StartTest, APipeInAFilesPlaceIsRefusedAndNotWaitedFor) {
  Run(Init("\"n1\"") + WriteOf(2, 7));
  const std::string path = data_dir() + "/n1/identity";
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const Ended ended = Run(Init("\"n1\""));
  EXPECT_EQ(ended.status, (cluster::ExitStatus{3, 0}));
  EXPECT_THAT(ended.errors, HasSubstr(path + " is a pipe"));
}

TEST_F(StartTest, ANodeThatKeepsNothingSaysSo) {
  const Ended ended = RunProgram(Init("\"n1\""), {program_});
  EXPECT_EQ(ended.status, cluster::ExitStatus{});
  EXPECT_THAT(ended.lines, ElementsAre(HasSubstr("init_ok")));
  EXPECT_THAT(ended.errors, HasSubstr("n1 keeps its memory in this process alone"));
}

// What was committed and is on disk is served before there is a leader.
TEST_F(StartTest, ANodeServesWhatItKnewToBeCommitted) {
  cluster::WorldOptions options;
  options.names = {"n1", "n2", "n3"};
  options.command = {program_};
  options.data_dir = data_dir();
  cluster::RealWorld world(options);
  ASSERT_TRUE(world.StartAndInit(options.names).ok());
  Dialogue dialogue(&world, kPatience);
  const wire::Json written = *dialogue.Ask("n1", Write("x", "kept"));
  ASSERT_EQ(TypeOf(written), "write_ok");
  // Nothing else is written. So the nodes write by themselves how far they are.
  const auto all_have_noted = [&] {
    for (const std::string& name : options.names) {
      const std::string bytes = NewestSegment(data_dir() + "/" + name);
      if (bytes.find(HintOf(Integer(written, "commit_index"))) == std::string::npos) return false;
    }
    return true;
  };
  while (!all_have_noted() && world.Now().us < kPatience.us) dialogue.Listen(Duration::Millis(20));
  for (const std::string& name : options.names) ASSERT_TRUE(world.Kill(name).ok());

  for (const std::string& name : options.names) {
    ASSERT_TRUE(world.Start(name).ok());
    ASSERT_TRUE(world.Init(name).ok());
    EXPECT_EQ(Text(*dialogue.Ask(name, RywRead("x")), "value"), "kept") << name;
    ASSERT_TRUE(world.Kill(name).ok());
  }
}

TEST_F(StartTest, OneSurvivorBecomesANewCluster) {
  cluster::WorldOptions options;
  options.names = {"n1", "n2", "n3"};
  options.command = {program_};
  options.data_dir = data_dir();
  cluster::RealWorld world(options);
  ASSERT_TRUE(world.StartAndInit(options.names).ok());
  Dialogue dialogue(&world, kPatience);
  EXPECT_EQ(TypeOf(*dialogue.Ask("n1", Write("x", "kept"))), "write_ok");
  for (const std::string& name : options.names) ASSERT_TRUE(world.Kill(name).ok());

  const std::string ids = R"("n1", "n2", "n3")";
  const Ended unnamed = Run(Init(ids), {"--force-new-cluster"});
  EXPECT_EQ(unnamed.status, (cluster::ExitStatus{2, 0}));
  const size_t at = unnamed.errors.find("give --force-new-cluster=");
  ASSERT_NE(at, std::string::npos) << unnamed.errors;
  const std::string flag = unnamed.errors.substr(at + 5, 28);

  // Also where the flag is left there.
  for (const char* value : {"new", "newer"}) {
    ASSERT_TRUE(world.Start("n1", {flag}).ok());
    ASSERT_TRUE(world.Init("n1").ok());
    EXPECT_EQ(Text(*dialogue.Ask("n1", Read("x")), "value"),
              std::string(value) == "new" ? "kept" : "new");
    EXPECT_EQ(TypeOf(*dialogue.Ask("n1", Write("x", value))), "write_ok");
    const std::string cluster = Text(*dialogue.Ask("n1", Status()), "cluster");
    EXPECT_EQ(cluster, std::exchange(forced_, cluster).empty() ? cluster : forced_);
    ASSERT_TRUE(world.Kill("n1").ok());
  }
}

TEST_F(StartTest, ANewClusterIsNotForcedFromNothing) {
  const Ended ended = Run(Init("\"n1\""), {"--force-new-cluster=000000c1"});
  EXPECT_EQ(ended.status, (cluster::ExitStatus{3, 0}));
  EXPECT_THAT(ended.lines, IsEmpty());
}

}  // namespace
}  // namespace tidemark::crash
