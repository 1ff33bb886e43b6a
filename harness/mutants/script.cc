#include "harness/mutants/script.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "harness/mutants/child.h"
#include "node/base/assert.h"

namespace tidemark::mutants {
namespace {

constexpr unsigned kLongestSeconds = 60;

// Bazel tells gtest through them to run a part of the tests and to report, which is ours to do.
void ForgetBazel() {
  for (const char* name : {"GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX", "GTEST_SHARD_STATUS_FILE",
                           "GTEST_OUTPUT", "XML_OUTPUT_FILE", "TESTBRIDGE_TEST_ONLY"}) {
    unsetenv(name);
  }
}

int Play(const std::string& name) {
  ForgetBazel();
  testing::GTEST_FLAG(filter) = name;
  return RUN_ALL_TESTS();
}

bool SaysGtest(absl::string_view line) {
  return line.empty() || absl::StartsWith(line, "[") || absl::StartsWith(line, "Running ") ||
         absl::StartsWith(line, "Note: ");
}

// The last line of the first failure; where an assertion ended it, the first that is not gtest's.
std::string WhatItSays(absl::string_view output) {
  const std::vector<absl::string_view> lines = absl::StrSplit(output, '\n');
  absl::string_view last;
  bool failed = false;
  for (const absl::string_view line : lines) {
    const bool begins = absl::EndsWith(line, ": Failure");
    if (failed && (begins || absl::StartsWith(line, "["))) break;
    failed = failed || begins;
    if (failed && !line.empty()) last = line;
  }
  if (failed) return std::string(last);
  for (const absl::string_view line : lines) {
    if (!SaysGtest(line)) return std::string(line);
  }
  return "";
}

}  // namespace

bool HasScript(const std::string& name) {
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      if (absl::StrCat(suite.name(), ".", suite.GetTestInfo(j)->name()) == name) return true;
    }
  }
  return false;
}

Found PlayScript(const std::string& name) {
  TM_ASSERT(HasScript(name));
  const auto [status, said] = RunInChild(kLongestSeconds, [&] { return Play(name); });
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const bool failed = (WIFEXITED(status) && WEXITSTATUS(status) == 1) ||
                      (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  if (failed) return {name, WhatItSays(said), 0, 0};
  return {"no script", absl::StrCat(name, " ended with status ", status, ": ", said), 0, 0};
}

}  // namespace tidemark::mutants
