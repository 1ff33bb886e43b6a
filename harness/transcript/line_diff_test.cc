#include "harness/transcript/line_diff.h"

#include <string>

#include "gtest/gtest.h"

namespace tidemark::transcript {
namespace {

TEST(LineDiff, TellsLinesWithTheirNumbers) {
  EXPECT_EQ(DiffLines("a\nb\nc\n", "a\nx\nc\n", false), "  -2  b\n  +2  x\n");
  EXPECT_EQ(DiffLines("a\nb\n", "a\nb\nc\nd\n", false), "  +3  c\n  +4  d\n");
  EXPECT_EQ(DiffLines("a\nb\nc\nd\n", "b\nc\ny\n", false), "  -1  a\n  -4  d\n  +3  y\n");
  EXPECT_EQ(DiffLines("", "a", false), "  +1  a\n");
}

TEST(LineDiff, NoDifferenceIsNoText) {
  EXPECT_EQ(DiffLines("a\nb\n", "a\nb\n", false), "");
  EXPECT_EQ(DiffLines("", "", true), "");
}

TEST(LineDiff, CutsLongLines) {
  const std::string told = DiffLines("", std::string(1000, 'x'), false);
  EXPECT_LT(told.size(), 400u);
  EXPECT_NE(told.find("… (1000 bytes)"), std::string::npos) << told;
}

TEST(LineDiff, HugeDifferencesAreToldInOnePiece) {
  std::string before, after;
  for (int i = 0; i < 3000; ++i) before += "b\n", after += "a\n";
  const std::string told = DiffLines(before, after, false);
  EXPECT_EQ(told.substr(0, 8), "  -1  b\n");
  EXPECT_NE(told.find("  -3000  b\n  +1  a\n"), std::string::npos);
}

TEST(LineDiff, Colours) { EXPECT_EQ(DiffLines("a\n", "", true), "  \033[31m-1  a\033[0m\n"); }

}  // namespace
}  // namespace tidemark::transcript
