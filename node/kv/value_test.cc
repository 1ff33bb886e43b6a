#include "node/kv/value.h"

#include <string>

#include "gtest/gtest.h"
#include "node/kv/hash.h"

namespace tidemark::kv {
namespace {

TEST(ValueTest, AppendingGivesTheTextAndTheHashOfWritingItWhole) {
  Value grown("\"k\"", "[]");
  std::string whole = "[";
  for (int i = 0; i < 300; ++i) {
    const std::string element = std::string(static_cast<size_t>(i % 11), '9') + "1";
    grown.Append(element);
    whole += (i == 0 ? "" : ",") + element;
    ASSERT_EQ(grown.text(), whole + "]");
    ASSERT_EQ(grown.Hash(), Value("\"k\"", whole + "]").Hash()) << grown.text();
  }
}

TEST(ValueTest, AssigningForgetsWhatWasThereBefore) {
  Value value("1", "[1,2,3,4,5,6,7,8,9]");
  value.Assign("1", "[7]");
  value.Append("8");
  EXPECT_EQ(value.text(), "[7,8]");
  EXPECT_EQ(value.Hash(), Value("1", "[7,8]").Hash());
}

TEST(ValueTest, TheHashTellsKeysAndTextsApart) {
  EXPECT_NE(Value("1", "2").Hash(), Value("2", "1").Hash());
  EXPECT_NE(Value("1", "2").Hash(), Value("1", "\"2\"").Hash());
  for (size_t n = 1; n < 40; ++n) {
    const std::string zeros(n, '\0');
    EXPECT_NE(HashText(1, zeros), HashText(1, zeros + '\0')) << n;
    for (size_t at = 0; at < n; ++at) {
      std::string changed = zeros;
      changed[at] = 1;
      EXPECT_NE(HashText(1, zeros), HashText(1, changed)) << at << " of " << n;
    }
  }
}

// States are compared between processes, so the numbers may depend on nothing else.
TEST(ValueTest, TheHashIsTheSameInEveryProcess) {
  EXPECT_EQ(HashText(0, ""), 0x0u);
  EXPECT_EQ(HashText(7, "[1,2,3,4,5]"), 0xd9fefc72c5aacb54u);
}

TEST(ValueTest, OnlyAListIsAList) {
  EXPECT_TRUE(IsList("[]"));
  EXPECT_TRUE(IsList("[[1]]"));
  for (const char* other : {"", "[", "]", "1", "null", "\"[]\"", "{\"a\":[]}"}) {
    EXPECT_FALSE(IsList(other)) << other;
  }
}

}  // namespace
}  // namespace tidemark::kv
