#include "harness/check_command.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tidemark {
namespace {

using testing::HasSubstr;

struct Ran {
  int exit_status = -1;
  std::string out;
  std::string error;
  std::string refused;  // by the command line
};

Ran RunCheck(std::vector<std::string> arguments) {
  Ran ran;
  CLI::App app;
  AddCheckCommand(&app, &ran.exit_status);
  arguments.insert(arguments.begin(), "check");
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    ran.refused = error.what();
  }
  ran.out = testing::internal::GetCapturedStdout();
  ran.error = testing::internal::GetCapturedStderr();
  return ran;
}

std::string File(const std::string& name) { return "testdata/histories/" + name; }

TEST(CheckCommand, HistoriesThatKeepEverything) {
  const Ran ran = RunCheck({File("cas_register.edn"), File("lin_kv.edn"), File("list_append.edn"),
                            File("sessions.history")});
  EXPECT_EQ(ran.exit_status, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("ok      testdata/histories/lin_kv.edn  8 operations"));
  EXPECT_THAT(ran.out, HasSubstr("    cas: 1 failed, 1 indeterminate\n"));
  EXPECT_THAT(ran.out, HasSubstr("    checked: values search\n"));
  EXPECT_THAT(ran.out, HasSubstr("    checked: indexes values lists witness\n"));
}

TEST(CheckCommand, AViolationIsToldInWords) {
  const Ran ran = RunCheck({File("sessions.history"), File("sessions_stale.history")});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_THAT(ran.out,
              HasSubstr("FAILED  testdata/histories/sessions_stale.history  3 operations"));
  EXPECT_THAT(ran.out, HasSubstr("\n  read-your-writes: #2 (session 1: ryw_read \"x\" -> 1; ok, "
                                 "index 5, need 4, time 40 to 41) read of key \"x\" what #0"));
}

TEST(CheckCommand, TheSearchFindsAStaleRegister) {
  const Ran ran = RunCheck({File("cas_register_stale.edn")});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_THAT(ran.out, HasSubstr("\n  linearizability: of 4 operations"));
}

TEST(CheckCommand, ASpentBudgetFails) {
  const Ran ran = RunCheck({"--budget=1", "--checks=search", File("cas_register.edn")});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_THAT(ran.out, HasSubstr("\n  unknown: no order"));
}

TEST(CheckCommand, WhatCannotBeRead) {
  EXPECT_EQ(RunCheck({File("no_such.edn"), File("sessions_stale.history")}).exit_status, 2);
  const std::string path = testing::TempDir() + "/broken.jsonl";
  std::ofstream(path) << "{\"session\": -1}\n";
  const Ran ran = RunCheck({path});
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_THAT(ran.error, HasSubstr("broken.jsonl: line 1: \"session\" must be an integer from 0 to "
                                   "4294967295, not -1"));
}

std::string Written(const std::string& name, const std::string& text) {
  std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path) << text;
  return path;
}

// The register holds 1, and a read of it that is over finds nothing.
TEST(CheckCommand, AReadOfNilIsJudged) {
  const Ran ran = RunCheck({Written("nil.edn", R"(
      {:type :invoke, :f :write, :value 1, :process 0}
      {:type :ok, :f :write, :value 1, :process 0}
      {:type :invoke, :f :read, :value nil, :process 1}
      {:type :ok, :f :read, :value nil, :process 1})")});
  EXPECT_EQ(ran.exit_status, 1) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("\n  linearizability: of 2 operations"));
}

TEST(CheckCommand, BehindTheChecksStandFiles) {
  const Ran ran =
      RunCheck({"--checks=search", File("cas_register.edn"), File("cas_register_stale.edn")});
  EXPECT_EQ(ran.refused, "");
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_THAT(ran.out, HasSubstr("ok      testdata/histories/cas_register.edn"));
  EXPECT_THAT(ran.out, HasSubstr("FAILED  testdata/histories/cas_register_stale.edn"));
  EXPECT_EQ(RunCheck({"--checks", "values,search", File("cas_register.edn")}).exit_status, 0);
}

TEST(CheckCommand, WhoIsNoSessionIsTold) {
  const Ran ran = RunCheck({Written("nemesis.edn", R"(
      {:type :info, :f :start, :value nil, :process :nemesis}
      {:type :invoke, :f :write, :value 1, :process 0}
      {:type :invoke, :f :write, :value 2, :process "w"})")});
  EXPECT_EQ(ran.exit_status, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("\n    left out: 1 event of process :nemesis\n"));
  EXPECT_THAT(ran.out, HasSubstr("\n    left out: 1 event of process \"w\", which is no whole "
                                 "number from 0\n"));
}

TEST(CheckCommand, AnEmptyHistoryIsAnError) {
  for (const char* name : {"empty.edn", "empty.history"}) {
    const Ran ran = RunCheck({Written(name, "\n")});
    EXPECT_EQ(ran.exit_status, 2) << name;
    EXPECT_THAT(ran.error, HasSubstr(std::string(name) + ": there is no operation in it")) << name;
  }
  EXPECT_EQ(
      RunCheck({Written("only.edn", "{:type :info, :f :start, :process :nemesis}")}).exit_status,
      2);
}

TEST(CheckCommand, UnknownChecksAreRefused) {
  EXPECT_THAT(RunCheck({"--checks=prayer", File("cas_register.edn")}).refused, HasSubstr("prayer"));
}

// Twenty open writes that nobody saw, any of which a delete may have found: the search must not try
// them all.
TEST(CheckCommand, ManyOpenUpdatesAreSearchedInTime) {
  EXPECT_EQ(RunCheck({"--checks=search", File("many_open_updates.history")}).exit_status, 0);
}

}  // namespace
}  // namespace tidemark
