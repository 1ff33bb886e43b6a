#include "node/kv/outcomes.h"

#include <cstdint>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "node/kv/command.h"
#include "node/kv/operation_hash.h"

namespace tidemark::kv {
namespace {

const Outcome kDone{2, Done{}};

TEST(OutcomesTest, WhatAnOutcomeTakesIsDecidedByItsTexts) {
  EXPECT_EQ(OutcomeBytes(kDone), 160u);
  EXPECT_EQ(OutcomeBytes({2, Fated{}}), 160u);
  EXPECT_EQ(OutcomeBytes({2, CasMismatch{"12345"}}), 165u);
  EXPECT_EQ(OutcomeBytes({2, NotAList{"123"}}), 163u);
  const TxnOp op{TxnOp::Kind::kRead, "12", "345"};
  EXPECT_EQ(OutcomeBytes({2, TxnDone{{op, op}}}), 160u + 2 * (72 + 5));
}

TEST(OutcomesTest, TheSumsAreThoseOfWhatIsKept) {
  Outcomes outcomes;
  outcomes.Add(5, 1, kDone);
  outcomes.Add(7, 1, {3, CasMismatch{"12345"}});
  EXPECT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes.bytes(), 325u);
  outcomes.DropLowest();
  EXPECT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes.bytes(), 165u);
  EXPECT_TRUE(outcomes.Dropped(5));
  EXPECT_FALSE(outcomes.Dropped(6));
}

// There is no seq behind the highest one that the first one kept could be.
TEST(OutcomesTest, WhereTheHighestSeqIsDroppedAllAre) {
  Outcomes outcomes;
  outcomes.Add(UINT64_MAX, 1, kDone);
  outcomes.DropLowest();
  EXPECT_TRUE(outcomes.Dropped(UINT64_MAX));
  EXPECT_TRUE(outcomes.Dropped(0));
}

TEST(OutcomesTest, BelowZeroNothingIsDropped) {
  Outcomes outcomes;
  outcomes.DropBelow(0);
  EXPECT_FALSE(outcomes.Dropped(0));
  outcomes.DropBelow(1);
  EXPECT_TRUE(outcomes.Dropped(0));
  EXPECT_FALSE(outcomes.Dropped(1));
}

TEST(OutcomesTest, AForkDropsItsBasesOutcomesAndItsOwnByTheirSeqs) {
  Outcomes base;
  for (const uint64_t seq : {2, 4, 6}) base.Add(seq, 1, kDone);
  Outcomes fork(&base);
  fork.Add(1, 1, kDone);
  fork.Add(5, 1, kDone);
  for (const uint64_t seq : {1, 2, 4, 5, 6}) {
    ASSERT_NE(fork.Find(seq), nullptr) << seq;
    fork.DropLowest();
    EXPECT_EQ(fork.Find(seq), nullptr) << seq;
    EXPECT_TRUE(fork.Dropped(seq));
    EXPECT_FALSE(fork.Dropped(seq + 1));
  }
  EXPECT_EQ(fork.size(), 0u);
  EXPECT_EQ(fork.bytes(), 0u);
  EXPECT_EQ(base.size(), 3u);
  EXPECT_NE(base.Find(2), nullptr);
}

TEST(OutcomesTest, AForkHashesAsOneThatDidItAllDoes) {
  Outcomes base;
  base.Add(2, 1, kDone);
  base.Add(4, 1, kDone);
  Outcomes fork(&base);
  EXPECT_EQ(fork.Hash(0), base.Hash(0));
  fork.Add(3, 1, kDone);
  fork.DropBelow(4);
  Outcomes whole;
  whole.Add(4, 1, kDone);
  EXPECT_NE(fork.Hash(0), whole.Hash(0)) << "3 may still be executed there";
  whole.DropBelow(4);
  EXPECT_EQ(fork.Hash(0), whole.Hash(0));
}

TEST(OutcomesTest, OneHashKeepsOperationsApart) {
  const TxnOp read{TxnOp::Kind::kRead, "1", ""};
  const TxnOp append{TxnOp::Kind::kAppend, "1", ""};
  const Operation all[] = {Write{"1", "2"},
                           Write{"12", ""},
                           Write{"", "12"},
                           Cas{"1", "2", "3"},
                           Cas{"1", "2", "3", true},
                           Cas{"1", "23", ""},
                           Delete{"1"},
                           Delete{""},
                           Txn{},
                           Txn{{read}},
                           Txn{{append}},
                           Txn{{read, read}},
                           OpenWriter{"n1", 1, 2},
                           OpenWriter{"n1", 2, 1},
                           OpenClient{},
                           OpenClient{1},
                           OpenClient{2},
                           Fate{{1, 2, 3}},
                           Fate{{1, 2, 4}},
                           Fate{{2, 1, 3}}};
  for (const Operation& a : all) {
    for (const Operation& b : all) EXPECT_EQ(HashOperation(a) == HashOperation(b), a == b);
  }
}

}  // namespace
}  // namespace tidemark::kv
