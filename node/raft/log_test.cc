#include "node/raft/log.h"

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
