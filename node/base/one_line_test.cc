#include "node/base/one_line.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace tidemark {
namespace {

TEST(OneLine, LeavesOrdinaryTextAlone) {
  for (const std::string_view text : {"", "n1", "a b\\c \"d\"", "é … 水 😀"}) {
    EXPECT_EQ(OneLine(text), text);
  }
}

TEST(OneLine, EscapesWhatEndsALineOrSteersATerminal) {
  EXPECT_EQ(OneLine("n1\nn2\r\t"), R"(n1\x0an2\x0d\x09)");
  EXPECT_EQ(OneLine("\x1b[2J\x7f"), R"(\x1b[2J\x7f)");
  EXPECT_EQ(OneLine(std::string_view("\0", 1)), R"(\x00)");
  EXPECT_EQ(OneLine("\u0085"), R"(\xc2\x85)");      // next line
  EXPECT_EQ(OneLine("\u2028"), R"(\xe2\x80\xa8)");  // line separator
  EXPECT_EQ(OneLine("\u202e"), R"(\xe2\x80\xae)");  // right to left from here
}

TEST(OneLine, EscapesWhatIsNotUtf8ByteByByte) {
  EXPECT_EQ(OneLine("a\xffz"), R"(a\xffz)");
  EXPECT_EQ(OneLine("\xc3"), R"(\xc3)");                  // cut
  EXPECT_EQ(OneLine("\xc3\nb"), R"(\xc3\x0ab)");          // not continued
  EXPECT_EQ(OneLine("\xc0\x8a"), R"(\xc0\x8a)");          // a newline, overlong
  EXPECT_EQ(OneLine("\xe0\x80\x8a"), R"(\xe0\x80\x8a)");  // and longer
  EXPECT_EQ(OneLine("\xed\xa0\x80"), R"(\xed\xa0\x80)");  // half a pair
}

TEST(OneLine, CutsBetweenCharacters) {
  EXPECT_EQ(OneLine("abcdef", 3), "abc...");
  EXPECT_EQ(OneLine("aé", 2), "a...");
  EXPECT_EQ(OneLine("aé", 3), "aé");
}

}  // namespace
}  // namespace tidemark
