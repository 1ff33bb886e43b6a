// Keys in numbers: tables that spread, copies that are made while keys change.
#include "node/kv/data.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/kv/hash.h"
#include "node/kv/slice.h"

namespace tidemark::kv {
namespace {

using Map = std::map<std::string, std::string>;

// Changes Data and a map alike.
class Changer {
 public:
  explicit Changer(uint64_t seed) : random_(seed), keys_(Below(5) < 2 ? 40 : 4000) {}

  uint64_t Below(uint64_t n) { return random_.Next() % n; }

  void Change() {
    const std::string key = std::to_string(Below(keys_));
    const uint64_t what = Below(8);
    if (what < 2) return Erase(key);
    if (what < 5) return Put(key, std::string(Below(60) + 1, '7'));
    if (map_.count(key) > 0 && !IsList(map_[key])) return Put(key, "[]");
    Append(key, std::to_string(Below(1000)));
  }

  Data& data() { return data_; }
  const Map& map() const { return map_; }

 private:
  void Put(const std::string& key, const std::string& text) {
    data_.Put(key, text);
    map_[key] = text;
  }
  void Append(const std::string& key, const std::string& element) {
    data_.Append(key, element);
    std::string& list = map_.try_emplace(key, "[]").first->second;
    list.pop_back();
    list += (list.size() > 1 ? "," : "") + element + "]";
  }
  void Erase(const std::string& key) { ASSERT_EQ(data_.Erase(key), map_.erase(key) > 0) << key; }

  Random random_;
  uint64_t keys_;
  Data data_;
  Map map_;
};

void ExpectSame(const Data& data, const Map& map) {
  ASSERT_EQ(data.size(), map.size());
  Data fresh;
  for (const auto& [key, text] : map) {
    ASSERT_EQ(data.Get(key), text) << key;
    fresh.Put(key, text);
  }
  ASSERT_EQ(data.hash(), fresh.hash());
}

// What a copy has given so far.
class Given {
 public:
  // True: that was all.
  bool Take(size_t bytes, Data* data) {
    std::vector<StatePart> parts;
    Slice slice(bytes, &parts);
    const bool all = data->NextParts(&slice);
    for (const StatePart& part : parts) {
      const auto& one = std::get<KeyPart>(part);
      keys_.emplace_back(one.key, one.value);
    }
    return all;
  }

  void Expect(const Map& map) const {
    Map given;
    uint64_t last = 0;
    for (const auto& [key, text] : keys_) {
      given.emplace(key, text);
      ASSERT_GE(HashText(0, key), last) << "out of order";
      last = HashText(0, key);
    }
    ASSERT_EQ(keys_.size(), given.size()) << "a key came twice";
    ASSERT_EQ(given, map);
  }

 private:
  std::vector<std::pair<std::string, std::string>> keys_;
};

// Copies, one after the other, while keys change. Returns how many came to their end.
int CopyAgainAndAgain(uint64_t seed) {
  Changer changer(seed);
  for (uint64_t n = changer.Below(6000); n > 0; --n) changer.Change();
  int whole = 0;
  for (uint64_t copies = 0; copies < 6; ++copies) {
    const Map frozen = changer.map();
    Given given;
    changer.data().BeginCopy();
    const uint64_t changes = changer.Below(60);
    const size_t bytes = changer.Below(6000) + 1;
    bool all = false;
    while (!all && changer.Below(400) > 0) {
      all = given.Take(bytes, &changer.data());
      for (uint64_t n = 0; n < changes; ++n) changer.Change();
    }
    changer.data().EndCopy();
    if (all) given.Expect(frozen);
    whole += all ? 1 : 0;
    ExpectSame(changer.data(), changer.map());
    if (testing::Test::HasFatalFailure()) return whole;
  }
  return whole;
}

TEST(DataTest, ACopyIsOfTheMomentThatItBegan) {
  int whole = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    whole += CopyAgainAndAgain(seed);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(whole, 120);
}

TEST(DataTest, ASliceIsOfAboutTheSizeThatIsAskedFor) {
  Data data;
  for (int i = 0; i < 5000; ++i) data.Put("key" + std::to_string(i), std::string(100, '1'));
  data.BeginCopy();
  for (bool all = false; !all;) {
    std::vector<StatePart> parts;
    Slice slice(10'000, &parts);
    all = data.NextParts(&slice);
    EXPECT_GE(parts.size(), all ? 0u : 90u);
    EXPECT_LE(parts.size(), 100u);
  }
}

// One table is given out in several slices, where its values are large.
TEST(DataTest, LargeValuesComeOneByOne) {
  Changer changer(1);
  for (int i = 0; i < 20; ++i) changer.data().Put("k" + std::to_string(i), std::string(5000, '1'));
  changer.data().BeginCopy();
  int slices = 0;
  for (bool all = false; !all; ++slices) {
    std::vector<StatePart> parts;
    Slice slice(1000, &parts);
    all = changer.data().NextParts(&slice);
    EXPECT_LE(parts.size(), 1u);
  }
  EXPECT_GE(slices, 20);
}

TEST(DataTest, AForkSpreadsToo) {
  Data base;
  for (int i = 0; i < 100; ++i) base.Put(std::to_string(i), "1");
  Data fork(&base);
  for (int i = 50; i < 3000; ++i) fork.Put(std::to_string(i), "2");
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(fork.Erase(std::to_string(i)));
  EXPECT_EQ(fork.size(), 2990u);
  EXPECT_EQ(fork.Get("5"), std::nullopt);
  EXPECT_EQ(fork.Get("10"), "1");
  EXPECT_EQ(fork.Get("50"), "2");
  EXPECT_EQ(base.size(), 100u);
  EXPECT_EQ(base.Get("5"), "1");
}

TEST(DataDeathTest, NoForkIsCopiedAndNothingTwiceAtOnce) {
  Data base;
  Data fork(&base);
  EXPECT_DEATH(fork.BeginCopy(), "base_ == nullptr");
  base.BeginCopy();
  EXPECT_DEATH(base.BeginCopy(), "copy_");
}

}  // namespace
}  // namespace tidemark::kv
