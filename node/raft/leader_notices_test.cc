// What an operator is told of who leads: each change once, and a leader that is lost.
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "node/raft/testing/played.h"

namespace tidemark::raft {
namespace {

using Texts = std::vector<std::string>;

AppendEntries Heartbeat(uint64_t term, uint64_t round = 1) {
  return {Term(term), At(1, 1), {}, Index(1), round, Life(0x2fe)};
}

// What the last step told.
Texts Told(const Played& node) {
  Texts texts;
  for (const Notice& notice : node.last().notices) texts.push_back(notice.text);
  return texts;
}

TEST(LeaderNotices, ALeaderIsToldOnce) {
  Played n1(1, {Bootstrap()});
  n1.Hear(kN2, Heartbeat(2));
  EXPECT_EQ(Told(n1), Texts{"n1 follows n2 in term 2"});
  n1.Hear(kN2, Heartbeat(2, 2));
  EXPECT_EQ(Told(n1), Texts{});
}

TEST(LeaderNotices, ALeaderThatIsLostIsToldAndSoIsItsReturn) {
  Played n1(1, {Bootstrap()});
  n1.Hear(kN2, Heartbeat(2));
  n1.Advance(1'000);
  EXPECT_EQ(Told(n1), Texts{"n1 follows nobody: its leader was n2, and it was not heard for an "
                            "election time-out"});
  n1.Advance(1'000);
  EXPECT_EQ(Told(n1), Texts{}) << "the second pre-vote is no news";
  n1.Hear(kN2, Heartbeat(2, 9));
  EXPECT_EQ(Told(n1), Texts{"n1 follows n2 in term 2"});
}

TEST(LeaderNotices, ATermThatEndsALeadershipIsTold) {
  Played n1(1, {Bootstrap()});
  n1.Hear(kN2, Heartbeat(2));
  n1.Advance(260);  // no longer loyal, whether or not it stands yet
  n1.Hear(kN2, Heartbeat(2, 2));
  n1.Hear(kN2, NewerTerm{Term(3)});
  EXPECT_EQ(Told(n1), Texts{"n1 follows nobody: its leader was n2, and term 3 has begun"});
  n1.Hear(kN3, Heartbeat(3));
  EXPECT_EQ(Told(n1), Texts{"n1 follows n3 in term 3"});
}

TEST(LeaderNotices, OneThatIsElectedAnewIsNotFollowedTwice) {
  Played n1(1, {Bootstrap()});
  n1.Hear(kN2, Heartbeat(2));
  n1.Hear(kN2, Heartbeat(4));
  EXPECT_EQ(Told(n1), Texts{"n2, which n1 follows, was elected anew: in term 4"});
}

TEST(LeaderNotices, ItsOwnLeadershipIsNoLeaderLost) {
  Played n1(1, {Bootstrap()});
  n1.Elect();
  EXPECT_EQ(Told(n1), Texts{"n1 leads in term 2 from index 2"});
  n1.Hear(kN3, NewerTerm{Term(3)});
  EXPECT_EQ(Told(n1), Texts{"n1 no longer leads in term 2: a later term has begun"});
  n1.Hear(kN3, Heartbeat(3));
  EXPECT_EQ(Told(n1), Texts{"n1 follows n3 in term 3"});
}

}  // namespace
}  // namespace tidemark::raft
