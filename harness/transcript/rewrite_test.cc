#include "harness/transcript/rewrite.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tidemark::transcript {
namespace {

std::string Said(const std::string& what) {
  return R"({"src": "n1", "dest": "c1", "body": {"say": )" + what + "}}";
}

// A transcript of an input and the `expected` lines behind it, rewritten to what came.
class RewriteTest : public ::testing::Test {
 protected:
  static constexpr char kInput[] = R"({"src": "c1", "dest": "n1", "body": {}})";

  Rewritten Rewriting(const std::vector<std::string>& expected,
                      const std::vector<std::string>& came) {
    std::string text = std::string(kInput) + "\n";
    for (const std::string& line : expected) text += line + "\n";
    auto script = ParseScript(text);
    EXPECT_TRUE(script.ok()) << script.status();
    Block block{0, {}, {}};
    for (const std::string& line : came) block.came.push_back({line, 0});
    for (size_t i = 1; i < script->lines.size(); ++i) {
      if (std::holds_alternative<Expected>(script->lines[i].step)) block.expected.push_back(i);
    }
    return Rewrite(*script, {block}, MatchMode::kJson);
  }
  // Without the input.
  std::string Text(const std::vector<std::string>& expected, const std::vector<std::string>& came) {
    const std::string text = Rewriting(expected, came).text;
    EXPECT_EQ(text.substr(0, sizeof kInput), std::string(kInput) + "\n");
    return text.substr(sizeof kInput);
  }
};

TEST_F(RewriteTest, WhatMatchesStaysByteForByte) {
  const std::string oddly = R"( {"dest":"c1","src":"n1","body":{"say":1}})";
  Rewritten rewritten = Rewriting({oddly, "", R"({"note":"x"})"}, {Said("1")});
  EXPECT_EQ(rewritten.text, std::string(kInput) + "\n" + oddly + "\n\n{\"note\":\"x\"}\n");
  EXPECT_EQ(rewritten.added + rewritten.removed, 0);
}

TEST_F(RewriteTest, ReplacesWhatDiffers) {
  EXPECT_EQ(Text({Said("1"), Said("2"), Said("3")}, {Said("1"), Said("9"), Said("3")}),
            Said("1") + "\n" + Said("9") + "\n" + Said("3") + "\n");
}

TEST_F(RewriteTest, RemovesWhatDidNotComeAndKeepsTheRest) {
  const std::string third = R"({"src":"n1","dest":"c1","body":{"say":3}})";
  EXPECT_EQ(Text({Said("1"), Said("2"), "", third}, {Said("1"), Said("3")}),
            Said("1") + "\n\n" + third + "\n");
}

TEST_F(RewriteTest, InsertsBehindTheLastLineThatDidSomething) {
  EXPECT_EQ(Text({Said("1"), "", R"({"note": "next"})"}, {Said("1"), Said("2")}),
            Said("1") + "\n" + Said("2") + "\n\n{\"note\": \"next\"}\n");
  EXPECT_EQ(Text({"", R"({"note": "next"})"}, {Said("2")}),
            Said("2") + "\n\n{\"note\": \"next\"}\n");
}

TEST_F(RewriteTest, InsertsInTheMiddle) {
  EXPECT_EQ(Text({Said("1"), Said("3")}, {Said("1"), Said("2"), Said("3")}),
            Said("1") + "\n" + Said("2") + "\n" + Said("3") + "\n");
}

TEST_F(RewriteTest, AnAnySurvives) {
  EXPECT_EQ(Text({Said(R"({"time": "<any>", "x": 1})")}, {Said(R"({"time": 7, "x": 2})")}),
            Said(R"({"time": "<any>", "x": 2})") + "\n");
}

std::string Answered(int request, const std::string& what) {
  return R"({"src": "n1", "dest": "c1", "body": {"in_reply_to": )" + std::to_string(request) +
         R"(, "say": )" + what + "}}";
}

// Its place and its "<any>" are the first request's, not whoever's answer comes first.
TEST_F(RewriteTest, NoLineIsReplacedByTheAnswerToAnotherRequest) {
  EXPECT_EQ(Text({Answered(1, "\"<any>\""), Answered(2, "5")}, {Answered(2, "6")}),
            Answered(2, "6") + "\n");
  EXPECT_EQ(Text({Answered(1, "\"<any>\"")}, {Answered(2, "6"), Answered(1, "7")}),
            Answered(2, "6") + "\n" + Answered(1, "\"<any>\"") + "\n");
  const std::string elsewhere = R"({"src": "n2", "dest": "c1", "body": {"in_reply_to": 1}})";
  EXPECT_EQ(Rewriting({Answered(1, "\"<any>\"")}, {elsewhere}).text,
            std::string(kInput) + "\n" + elsewhere + "\n");
}

TEST_F(RewriteTest, AMissingLastNewlineStaysMissing) {
  auto script = ParseScript(std::string(kInput) + "\n" + Said("1"));
  ASSERT_TRUE(script.ok());
  EXPECT_EQ(Rewrite(*script, {{0, {1}, {{Said("2"), 0}}}}, MatchMode::kJson).text,
            std::string(kInput) + "\n" + Said("2"));
}

}  // namespace
}  // namespace tidemark::transcript
