#include "node/raft/log.h"

#include <cstdint>
#include <memory>

#include "gtest/gtest.h"
#include "node/base/random.h"
#include "node/raft/quorum.h"

namespace tidemark::raft {
namespace {

EntryRef Noop(uint64_t term, uint64_t index) {
  return std::make_shared<const Entry>(Entry{{Term(term), Index(index)}, TermStart{Stamp(1)}});
}

EntryRef ConfigurationOf(uint64_t term, uint64_t index, const NodeId& id) {
  Configuration configuration{ClusterId(7), {{id, Incarnation(1)}}};
  return std::make_shared<const Entry>(
      Entry{{Term(term), Index(index)}, ConfigurationEntry{configuration, Stamp(1)}});
}

// Terms 1 1 3 3 3 6.
Log Sample() {
  return Log({Noop(1, 1), Noop(1, 2), Noop(3, 3), Noop(3, 4), Noop(3, 5), Noop(6, 6)});
}

TEST(Log, EveryLogMatchesPositionZero) {
  EXPECT_TRUE(Log().Matches({}));
  EXPECT_TRUE(Sample().Matches({}));
}

TEST(Log, MatchesOnlyTheSameTermAtTheSameIndex) {
  const Log log = Sample();
  EXPECT_TRUE(log.Matches({Term(3), Index(5)}));
  EXPECT_FALSE(log.Matches({Term(6), Index(5)}));
  EXPECT_FALSE(log.Matches({Term(6), Index(7)}));
}

TEST(Log, FindsWhereTermsBeginAndEnd) {
  const Log log = Sample();
  EXPECT_EQ(log.FirstOfTermAt(Index(5)), Index(3));
  EXPECT_EQ(log.FirstOfTermAt(Index(1)), Index(1));
  EXPECT_EQ(log.LastAtMost(Term(3)), Index(5));
  EXPECT_EQ(log.LastAtMost(Term(5)), Index(5));
  EXPECT_EQ(log.LastAtMost(Term(0)), Index());
}

TEST(Log, AConfigurationCountsFromTheMomentItIsAppendedUntilItIsTruncated) {
  Log log({ConfigurationOf(1, 1, "a"), Noop(1, 2)});
  log.Append(ConfigurationOf(2, 3, "b"));
  EXPECT_EQ(log.configuration()->members.front().id, "b");
  EXPECT_EQ(log.ConfigurationAt(Index(2))->members.front().id, "a");
  log.TruncateFrom(Index(3));
  EXPECT_EQ(log.configuration()->members.front().id, "a");
  log.TruncateFrom(Index(1));
  EXPECT_EQ(log.configuration(), nullptr);
}

// Behind (3, 10): terms 3 3 5 5 at 11 to 14.
Log SampleWithBase() {
  return Log({Noop(3, 11), Noop(3, 12), Noop(5, 13), Noop(5, 14)}, {Term(3), Index(10)},
             Configuration{ClusterId(7), {{"a", Incarnation(1)}}});
}

TEST(LogWithBase, IsNotEmptyThoughItHasNoEntries) {
  const Log log({}, {Term(3), Index(10)});
  EXPECT_FALSE(log.empty());
  EXPECT_EQ(log.first_index(), Index(11));
  EXPECT_EQ(log.last_index(), Index(10));
  EXPECT_EQ(log.last(), (LogPosition{Term(3), Index(10)}));
  EXPECT_TRUE(Log().empty());
}

TEST(LogWithBase, KnowsTheTermOfItsBaseAndNothingBelow) {
  const Log log = SampleWithBase();
  EXPECT_EQ(log.TermAt(Index(10)), Term(3));
  EXPECT_TRUE(log.Matches({Term(3), Index(10)}));
  EXPECT_FALSE(log.Matches({Term(2), Index(10)}));
  EXPECT_FALSE(log.Matches({Term(3), Index(9)}));
  EXPECT_TRUE(log.Matches({}));
  EXPECT_DEATH(log.TermAt(Index(9)), "");
}

TEST(LogWithBase, FindsWhereTermsBeginAndEndAsFarAsItGoes) {
  const Log log = SampleWithBase();
  EXPECT_EQ(log.FirstOfTermAt(Index(12)), Index(11));
  EXPECT_EQ(log.FirstOfTermAt(Index(10)), Index(10));
  EXPECT_EQ(log.FirstOfTermAt(Index(14)), Index(13));
  EXPECT_EQ(log.LastAtMost(Term(4)), Index(12));
  EXPECT_EQ(log.LastAtMost(Term(9)), Index(14));
  EXPECT_EQ(log.LastAtMost(Term(2)), Index());
  EXPECT_EQ(Log({Noop(5, 11)}, {Term(3), Index(10)}).LastAtMost(Term(3)), Index(10));
}

TEST(LogWithBase, IsTheSameLogBehindItsNewBase) {
  Log log({ConfigurationOf(1, 1, "a"), Noop(1, 2), ConfigurationOf(2, 3, "b"), Noop(2, 4)});
  const uint64_t behind = log.BytesBehind(Index(2));
  log.CompactTo(Index(2));
  EXPECT_EQ(log.base(), (LogPosition{Term(1), Index(2)}));
  EXPECT_EQ(log.last_index(), Index(4));
  EXPECT_EQ(log.bytes(), behind);
  EXPECT_EQ(log.ConfigurationAt(Index(2))->members.front().id, "a");
  EXPECT_EQ(log.configuration()->members.front().id, "b");
  log.TruncateFrom(Index(3));
  EXPECT_EQ(log.configuration()->members.front().id, "a");
  log.Append(Noop(2, 3));
  EXPECT_EQ(log.bytes(), Noop(2, 3)->SizeBytes());
  log.CompactTo(Index(3));
  EXPECT_EQ(log.bytes(), 0u);
  EXPECT_EQ(log.last(), (LogPosition{Term(2), Index(3)}));
  EXPECT_EQ(log.configuration()->members.front().id, "a");
}

TEST(LogWithBase, BeginsAnewWhereItIsTold) {
  Log log = SampleWithBase();
  log.ResetTo({Term(6), Index(40)}, {ClusterId(7), {{"c", Incarnation(1)}}});
  EXPECT_EQ(log.last(), (LogPosition{Term(6), Index(40)}));
  EXPECT_EQ(log.configuration()->members.front().id, "c");
  EXPECT_EQ(log.bytes(), 0u);
  log.Append(Noop(6, 41));
  EXPECT_EQ(log.At(Index(41))->at.index, Index(41));
}

TEST(LogBytes, FindTheLastIndexWithSoManyBehindIt) {
  Log log = Sample();
  const uint64_t one = Noop(1, 1)->SizeBytes();
  EXPECT_EQ(log.bytes(), 6 * one);
  EXPECT_EQ(log.LastWithBehind(2 * one), Index(4));
  EXPECT_EQ(log.LastWithBehind(2 * one + 1), Index(3));
  EXPECT_EQ(log.LastWithBehind(0), Index(6));
  EXPECT_EQ(log.LastWithBehind(7 * one), Index(0));
  log.CompactTo(Index(3));
  EXPECT_EQ(log.LastWithBehind(2 * one), Index(4));
  EXPECT_EQ(log.LastWithBehind(4 * one), Index(3));
}

// Against the definition, counted out.
TEST(Quorum, IsTheGreatestValueThatAMajorityHasReached) {
  Random random(1);
  for (int round = 0; round < 2'000; ++round) {
    Reached<uint64_t> reached;
    const int64_t members = random.Between(1, 7);
    for (int64_t i = 0; i < members; ++i) {
      reached.push_back(static_cast<uint64_t>(random.Between(0, 5)));
    }
    const size_t quorum = reached.size() / 2 + 1;
    uint64_t expected = 0;
    for (uint64_t value = 0; value <= 5; ++value) {
      const auto have =
          std::count_if(reached.begin(), reached.end(), [&](uint64_t r) { return r >= value; });
      if (static_cast<size_t>(have) >= quorum) expected = value;
    }
    EXPECT_EQ(ReachedByQuorum(reached, quorum), expected);
  }
}

}  // namespace
}  // namespace tidemark::raft
