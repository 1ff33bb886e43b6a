#include "client_cli/writer.h"

#include "gtest/gtest.h"

namespace tidemark::client {
namespace {

TEST(Writer, NamesCountUp) {
  Writer writer;
  EXPECT_FALSE(writer.is_open());
  writer.Open(37);
  EXPECT_TRUE(writer.is_open());
  EXPECT_EQ(writer.Begin(), (WriteName{37, 1}));
  EXPECT_EQ(writer.Begin(), (WriteName{37, 2}));
  writer.Close();
  EXPECT_FALSE(writer.is_open());
}

TEST(Writer, TellsTheFirstUnanswered) {
  Writer writer;
  writer.Open(37);
  const WriteName first = writer.Begin();
  const WriteName second = writer.Begin();
  EXPECT_EQ(writer.Once(second).Spaced(), R"({"client": 37, "seq": 2, "first_unanswered": 1})");
  writer.Settle(first);
  EXPECT_EQ(writer.Once(second).Spaced(), R"({"client": 37, "seq": 2, "first_unanswered": 2})");
}

TEST(Writer, AnEarlierClientsWritesAreNotThisOnes) {
  Writer writer;
  writer.Open(37);
  const WriteName earlier = writer.Begin();
  writer.Open(50);
  const WriteName now = writer.Begin();
  EXPECT_EQ(now, (WriteName{50, 1}));
  writer.Settle(earlier);
  EXPECT_EQ(writer.Once(now).Spaced(), R"({"client": 50, "seq": 1, "first_unanswered": 1})");
}

TEST(WriteName, AsMessagesCarryIt) {
  EXPECT_EQ(ToJson(WriteName{9, 3}).Spaced(), R"({"writer": 9, "seq": 3})");
}

}  // namespace
}  // namespace tidemark::client
