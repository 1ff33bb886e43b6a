// What a round has come to, as a table.
#include "node/server/audit_verdict.h"

#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace tidemark::server {
namespace {

constexpr uint64_t kOwn = 0xa;
constexpr uint64_t kOther = 0xb;
constexpr uint64_t kThird = 0xc;

MemberWord Says(uint64_t hash) { return {hash, false}; }
MemberWord Silent() { return {std::nullopt, false}; }
MemberWord Odd(std::optional<uint64_t> hash) { return {hash, true}; }

RoundVerdict Of(const std::vector<MemberWord>& members) {
  return VerdictOfRound(kOwn, members, members.size() / 2 + 1);
}

TEST(RoundVerdict, OfThree) {
  EXPECT_EQ(Of({Says(kOwn), Silent(), Silent()}), RoundVerdict::kNoDifference);
  EXPECT_EQ(Of({Says(kOwn), Says(kOwn), Silent()}), RoundVerdict::kAgreed);
  EXPECT_EQ(Of({Says(kOwn), Says(kOwn), Says(kOther)}), RoundVerdict::kAgreed);
  EXPECT_EQ(Of({Says(kOwn), Silent(), Says(kOther)}), RoundVerdict::kOpen);
  EXPECT_EQ(Of({Says(kOwn), Says(kThird), Says(kOther)}), RoundVerdict::kHopeless);
  EXPECT_EQ(Of({Says(kOwn), Says(kOther), Says(kOther)}), RoundVerdict::kOutvoted);
}

TEST(RoundVerdict, OfFive) {
  EXPECT_EQ(Of({Says(kOwn), Says(kOther), Says(kOther), Silent(), Silent()}), RoundVerdict::kOpen);
  // They may still agree on the other: not on this node's.
  EXPECT_EQ(Of({Says(kOwn), Says(kOther), Says(kOther), Says(kThird), Silent()}),
            RoundVerdict::kHopeless);
  EXPECT_EQ(Of({Says(kOwn), Says(kOwn), Says(kOther), Says(kThird), Silent()}),
            RoundVerdict::kOpen);
}

TEST(RoundVerdict, OfFiveWhereTwoAreSilent) {
  EXPECT_EQ(Of({Says(kOwn), Says(kOwn), Says(kOther), Silent(), Silent()}), RoundVerdict::kOpen);
}

TEST(RoundVerdict, WhomAMajorityHasJudgedMakesNoDoubt) {
  EXPECT_EQ(Of({Says(kOwn), Silent(), Odd(kOther)}), RoundVerdict::kNoDifference);
  // Nor does it make a majority: the two that count differ.
  EXPECT_EQ(Of({Says(kOwn), Says(kOther), Odd(kOwn)}), RoundVerdict::kHopeless);
  EXPECT_EQ(Of({Says(kOwn), Says(kOther), Odd(std::nullopt)}), RoundVerdict::kHopeless);
}

// Whoever is right: this node does not serve what a majority contradicts.
TEST(RoundVerdict, AMajorityAgainstThisNodeCountsWhoeverIsInIt) {
  EXPECT_EQ(Of({Says(kOwn), Says(kOther), Odd(kOther)}), RoundVerdict::kOutvoted);
}

TEST(RoundVerdict, OfOneThatCountsForNothing) {
  EXPECT_EQ(Of({Says(kOther), Silent(), Silent()}), RoundVerdict::kOpen);
  EXPECT_EQ(Of({Says(kOwn), Says(kOwn), Silent()}), RoundVerdict::kAgreed);
  EXPECT_EQ(Of({Says(kOther), Says(kOther), Silent()}), RoundVerdict::kOutvoted);
}

}  // namespace
}  // namespace tidemark::server
