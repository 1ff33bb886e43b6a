#include "harness/check/jsonl.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/check/testing/random_history.h"

namespace tidemark::check {
namespace {

using testing::HasSubstr;

std::string RoundTrip(std::string_view text) {
  const absl::StatusOr<History> history = ParseJsonl(text);
  if (!history.ok()) return history.status().ToString();
  std::string out;
  AppendJsonl(*history, &out);
  return out;
}

constexpr std::string_view kEach =
    R"({"session": 1, "f": "write", "key": "x", "value": [1,{"a":2.0}], "outcome": "ok", "index": 7, "invoked": 0, "returned": 12}
{"session": 1, "f": "ryw_read", "key": "x", "value": 3, "outcome": "ok", "index": 7, "need": 6, "invoked": 20, "returned": 21, "carried": false}
{"session": 2, "f": "cas", "key": null, "value": 4, "from": 3, "create_if_not_exists": true, "outcome": "failed", "invoked": 22, "returned": 30, "observed": true}
{"session": 2, "f": "delete", "key": 5, "outcome": "indeterminate", "invoked": 31}
{"session": 3, "f": "txn", "txn": [["r", "x", 3], ["r", "y", null], ["w", "x", null], ["append", "y", "z"]], "outcome": "ok", "index": 9, "invoked": 40, "returned": 41}
{"session": 4, "f": "read", "outcome": "ok", "invoked": 50, "returned": 60}
)";

TEST(Jsonl, EachFieldComesBack) { EXPECT_EQ(RoundTrip(kEach), kEach); }

TEST(Jsonl, WhatIsRead) {
  const absl::StatusOr<History> history = ParseJsonl(kEach);
  ASSERT_TRUE(history.ok()) << history.status();
  const Operation& cas = history->operations()[2];
  EXPECT_EQ(cas.session, 2u);
  EXPECT_EQ(cas.function, Function::kCas);
  EXPECT_EQ(cas.outcome, Outcome::kFailed);
  EXPECT_EQ(history->Text(cas.key), "null");
  EXPECT_EQ(history->Text(cas.value), "4");
  EXPECT_TRUE(cas.observed);
  EXPECT_TRUE(cas.carried);
  EXPECT_EQ(history->operations()[3].returned, kNever);
  EXPECT_EQ(history->txn(0)[1].value, kMissing);
  EXPECT_EQ(history->operations()[5].key, kMissing);
}

TEST(Jsonl, AnyOrderOfLinesAndBlankOnes) {
  const absl::StatusOr<History> history = ParseJsonl(
      "{\"session\":1,\"f\":\"read\",\"outcome\":\"ok\",\"invoked\":5,\"returned\":6}\n\n"
      "{\"session\":2,\"f\":\"read\",\"outcome\":\"ok\",\"invoked\":1,\"returned\":9}");
  ASSERT_TRUE(history.ok()) << history.status();
  EXPECT_EQ(history->operations()[0].session, 2u);
}

TEST(Jsonl, RandomHistoriesComeBack) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::string text;
    AppendJsonl(RandomHistory({.seed = seed, .txns = true, .appends = true}), &text);
    EXPECT_EQ(RoundTrip(text), text) << seed;
  }
}

struct Refusal {
  std::string_view line;
  std::string_view error;
};

class JsonlRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(JsonlRefuses, WithAReason) {
  const std::string first =
      "{\"session\":1,\"f\":\"read\",\"outcome\":\"ok\",\"invoked\":5,\"returned\":6}\n";
  const absl::StatusOr<History> history = ParseJsonl(first + std::string(GetParam().line));
  ASSERT_FALSE(history.ok());
  EXPECT_EQ(std::string(history.status().message()), "line 2: " + std::string(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, JsonlRefuses,
    testing::Values(
        Refusal{"[]", "expected an object"},
        Refusal{R"({"f":"read","outcome":"ok","invoked":5,"returned":6})",
                R"("session" must be an integer from 0 to 4294967295, not missing)"},
        Refusal{R"({"session":1,"f":"raed","outcome":"ok","invoked":5,"returned":6})",
                R"("f" must be one of "read" "ryw_read" "write" "cas" "delete" "txn", not "raed")"},
        Refusal{R"({"session":1,"f":"read","outcome":true,"invoked":5,"returned":6})",
                R"("outcome" must be one of "ok" "failed" "indeterminate", not true)"},
        Refusal{R"({"session":1,"f":"read","outcome":"ok","invoked":5,"returned":4})",
                R"("returned" must be an integer from 5 to 9223372036854775806, not 4)"},
        Refusal{R"({"session":1,"f":"read","outcome":"indeterminate","invoked":5,"returned":7})",
                R"("returned" must be left out of an indeterminate operation, not 7)"},
        Refusal{R"({"session":1,"f":"write","outcome":"ok","invoked":5,"returned":6})",
                R"("value" must be a value, not missing)"},
        Refusal{
            R"({"session":1,"f":"txn","txn":[["x",1,2]],"outcome":"ok","invoked":5,"returned":6})",
            R"("txn" must be a list of ["r", key, value], ["w", key, value] and ["append", key, value], not ["x", 1, 2])"},
        Refusal{R"({"session":1,"f":"read","indx":3,"outcome":"ok","invoked":5,"returned":6})",
                R"("indx" does not belong here; it is 3)"}));

TEST(Jsonl, BrokenJson) {
  EXPECT_THAT(RoundTrip("{\"session\": }"), HasSubstr("line 1: byte 13: "));
}

}  // namespace
}  // namespace tidemark::check
