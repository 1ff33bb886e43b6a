#include "harness/transcript/diff.h"

#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace tidemark::transcript {
namespace {

using Strings = std::vector<std::string>;

Difference Diff(std::string_view expected, std::string_view came) {
  return DiffJson(*wire::ParseJson(expected), *wire::ParseJson(came));
}

Strings Parts(const Marked& marked) {
  Strings parts;
  for (const auto& [begin, end] : marked.marks) {
    parts.push_back(marked.text.substr(begin, end - begin));
  }
  return parts;
}

TEST(Diff, MarksTheValuesThatDiffer) {
  Difference diff = Diff(R"({"a":1,"b":{"c":[1,2]}})", R"({"a": 1, "b": {"c": [1, 3]}})");
  EXPECT_EQ(diff.expected.text, R"({"a": 1, "b": {"c": [1, 2]}})");
  EXPECT_EQ(Parts(diff.expected), Strings{"2"});
  EXPECT_EQ(Parts(diff.came), Strings{"3"});
  EXPECT_EQ(diff.fields, Strings{"b.c[1]: expected 2, came 3"});
}

TEST(Diff, MarksWhatOnlyOneHas) {
  Difference diff = Diff(R"({"a": 1, "b": 2})", R"({"a": 1, "c": [3]})");
  EXPECT_EQ(Parts(diff.expected), Strings{R"("b": 2)"});
  EXPECT_EQ(Parts(diff.came), Strings{R"("c": [3])"});
  EXPECT_EQ(diff.fields, (Strings{"b: expected 2, came nothing", "c: expected nothing, came [3]"}));
}

TEST(Diff, AnyDiffersFromNothing) {
  Difference diff = Diff(R"({"a": "<any>", "b": 2})", R"({"a": {"x": 1}, "b": 3})");
  EXPECT_EQ(Parts(diff.expected), Strings{"2"});
  EXPECT_EQ(Parts(diff.came), Strings{"3"});
  EXPECT_EQ(diff.fields.size(), 1u);
}

TEST(Diff, InBytesFromTheFirstThatDiffers) {
  Difference diff = DiffBytes(R"({"a":1})", R"({"a": 1})");
  EXPECT_EQ(Parts(diff.expected), Strings{"1}"});
  EXPECT_EQ(Parts(diff.came), Strings{" 1}"});
  EXPECT_EQ(diff.fields, Strings{"the texts differ from byte 6 on"});
}

}  // namespace
}  // namespace tidemark::transcript
