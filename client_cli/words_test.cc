#include "client_cli/words.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "harness/base/status_text.h"

namespace tidemark::client {
namespace {

std::vector<std::string> Split(std::string_view line) {
  absl::StatusOr<std::vector<Word>> words = SplitWords(line);
  if (!words.ok()) return {"error", MessageOf(words.status())};
  std::vector<std::string> texts;
  for (const Word& word : *words) texts.push_back(word.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST(SplitWords, AtBlanks) {
  EXPECT_EQ(Split("write x new"), (Texts{"write", "x", "new"}));
  EXPECT_EQ(Split("  write\t x  new \r"), (Texts{"write", "x", "new"}));
  EXPECT_EQ(Split(""), Texts{});
  EXPECT_EQ(Split(" \t "), Texts{});
}

TEST(SplitWords, JsonStaysWhole) {
  EXPECT_EQ(Split(R"(w "a b" 1)"), (Texts{"w", R"("a b")", "1"}));
  EXPECT_EQ(Split(R"(w "a \" b")"), (Texts{"w", R"("a \" b")"}));
  EXPECT_EQ(Split(R"(w "a \\" b)"), (Texts{"w", R"("a \\")", "b"}));
  EXPECT_EQ(Split(R"(w {"a": [1, {"b": 2}]} x)"), (Texts{"w", R"({"a": [1, {"b": 2}]})", "x"}));
  EXPECT_EQ(Split(R"(w [1, 2, [3]] {})"), (Texts{"w", "[1, 2, [3]]", "{}"}));
  EXPECT_EQ(Split(R"(w {"}]": "{["} x)"), (Texts{"w", R"({"}]": "{["})", "x"}));
}

TEST(SplitWords, SingleQuotesKeepTogetherAndGo) {
  EXPECT_EQ(Split(R"(w 'a "b" {c' '')"), (Texts{"w", R"(a "b" {c)", ""}));
  EXPECT_TRUE((*SplitWords("'a'"))[0].single);
  EXPECT_FALSE((*SplitWords("a"))[0].single);
}

TEST(SplitWords, QuotesInsideAWordArePartOfIt) {
  EXPECT_EQ(Split(R"(it's a"b)"), (Texts{"it's", R"(a"b)"}));
}

TEST(SplitWords, Comments) {
  EXPECT_EQ(Split("# write x 1"), Texts{});
  EXPECT_EQ(Split("#write x 1"), Texts{});
  EXPECT_EQ(Split("get x # what was it"), (Texts{"get", "x"}));
  EXPECT_EQ(Split("write colour #ff0000"), (Texts{"write", "colour", "#ff0000"}));
  EXPECT_EQ(Split("write x '#'"), (Texts{"write", "x", "#"}));
}

TEST(SplitWords, SaysWhatIsNotClosed) {
  EXPECT_EQ(Split("w {\"a\": 1"), (Texts{"error", "the { of {\"a\": 1 is never closed"}));
  EXPECT_EQ(Split("w \"a b"), (Texts{"error", "the \" of \"a b is never closed"}));
  EXPECT_EQ(Split("w [\"a]"), (Texts{"error", "the [ of [\"a] is never closed"}));
  EXPECT_EQ(Split("w 'a"), (Texts{"error", "the ' of 'a is never closed"}));
  EXPECT_EQ(Split("w \"a\\"), (Texts{"error", "the \" of \"a\\ is never closed"}));
  EXPECT_EQ(Split("w \"a\"b"), (Texts{"error", "a blank is missing behind \"a\""}));
}

std::string JsonOf(std::string text, bool single = false) {
  absl::StatusOr<wire::Json> json = ToJson({std::move(text), single});
  return json.ok() ? json->Spaced() : "error: " + MessageOf(json.status());
}

TEST(ToJson, WhatIsJsonIsJson) {
  EXPECT_EQ(JsonOf("1"), "1");
  EXPECT_EQ(JsonOf("1.0"), "1.0");
  EXPECT_EQ(JsonOf("-12345678901234567890123456789"), "-12345678901234567890123456789");
  EXPECT_EQ(JsonOf("true"), "true");
  EXPECT_EQ(JsonOf("null"), "null");
  EXPECT_EQ(JsonOf("\"1\""), "\"1\"");
  EXPECT_EQ(JsonOf("{\"b\":1,\"a\":[]}"), "{\"b\": 1, \"a\": []}");
}

TEST(ToJson, AnythingElseIsAString) {
  EXPECT_EQ(JsonOf("new"), "\"new\"");
  EXPECT_EQ(JsonOf("007"), "\"007\"");
  EXPECT_EQ(JsonOf("True"), "\"True\"");
  EXPECT_EQ(JsonOf("a b", true), "\"a b\"");
  EXPECT_EQ(JsonOf("", true), "\"\"");
  EXPECT_EQ(JsonOf("grün"), "\"grün\"");
  EXPECT_EQ(JsonOf("a\"b\\c"), R"("a\"b\\c")");
}

TEST(ToJson, WhatWasMeantAsJsonAndIsNoneIsRefused) {
  EXPECT_EQ(JsonOf("{a: 1}").substr(0, 24), "error: {a: 1} is not JSO");
  EXPECT_EQ(JsonOf("[1,]").substr(0, 7), "error: ");
  EXPECT_EQ(JsonOf(R"("\q")").substr(0, 7), "error: ");
  EXPECT_EQ(JsonOf("{\"a\": 1, \"a\": 2}").substr(0, 7), "error: ");
  EXPECT_EQ(JsonOf("{a: 1}", true), "\"{a: 1}\"");
}

TEST(ToJson, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(JsonOf("\xff").substr(0, 28), "error: a word is not UTF-8: ");
}

}  // namespace
}  // namespace tidemark::client
