#include "node/kv/item.h"

#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/kv/blocks.h"
#include "node/kv/hash.h"

namespace tidemark::kv {
namespace {

class ItemTest : public testing::Test {
 protected:
  Item* New(std::string_view key, std::string_view text) {
    return Item::New(&blocks_, key, text, 7);
  }
  // Appends in place or, where it does not fit, in another one. True: in place.
  bool Append(std::string_view element, Item** list) {
    if ((*list)->FitsWith(element)) {
      (*list)->Append(element);
      return true;
    }
    Item* former = std::exchange(*list, Item::Longer(&blocks_, **list, element, 7));
    former->Delete(&blocks_);
    return false;
  }

  Blocks blocks_;
};

TEST_F(ItemTest, AppendingGivesTheTextAndTheHashOfWritingItWhole) {
  Item* grown = Item::List(&blocks_, "\"k\"", "0", 7);
  std::string whole = "[0";
  for (int i = 0; i < 300; ++i) {
    const std::string element = std::string(static_cast<size_t>(i % 11), '9') + "1";
    Append(element, &grown);
    whole += "," + element;
    ASSERT_EQ(grown->text(), whole + "]");
    ASSERT_EQ(grown->Hash(), New("\"k\"", whole + "]")->Hash()) << grown->text();
  }
}

TEST_F(ItemTest, AListThatGrowsIsMovedEverMoreSeldom) {
  Item* list = Item::List(&blocks_, "1", "1", 7);
  size_t moves = 0;
  for (int i = 0; i < 100'000; ++i) moves += Append("1", &list) ? 0 : 1;
  EXPECT_LT(moves, 30u);
}

TEST_F(ItemTest, AssigningForgetsWhatWasThereBefore) {
  Item* item = New("1", "[1,2,3,4,5,6,7,8,9]");
  ASSERT_TRUE(item->Fits(3));
  item->Assign("[7]");
  item->Append("8");
  EXPECT_EQ(item->key(), "1");
  EXPECT_EQ(item->text(), "[7,8]");
  EXPECT_EQ(item->epoch(), 7u);
  EXPECT_EQ(item->Hash(), New("1", "[7,8]")->Hash());
}

TEST_F(ItemTest, WhatIsMuchSmallerOrLargerIsNotPutInItsPlace) {
  const Item* item = New("1", std::string(1000, '1'));
  EXPECT_TRUE(item->Fits(1000));
  EXPECT_TRUE(item->Fits(500));
  EXPECT_FALSE(item->Fits(100));
  EXPECT_FALSE(item->Fits(1200));
}

TEST_F(ItemTest, TheHashTellsKeysAndTextsApart) {
  EXPECT_NE(New("1", "2")->Hash(), New("2", "1")->Hash());
  EXPECT_NE(New("1", "2")->Hash(), New("1", "\"2\"")->Hash());
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
TEST_F(ItemTest, TheHashIsTheSameInEveryProcess) {
  EXPECT_EQ(HashText(0, ""), 0x0u);
  EXPECT_EQ(HashText(7, "[1,2,3,4,5]"), 0xd9fefc72c5aacb54u);
}

TEST_F(ItemTest, BlocksAreGivenAgainAndDoNotOverlap) {
  Random random(1);
  std::map<char*, size_t> taken;
  for (int i = 0; i < 20'000; ++i) {
    if (taken.empty() || random.Between(0, 2) > 0) {
      const size_t bytes = Blocks::RoundUp(static_cast<size_t>(random.Between(8, 1500)));
      char* block = static_cast<char*>(blocks_.Take(bytes));
      const auto [at, is_new] = taken.emplace(block, bytes);
      ASSERT_TRUE(is_new);
      ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % 8, 0u);
      ASSERT_TRUE(at == taken.begin() || std::prev(at)->first + std::prev(at)->second <= block);
      ASSERT_TRUE(std::next(at) == taken.end() || block + bytes <= std::next(at)->first);
    } else {
      const auto any = taken.lower_bound(taken.begin()->first + random.Between(0, 100'000));
      const auto at = any == taken.end() ? taken.begin() : any;
      blocks_.Give(at->first, at->second);
      taken.erase(at);
    }
  }
}

TEST_F(ItemTest, ABlockWastesAQuarterAtMost) {
  for (size_t bytes = 32; bytes < 5000; ++bytes) {
    ASSERT_GE(Blocks::RoundUp(bytes), bytes);
    ASSERT_LE(Blocks::RoundUp(bytes), bytes + bytes / 4);
    ASSERT_EQ(Blocks::RoundUp(Blocks::RoundUp(bytes)), Blocks::RoundUp(bytes));
  }
}

TEST_F(ItemTest, OnlyAListIsAList) {
  EXPECT_TRUE(IsList("[]"));
  EXPECT_TRUE(IsList("[[1]]"));
  for (const char* other : {"", "[", "]", "1", "null", "\"[]\"", "{\"a\":[]}"}) {
    EXPECT_FALSE(IsList(other)) << other;
  }
}

}  // namespace
}  // namespace tidemark::kv
