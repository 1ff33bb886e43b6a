#include "harness/transcript/match.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace tidemark::transcript {
namespace {

wire::Json Parsed(std::string_view text) {
  auto json = wire::ParseJson(text);
  EXPECT_TRUE(json.ok()) << text;
  return *std::move(json);
}

bool AsJson(std::string_view expected, std::string_view came) {
  return Matches(expected, Parsed(expected), came, MatchMode::kJson);
}
bool AsBytes(std::string_view expected, std::string_view came) {
  return Matches(expected, Parsed(expected), came, MatchMode::kBytes);
}

TEST(Match, InJsonOrderAndSpaceDoNotCount) {
  EXPECT_TRUE(AsJson(R"({"a":1,"b":[1,2]})", R"({"b": [1, 2], "a": 1})"));
  EXPECT_TRUE(AsJson(R"({"a": "é"})", R"({"a": "\u00e9"})"));
}

TEST(Match, InJsonEverythingElseCounts) {
  EXPECT_FALSE(AsJson(R"({"a": 1})", R"({"a": 2})"));
  EXPECT_FALSE(AsJson(R"({"a": 1})", R"({"a": "1"})"));
  EXPECT_FALSE(AsJson(R"({"a": 1})", R"({"a": 1.0})"));
  EXPECT_FALSE(AsJson(R"({"a": 1})", R"({"a": 1, "b": 2})"));
  EXPECT_FALSE(AsJson(R"({"a": 1, "b": 2})", R"({"a": 1})"));
  EXPECT_FALSE(AsJson(R"({"a": [1, 2]})", R"({"a": [2, 1]})"));
  EXPECT_FALSE(AsJson(R"({"a": [1, 2]})", R"({"a": [1]})"));
  EXPECT_FALSE(AsJson(R"({"a": null})", R"({"a": false})"));
  EXPECT_FALSE(AsJson(R"({"a": 1})", "no json"));
}

TEST(Match, InBytesEachCounts) {
  EXPECT_TRUE(AsBytes(R"({"a": 1})", R"({"a": 1})"));
  EXPECT_FALSE(AsBytes(R"({"a": 1})", R"({"a":1})"));
  EXPECT_FALSE(AsBytes(R"({"a": 1, "b": 2})", R"({"b": 2, "a": 1})"));
}

TEST(Match, AnyStandsForAnyValue) {
  for (const char* value : {"1", "\"x\"", "null", "[1, 2]", R"({"b": 3})"}) {
    const std::string came = std::string(R"({"a": )") + value + R"(, "c": 4})";
    EXPECT_TRUE(AsJson(R"({"c":4,"a":"<any>"})", came)) << came;
    EXPECT_TRUE(AsBytes(R"({"a": "<any>", "c": 4})", came)) << came;
  }
}

TEST(Match, AnyIsAValueAndNoMore) {
  EXPECT_FALSE(AsJson(R"({"a": "<any>", "c": 4})", R"({"c": 4})"));
  EXPECT_FALSE(AsJson(R"({"a": "<any>", "c": 4})", R"({"a": 1, "c": 5})"));
  EXPECT_FALSE(AsBytes(R"({"a": "<any>", "c": 4})", R"({"a": 1, "c": 5})"));
  EXPECT_FALSE(AsBytes(R"({"a": "<any>", "c": 4})", R"({"a":1,"c":4})")) << "another spelling";
  EXPECT_FALSE(AsBytes(R"({"a": "<any>", "c": 4})", R"({"c": 4, "a": 1})")) << "another order";
  EXPECT_FALSE(AsJson(R"({"a": "<any> "})", R"({"a": 1})"));
}

bool Occasion(std::string_view expected, std::string_view came) {
  return SameOccasion(*wire::ParseJson(expected), *wire::ParseJson(came));
}

TEST(Match, OnlyTheSameRequestOfTheSameClientToTheSameNodeIsTheSameOccasion) {
  constexpr std::string_view kOk =
      R"({"src": "n1", "dest": "c1", "body": {"type": "read_ok", "in_reply_to": 2, "value": 1}})";
  EXPECT_TRUE(
      Occasion(kOk, R"({"src": "n1", "dest": "c1", "body": {"type": "error", "in_reply_to": 2}})"));
  for (const char* other : {R"({"src": "n2", "dest": "c1", "body": {"in_reply_to": 2}})",
                            R"({"src": "n1", "dest": "c2", "body": {"in_reply_to": 2}})",
                            R"({"src": "n1", "dest": "c1", "body": {"in_reply_to": 3}})",
                            R"({"src": "n1", "dest": "c1", "body": {"type": "read_ok"}})",
                            R"({"src": "n1", "dest": "c1"})", R"({"exit": {"node": "n1"}})"}) {
    EXPECT_FALSE(Occasion(kOk, other)) << other;
    EXPECT_FALSE(Occasion(other, kOk)) << other;
  }
}

TEST(Match, MessagesThatAnswerNothingAreToldApartByType) {
  constexpr std::string_view kVote =
      R"({"src": "n1", "dest": "n2", "body": {"type": "vote", "term": 2}})";
  EXPECT_TRUE(Occasion(kVote, R"({"src": "n1", "dest": "n2", "body": {"type": "vote"}})"));
  EXPECT_FALSE(Occasion(kVote, R"({"src": "n1", "dest": "n2", "body": {"type": "news"}})"));
  EXPECT_TRUE(Occasion(R"({"src": "n1", "dest": "n2", "body": "<any>"})", kVote));
  EXPECT_TRUE(Occasion(R"({"exit": {"node": "n1", "status": 0}})",
                       R"({"exit": {"node": "n1", "signal": 6}})"));
  EXPECT_FALSE(Occasion(R"({"exit": {"node": "n1"}})", R"({"exit": {"node": "n2"}})"));
}

}  // namespace
}  // namespace tidemark::transcript
