#include "node/kv/item.h"

#include <string>

#include "gtest/gtest.h"
#include "node/kv/hash.h"

namespace tidemark::kv {
namespace {

TEST(ItemTest, AppendingGivesTheTextAndTheHashOfWritingItWhole) {
  ItemPtr grown;
  std::string whole = "[";
  for (int i = 0; i < 300; ++i) {
    const std::string element = std::string(static_cast<size_t>(i % 11), '9') + "1";
    if (grown == nullptr) {
      grown = Item::List("\"k\"", element, 0);
    } else if (grown->FitsWith(element)) {
      grown->Append(element);
    } else {
      grown = Item::Longer(*grown, element, 0);
    }
    whole += (i == 0 ? "" : ",") + element;
    ASSERT_EQ(grown->text(), whole + "]");
    ASSERT_EQ(grown->Hash(), Item::New("\"k\"", whole + "]", 0)->Hash()) << grown->text();
  }
}

TEST(ItemTest, AListThatGrowsIsMovedEverMoreSeldom) {
  ItemPtr list = Item::List("1", "1", 0);
  size_t moves = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (list->FitsWith("1")) {
      list->Append("1");
    } else {
      list = Item::Longer(*list, "1", 0);
      ++moves;
    }
  }
  EXPECT_LT(moves, 30u);
}

TEST(ItemTest, AssigningForgetsWhatWasThereBefore) {
  ItemPtr item = Item::New("1", "[1,2,3,4,5,6,7,8,9]", 7);
  ASSERT_TRUE(item->Fits(3));
  item->Assign("[7]");
  item->Append("8");
  EXPECT_EQ(item->key(), "1");
  EXPECT_EQ(item->text(), "[7,8]");
  EXPECT_EQ(item->epoch(), 7u);
  EXPECT_EQ(item->Hash(), Item::New("1", "[7,8]", 0)->Hash());
}

TEST(ItemTest, WhatIsMuchSmallerOrLargerIsNotPutInItsPlace) {
  const ItemPtr item = Item::New("1", std::string(1000, '1'), 0);
  EXPECT_TRUE(item->Fits(1000));
  EXPECT_TRUE(item->Fits(500));
  EXPECT_FALSE(item->Fits(100));
  EXPECT_FALSE(item->Fits(1017));
}

TEST(ItemTest, TheHashTellsKeysAndTextsApart) {
  const auto hash = [](const char* key, const char* text) {
    return Item::New(key, text, 0)->Hash();
  };
  EXPECT_NE(hash("1", "2"), hash("2", "1"));
  EXPECT_NE(hash("1", "2"), hash("1", "\"2\""));
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
TEST(ItemTest, TheHashIsTheSameInEveryProcess) {
  EXPECT_EQ(HashText(0, ""), 0x0u);
  EXPECT_EQ(HashText(7, "[1,2,3,4,5]"), 0xd9fefc72c5aacb54u);
}

TEST(ItemTest, OnlyAListIsAList) {
  EXPECT_TRUE(IsList("[]"));
  EXPECT_TRUE(IsList("[[1]]"));
  for (const char* other : {"", "[", "]", "1", "null", "\"[]\"", "{\"a\":[]}"}) {
    EXPECT_FALSE(IsList(other)) << other;
  }
}

}  // namespace
}  // namespace tidemark::kv
