#include "client_cli/writer.h"

#include "gtest/gtest.h"

namespace tidemark::client {
namespace {

TEST(Writer, NamesCountUp) {
  Writer writer;
  EXPECT_FALSE(writer.is_open());
  writer.Open(37, 0xab);
  EXPECT_TRUE(writer.is_open());
  EXPECT_EQ(writer.Begin(), (WriteName{37, 1}));
  EXPECT_EQ(writer.Begin(), (WriteName{37, 2}));
  writer.Close();
  EXPECT_FALSE(writer.is_open());
}

TEST(Writer, TellsTheFirstUnanswered) {
  Writer writer;
  writer.Open(37, 0xab);
  const WriteName first = writer.Begin();
  const WriteName second = writer.Begin();
  EXPECT_EQ(writer.Once(second).Spaced(),
            R"({"client": 37, "seq": 2, "key": "00000000000000ab", "first_unanswered": 1})");
  writer.Settle(first);
  EXPECT_EQ(writer.Once(second).Spaced(),
            R"({"client": 37, "seq": 2, "key": "00000000000000ab", "first_unanswered": 2})");
}

TEST(Writer, AnEarlierClientsWritesAreNotThisOnes) {
  Writer writer;
  writer.Open(37, 0xab);
  const WriteName earlier = writer.Begin();
  writer.Open(50, 0xcd);
  const WriteName now = writer.Begin();
  EXPECT_EQ(now, (WriteName{50, 1}));
  writer.Settle(earlier);
  EXPECT_EQ(writer.Once(now).Spaced(),
            R"({"client": 50, "seq": 1, "key": "00000000000000cd", "first_unanswered": 1})");
}

TEST(WriteName, AsMessagesCarryIt) {
  EXPECT_EQ(ToJson(WriteName{9, 3}, 0xab).Spaced(),
            R"({"writer": 9, "seq": 3, "tag": "00000000000000ab"})");
}

TEST(Writer, KnowsTheTagsOfItsOwnNames) {
  Writer writer;
  writer.Open(37, 0xab);
  const WriteName earlier = writer.Begin();
  writer.Open(50, 0xcd);
  ASSERT_TRUE(writer.TagOf(earlier));
  EXPECT_NE(writer.TagOf(earlier), writer.TagOf({37, 2}));
  EXPECT_NE(writer.TagOf(earlier), writer.TagOf({50, 1}));
  EXPECT_EQ(writer.TagOf({38, 1}), std::nullopt) << "somebody else's";
}

TEST(Hex16, IsExactlySixteenDigits) {
  EXPECT_EQ(ParseHex16("fedcba9876543210"), 0xfedcba9876543210u);
  for (const char* bad : {"", "ab", "FEDCBA9876543210", "fedcba98765432100", "0xfedcba98765432"}) {
    EXPECT_EQ(ParseHex16(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace tidemark::client
